package rpc_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/testing/protocmp"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/rpc"
)

func TestHeadersArrive(t *testing.T) {
	type response = identityv1.GetIdentityResponse
	for name, c := range map[string]struct {
		send          func(ctx context.Context) []error
		fails         error
		header, trail string
	}{
		"none": {},
		"set twice, with an answer": {header: "a b", trail: "c", send: func(ctx context.Context) []error {
			return []error{grpc.SetHeader(ctx, metadata.Pairs("X-Test", "a")), grpc.SetHeader(ctx, metadata.Pairs("x-test", "b")),
				grpc.SetTrailer(ctx, metadata.Pairs("x-test", "c"))}
		}},
		"with an error": {header: "a", trail: "c", fails: errors.New("broken"), send: func(ctx context.Context) []error {
			return []error{grpc.SetHeader(ctx, metadata.Pairs("x-test", "a")), grpc.SetTrailer(ctx, metadata.Pairs("x-test", "c"))}
		}},
		"sent": {header: "a b", send: func(ctx context.Context) []error {
			err := []error{grpc.SetHeader(ctx, metadata.Pairs("x-test", "a")), grpc.SendHeader(ctx, metadata.Pairs("x-test", "b"))}
			if grpc.SetHeader(ctx, metadata.Pairs("x-test", "late")) == nil || grpc.SendHeader(ctx, metadata.Pairs("x-test", "late")) == nil {
				err = append(err, errors.New("a header can be set after it was sent"))
			}
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			eachConn(t, io.Discard, func(t *testing.T, client identityv1.IdentityServiceClient, s *service) {
				s.get = func(ctx context.Context, _ *identityv1.GetIdentityRequest) (*response, error) {
					if method, _ := grpc.Method(ctx); method != identityv1.IdentityService_GetIdentity_FullMethodName {
						t.Errorf("the method is called %q", method)
					}
					if c.send != nil {
						if err := errors.Join(c.send(ctx)...); err != nil {
							t.Error(err)
						}
					}
					return &response{}, c.fails
				}
				header, trail := metadata.Pairs("x-test", "from before"), metadata.MD{}
				_, err := client.GetIdentity(t.Context(), request, grpc.Header(&header), grpc.Trailer(&trail))
				if (err != nil) != (c.fails != nil) {
					t.Errorf("got %v", err)
				}
				if diff := cmp.Diff([]string{c.header, c.trail}, []string{values(header), values(trail)}); diff != "" {
					t.Error(diff)
				}
				if _, err := client.GetIdentity(t.Context(), request); (err != nil) != (c.fails != nil) {
					t.Errorf("to a caller that does not look: %v", err)
				}
			})
		})
	}
}

// An answer that is given away arrives, over a network too, and in one process is not copied.
func TestGiveAway(t *testing.T) {
	eachConn(t, io.Discard, func(t *testing.T, client identityv1.IdentityServiceClient, s *service) {
		given := &identityv1.GetIdentityResponse{Id: "id_1", Ratelimits: []*identityv1.Ratelimit{{Name: "a"}}}
		s.get = func(ctx context.Context, _ *identityv1.GetIdentityRequest) (*identityv1.GetIdentityResponse, error) {
			rpc.GiveAway(ctx)
			return given, nil
		}
		got, err := client.GetIdentity(t.Context(), request)
		if diff := cmp.Diff(given, got, protocmp.Transform()); err != nil || diff != "" {
			t.Error(err, diff)
		}
		same := got.GetRatelimits()[0] == given.GetRatelimits()[0]
		if local := strings.HasSuffix(t.Name(), "/local"); same != local {
			t.Errorf("the same message is there: %v, in one process: %v", same, local)
		}
	})
	rpc.GiveAway(t.Context()) // outside of calls there is nothing to give
}

func values(md metadata.MD) (all string) {
	for i, v := range md.Get("x-test") {
		if i > 0 {
			all += " "
		}
		all += v
	}
	return all
}

// A callee may do something after its answer, in a goroutine of its own. The header is
// the caller's then.
func TestHeadersAfterTheAnswer(t *testing.T) {
	eachConn(t, io.Discard, func(t *testing.T, client identityv1.IdentityServiceClient, s *service) {
		var callee context.Context
		s.get = func(ctx context.Context, _ *identityv1.GetIdentityRequest) (*identityv1.GetIdentityResponse, error) {
			callee = ctx
			return &identityv1.GetIdentityResponse{}, nil
		}
		var header metadata.MD
		if _, err := client.GetIdentity(t.Context(), request, grpc.Header(&header)); err != nil {
			t.Fatal(err)
		}
		if grpc.SetHeader(callee, metadata.Pairs("x-test", "late")) == nil || grpc.SetTrailer(callee, metadata.Pairs("x-test", "late")) == nil {
			t.Error("a header or trailer can be set after the answer")
		}
		if len(header.Get("x-test")) > 0 {
			t.Errorf("it has changed to %v", header)
		}
	})
}

// BenchmarkLocal is what a call in process costs beside its interceptors and handler.
func BenchmarkLocal(b *testing.B) {
	l := rpc.NewLocal()
	answer := &identityv1.GetIdentityResponse{}
	identityv1.RegisterIdentityServiceServer(l, &service{get: func(context.Context, *identityv1.GetIdentityRequest) (*identityv1.GetIdentityResponse, error) {
		return answer, nil
	}})
	c := identityv1.NewIdentityServiceClient(l)
	ctx := metadata.AppendToOutgoingContext(b.Context(), "authorization", "Bearer x", "x-request-id", "req_1")
	var header metadata.MD
	for name, opts := range map[string][]grpc.CallOption{"bare": nil, "header": {grpc.Header(&header)}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.GetIdentity(ctx, request, opts...); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
