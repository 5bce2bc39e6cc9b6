package rpc_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/reflection"
	reflectionpb "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/boltkv"
	"github.com/holdplane/holdplane/pkg/rpc"
)

// service answers as its function says.
type service struct {
	identityv1.UnimplementedIdentityServiceServer
	get func(context.Context, *identityv1.GetIdentityRequest) (*identityv1.GetIdentityResponse, error)
}

func (s *service) GetIdentity(ctx context.Context, r *identityv1.GetIdentityRequest) (*identityv1.GetIdentityResponse, error) {
	return s.get(ctx, r)
}

// eachConn runs a test on a service in this process and behind a socket: no caller can
// tell them apart.
func eachConn(t *testing.T, log io.Writer, test func(t *testing.T, c identityv1.IdentityServiceClient, s *service)) {
	valid, err := rpc.NewValidator()
	if err != nil {
		t.Fatal(err)
	}
	observe, err := rpc.NewObserver(slog.New(slog.NewJSONHandler(log, nil)), prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	t.Run("local", func(t *testing.T) {
		s := &service{}
		l := rpc.NewLocal(observe.Local, rpc.Deadline(time.Minute), valid.Unary)
		identityv1.RegisterIdentityServiceServer(l, s)
		test(t, identityv1.NewIdentityServiceClient(l), s)
	})
	t.Run("network", func(t *testing.T) {
		s := &service{}
		g := rpc.NewServer(rpc.ServerOptions{}, observe.Network, rpc.Deadline(time.Minute), valid.Unary)
		identityv1.RegisterIdentityServiceServer(g, s)
		test(t, identityv1.NewIdentityServiceClient(connect(t, g)), s)
	})
}

var request = &identityv1.GetIdentityRequest{IdentityId: proto.String("id_1")}

func TestMessagesAreCopies(t *testing.T) {
	eachConn(t, io.Discard, func(t *testing.T, c identityv1.IdentityServiceClient, s *service) {
		kept := &identityv1.GetIdentityResponse{Ratelimits: []*identityv1.Ratelimit{{Name: "a"}}}
		s.get = func(_ context.Context, r *identityv1.GetIdentityRequest) (*identityv1.GetIdentityResponse, error) {
			*r.IdentityId = "changed"
			return kept, nil
		}
		got, err := c.GetIdentity(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		got.Ratelimits[0].Name = "changed"
		if request.GetIdentityId() != "id_1" || kept.GetRatelimits()[0].GetName() != "a" {
			t.Error("one side can change the other's message")
		}
	})
}

func TestMetadataArrivesAndStops(t *testing.T) {
	eachConn(t, io.Discard, func(t *testing.T, c identityv1.IdentityServiceClient, s *service) {
		var got, onward metadata.MD
		s.get = func(ctx context.Context, _ *identityv1.GetIdentityRequest) (*identityv1.GetIdentityResponse, error) {
			got, _ = metadata.FromIncomingContext(ctx)
			onward, _ = metadata.FromOutgoingContext(ctx)
			return &identityv1.GetIdentityResponse{}, nil
		}
		ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer x", "x-request-id", "req_1")
		if _, err := c.GetIdentity(ctx, request); err != nil {
			t.Fatal(err)
		}
		if got.Get("authorization")[0] != "Bearer x" || got.Get("x-request-id")[0] != "req_1" {
			t.Errorf("the service saw %v", got)
		}
		if len(onward) != 0 {
			t.Errorf("the service would send %v on by itself", onward)
		}
	})
}

func TestFaultsTravelWhole(t *testing.T) {
	eachConn(t, io.Discard, func(t *testing.T, c identityv1.IdentityServiceClient, s *service) {
		for _, want := range []*fault.Error{
			fault.NotFound("THING_NOT_FOUND", "no %s", "thing").With("permission", "p"),
			fault.Invalid(fault.Violation{Field: "a[0].b", Rule: "string.min_len", Limit: "3", Message: "too short"},
				fault.Violation{Field: "c", Rule: "required", Message: "missing"}),
		} {
			s.get = func(context.Context, *identityv1.GetIdentityRequest) (*identityv1.GetIdentityResponse, error) {
				return nil, want
			}
			_, err := c.GetIdentity(t.Context(), request)
			if diff := cmp.Diff(want, fault.From(err), cmpopts.IgnoreUnexported(fault.Error{}), cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
		}
	})
}

func TestInternalsStayInside(t *testing.T) {
	// boltkv runs functions in a goroutine of its own and carries their panics back.
	store, err := boltkv.Open(filepath.Join(t.TempDir(), "db"), boltkv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for name, tt := range map[string]struct {
		get    func(context.Context, *identityv1.GetIdentityRequest) (*identityv1.GetIdentityResponse, error)
		logged string
	}{
		"an error": {logged: "secret detail", get: func(context.Context, *identityv1.GetIdentityRequest) (*identityv1.GetIdentityResponse, error) {
			return nil, errors.New("secret detail")
		}},
		"a panic of the program": {logged: "slice bounds out of range", get: func(_ context.Context, r *identityv1.GetIdentityRequest) (*identityv1.GetIdentityResponse, error) {
			return nil, errors.New(r.GetIdentityId()[100:])
		}},
		"a panic in a transaction": {logged: "integer divide by zero", get: func(ctx context.Context, r *identityv1.GetIdentityRequest) (*identityv1.GetIdentityResponse, error) {
			return nil, store.Update(ctx, func(kv.Writer) error {
				zero := len(r.GetExternalId())
				return fmt.Errorf("%d", 1/zero)
			})
		}},
		"a panic with a value": {logged: "panic: string", get: func(_ context.Context, r *identityv1.GetIdentityRequest) (*identityv1.GetIdentityResponse, error) {
			panic("holds " + r.GetIdentityId())
		}},
	} {
		t.Run(name, func(t *testing.T) {
			var log strings.Builder
			eachConn(t, &log, func(t *testing.T, c identityv1.IdentityServiceClient, s *service) {
				log.Reset()
				s.get = tt.get
				_, err := c.GetIdentity(t.Context(), request)
				if f := fault.From(err); f.Code != codes.Internal || f.Message != "internal error" {
					t.Errorf("got %v %q", f.Code, f.Message)
				}
				if !strings.Contains(log.String(), tt.logged) || strings.Contains(log.String(), "holds id_1") {
					t.Errorf("the log is wrong: %s", log.String())
				}
			})
		})
	}
}

func TestStoresInTrouble(t *testing.T) {
	eachConn(t, io.Discard, func(t *testing.T, c identityv1.IdentityServiceClient, s *service) {
		for cause, want := range map[error]codes.Code{
			kv.ErrBusy: codes.Unavailable, kv.ErrClosed: codes.Unavailable, kv.ErrFailed: codes.Unavailable,
			kv.ErrDestroyed: codes.Unauthenticated, kv.ErrUnavailable: codes.Unavailable, kv.ErrUnknown: codes.Unavailable,
		} {
			s.get = func(context.Context, *identityv1.GetIdentityRequest) (*identityv1.GetIdentityResponse, error) {
				return nil, fmt.Errorf("write: %w", cause)
			}
			if _, err := c.GetIdentity(t.Context(), request); fault.From(err).Code != want {
				t.Errorf("%v: got %v", cause, err)
			}
		}
	})
}

func TestCallsEnd(t *testing.T) {
	eachConn(t, io.Discard, func(t *testing.T, c identityv1.IdentityServiceClient, s *service) {
		var left time.Duration
		s.get = func(ctx context.Context, _ *identityv1.GetIdentityRequest) (*identityv1.GetIdentityResponse, error) {
			end, ok := ctx.Deadline()
			if left = time.Until(end); !ok {
				left = -1
			}
			return &identityv1.GetIdentityResponse{}, nil
		}
		for given, most := range map[time.Duration]time.Duration{0: time.Minute, time.Hour: time.Minute, time.Second: time.Second} {
			ctx, cancel := t.Context(), context.CancelFunc(func() {})
			if given > 0 {
				ctx, cancel = context.WithTimeout(ctx, given)
			}
			_, err := c.GetIdentity(ctx, request)
			cancel()
			if err != nil || left <= 0 || left > most {
				t.Errorf("a call that may take %v has %v left, at most %v is right (%v)", given, left, most, err)
			}
		}
	})
}

func TestUnknownMethodsAndStreams(t *testing.T) {
	l := rpc.NewLocal()
	if err := l.Invoke(t.Context(), "/no/such", request, request); fault.From(err).Code != codes.Unimplemented {
		t.Errorf("unknown method: %v", err)
	}
	if _, err := l.NewStream(t.Context(), nil, "/no/stream"); fault.From(err).Code != codes.Unimplemented {
		t.Errorf("stream: %v", err)
	}
}

func TestStreamsAreRefused(t *testing.T) {
	g := rpc.NewServer(rpc.ServerOptions{})
	healthpb.RegisterHealthServer(g, health.NewServer())
	reflection.Register(g)
	c := connect(t, g)
	watch, err := healthpb.NewHealthClient(c).Watch(t.Context(), &healthpb.HealthCheckRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := watch.Recv(); status.Code(err) != codes.Unimplemented {
		t.Errorf("a stream without a credential answers %v", err)
	}
	info, err := reflectionpb.NewServerReflectionClient(c).ServerReflectionInfo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ask := &reflectionpb.ServerReflectionRequest{MessageRequest: &reflectionpb.ServerReflectionRequest_ListServices{}}
	if err := info.Send(ask); err != nil {
		t.Fatal(err)
	}
	if _, err := info.Recv(); err != nil {
		t.Errorf("reflection answers %v", err)
	}
}

func TestPublicMethods(t *testing.T) {
	public := rpc.PublicMethods()
	if !public[identityv1.LivenessService_GetLiveness_FullMethodName] {
		t.Error("liveness asks for a credential")
	}
	if public[identityv1.IdentityService_GetIdentity_FullMethodName] {
		t.Error("identities are open to all")
	}
	door := auth.Door{Public: public, Verifier: refuser{}}
	_, err := door.Unary(t.Context(), nil, &grpc.UnaryServerInfo{FullMethod: identityv1.IdentityService_GetIdentity_FullMethodName}, nil)
	if fault.From(err).Reason != fault.ReasonCredentialAbsent {
		t.Errorf("got %v", err)
	}
}

type refuser struct{}

func (refuser) Verify(context.Context, auth.Digest) (*auth.Principal, error) {
	return nil, fault.Unauthenticated(fault.ReasonCredentialBad, "key not found")
}
