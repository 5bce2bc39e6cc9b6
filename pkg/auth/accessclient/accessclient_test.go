package accessclient_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/auth/accessclient"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/rpc"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// identity is an AccessService that gives one answer.
type identity struct {
	identityv1.UnimplementedAccessServiceServer
	verify func(context.Context, *identityv1.VerifyCredentialRequest) (*identityv1.VerifyCredentialResponse, error)
}

func (i identity) VerifyCredential(ctx context.Context, r *identityv1.VerifyCredentialRequest) (*identityv1.VerifyCredentialResponse, error) {
	return i.verify(ctx, r)
}

func newVerifier(i identity) *accessclient.Verifier {
	local := rpc.NewLocal()
	identityv1.RegisterAccessServiceServer(local, i)
	return accessclient.New(identityv1.NewAccessServiceClient(local))
}

// answers is an identity service that gives the same answer to everybody.
func answers(r *identityv1.VerifyCredentialResponse, err error) identity {
	return identity{verify: func(context.Context, *identityv1.VerifyCredentialRequest) (*identityv1.VerifyCredentialResponse, error) {
		return r, err
	}}
}

func TestHolder(t *testing.T) {
	end := time.UnixMilli(1_900_000_000_000).UTC()
	var asked []byte
	v := newVerifier(identity{verify: func(_ context.Context, r *identityv1.VerifyCredentialRequest) (*identityv1.VerifyCredentialResponse, error) {
		asked = r.GetDigest()
		return &identityv1.VerifyCredentialResponse{
			Kind:   identityv1.CredentialKind_CREDENTIAL_KIND_SIGNED_SESSION,
			Tenant: "ws_1", Subject: "user_1", Audience: "contabo", Permissions: []string{"a", "b"}, ExpiresAt: timestamppb.New(end),
			RequestsPerMinute: 100,
		}, nil
	}})
	p, err := v.Verify(t.Context(), auth.DigestOf("key"))
	if err != nil {
		t.Fatal(err)
	}
	if auth.Digest(asked) != auth.DigestOf("key") {
		t.Error("another digest arrived")
	}
	if p.Kind != auth.KindSignedSession || p.Tenant != "ws_1" || p.Subject != "user_1" || p.Audience != "contabo" || !p.Expires.Equal(end) || p.Quota != 100 {
		t.Errorf("got %+v", p)
	}
	if !p.Allows("a") || !p.Allows("b") || p.Allows("c") {
		t.Errorf("permissions differ: %+v", p)
	}
}

func TestKinds(t *testing.T) {
	for kind, want := range map[identityv1.CredentialKind]auth.Kind{
		identityv1.CredentialKind_CREDENTIAL_KIND_ROOT_KEY:       auth.KindRootKey,
		identityv1.CredentialKind_CREDENTIAL_KIND_SIGNED_SESSION: auth.KindSignedSession,
		identityv1.CredentialKind_CREDENTIAL_KIND_OPAQUE_SESSION: auth.KindOpaqueSession,
	} {
		p, err := newVerifier(answers(&identityv1.VerifyCredentialResponse{Kind: kind, Tenant: "ws_1"}, nil)).Verify(t.Context(), auth.Digest{})
		if err != nil || p.Kind != want || !p.Expires.IsZero() {
			t.Errorf("%s: got %+v, %v; want kind %d and no end", kind, p, err, want)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer *identityv1.VerifyCredentialResponse
		err    error
		code   codes.Code
		reason string
	}{
		{"an unknown credential", nil, fault.Unauthenticated(fault.ReasonCredentialBad, "key not found"), codes.Unauthenticated, fault.ReasonCredentialBad},
		{"the same over the network", nil, fault.Unauthenticated(fault.ReasonCredentialBad, "key not found").GRPCStatus().Err(), codes.Unauthenticated, fault.ReasonCredentialBad},
		{"identity is not reachable", nil, status.Error(codes.Unavailable, "dial unix /x: connection refused"), codes.Unavailable, fault.ReasonUnavailable},
		{"identity is overloaded", nil, status.Error(codes.ResourceExhausted, "busy"), codes.Unavailable, fault.ReasonUnavailable},
		{"identity has an internal error", nil, errors.New("disk"), codes.Unavailable, fault.ReasonUnavailable},
		{"identity refuses this process", nil, fault.PermissionDenied(fault.ReasonPermission, "no"), codes.Unavailable, fault.ReasonUnavailable},
		{"a kind of a newer version", &identityv1.VerifyCredentialResponse{Kind: 99, Tenant: "ws_1"}, nil, codes.Internal, fault.ReasonInternal},
		{"no kind", &identityv1.VerifyCredentialResponse{Tenant: "ws_1"}, nil, codes.Internal, fault.ReasonInternal},
		{"no tenant", &identityv1.VerifyCredentialResponse{Kind: identityv1.CredentialKind_CREDENTIAL_KIND_ROOT_KEY}, nil, codes.Internal, fault.ReasonInternal},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := newVerifier(answers(c.answer, c.err)).Verify(t.Context(), auth.Digest{})
			if f := fault.From(err); p != nil || f == nil || f.Code != c.code || f.Reason != c.reason {
				t.Errorf("got %v, %v; want %v, %s", p, err, c.code, c.reason)
			}
		})
	}
}

func TestSilence(t *testing.T) {
	silent := identity{verify: func(ctx context.Context, _ *identityv1.VerifyCredentialRequest) (*identityv1.VerifyCredentialResponse, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	t.Run("ends in Unavailable", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			_, err := newVerifier(silent).Verify(t.Context(), auth.Digest{})
			if f := fault.From(err); f == nil || f.Code != codes.Unavailable {
				t.Errorf("got %v, want Unavailable", err)
			}
		})
	})
	t.Run("ends with the caller", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := newVerifier(silent).Verify(ctx, auth.Digest{}); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want the caller's end", err)
		}
	})
}
