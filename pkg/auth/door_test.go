package auth_test

import (
	"context"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"

	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
)

// known is a verifier that knows some credentials.
type known map[auth.Digest]*auth.Principal

func (k known) Verify(_ context.Context, d auth.Digest) (*auth.Principal, error) {
	if p, ok := k[d]; ok {
		return p, nil
	}
	return nil, fault.Unauthenticated(fault.ReasonCredentialBad, "key not found")
}

var (
	rootKey = &auth.Principal{Kind: auth.KindRootKey, Tenant: "ws_1", Subject: "key_1"}
	session = &auth.Principal{Kind: auth.KindOpaqueSession, Tenant: "ws_1", Subject: "user_1", Audience: "people"}
)

func newDoor() *auth.Door {
	return &auth.Door{
		Verifier: known{auth.DigestOf("key"): rootKey, auth.DigestOf("session"): session},
		Public:   map[string]bool{"/s/Public": true},
		Accept: func(method string) []auth.Credential {
			if method == "/s/Any" {
				return []auth.Credential{{Kind: auth.KindRootKey}, {Kind: auth.KindOpaqueSession, Audience: "people"}}
			}
			return auth.RootKeys(method)
		},
	}
}

// enter calls a method and returns whom its handler saw; nil when it was not reached.
func enter(ctx context.Context, through grpc.UnaryServerInterceptor, method string) (seen *auth.Principal, err error) {
	_, err = through(ctx, nil, &grpc.UnaryServerInfo{FullMethod: method}, func(ctx context.Context, _ any) (any, error) {
		seen = auth.From(ctx)
		return nil, nil
	})
	return seen, err
}

func TestDoor(t *testing.T) {
	for _, c := range []struct {
		name    string
		headers []string
		method  string
		want    *auth.Principal
		reason  string
	}{
		{"a root key", []string{"Bearer key"}, "/s/M", rootKey, ""},
		{"the scheme in small letters, with spaces around the key", []string{"bearer   key "}, "/s/M", rootKey, ""},
		{"no header", nil, "/s/M", nil, fault.ReasonCredentialAbsent},
		{"an empty header", []string{""}, "/s/M", nil, fault.ReasonCredentialAbsent},
		{"a scheme without a key", []string{"Bearer "}, "/s/M", nil, fault.ReasonCredentialAbsent},
		{"a key without a scheme", []string{"key"}, "/s/M", nil, fault.ReasonCredentialAbsent},
		{"another scheme", []string{"Basic key"}, "/s/M", nil, fault.ReasonCredentialAbsent},
		{"an unknown key", []string{"Bearer other"}, "/s/M", nil, fault.ReasonCredentialBad},
		{"a known key in other letters", []string{"Bearer KEY"}, "/s/M", nil, fault.ReasonCredentialBad},
		{"two headers, one of them good", []string{"Bearer other", "Bearer key"}, "/s/M", nil, fault.ReasonCredentialBad},
		{"two headers that are equal", []string{"Bearer key", "Bearer key"}, "/s/M", nil, fault.ReasonCredentialBad},
		{"a key that is too long", []string{"Bearer " + strings.Repeat("k", auth.MaxCredentialLen+1)}, "/s/M", nil, fault.ReasonCredentialBad},
		{"a session where root keys enter", []string{"Bearer session"}, "/s/M", nil, fault.ReasonCredentialKind},
		{"a session where it may enter", []string{"Bearer session"}, "/s/Any", session, ""},
		{"no header at a public method", nil, "/s/Public", auth.Nobody, ""},
		{"a bad key at a public method", []string{"Bearer other"}, "/s/Public", auth.Nobody, ""},
		{"a good key at a public method tells nothing", []string{"Bearer key"}, "/s/Public", auth.Nobody, ""},
		{"a method whose name begins like a public one", nil, "/s/PublicNot", nil, fault.ReasonCredentialAbsent},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx := metadata.NewIncomingContext(t.Context(), metadata.MD{"authorization": c.headers})
			got, err := enter(ctx, newDoor().Unary, c.method)
			if got != c.want {
				t.Errorf("handler saw %v, want %v", got, c.want)
			}
			if c.reason == "" && err == nil {
				return
			}
			if f := fault.From(err); f == nil || f.Code != codes.Unauthenticated || f.Reason != c.reason {
				t.Errorf("got %v, want Unauthenticated, %s", err, c.reason)
			}
		})
	}
}

func TestDoorDropsAPrincipalFromOutside(t *testing.T) {
	ctx := auth.With(t.Context(), auth.Operator)
	if p, err := enter(ctx, newDoor().Unary, "/s/M"); err == nil {
		t.Errorf("came in as %v without a credential", p)
	}
	if p, err := enter(ctx, newDoor().Unary, "/s/Public"); err != nil || p != auth.Nobody {
		t.Errorf("came in as %v (%v), want Nobody", p, err)
	}
}

func TestAsOperator(t *testing.T) {
	if p, err := enter(t.Context(), auth.AsOperator, "/s/M"); err != nil || p != auth.Operator {
		t.Errorf("came in as %v (%v), want the operator", p, err)
	}
}
