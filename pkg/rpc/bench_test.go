package rpc_test

import (
	"testing"

	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/rpc"
)

func BenchmarkValidate(b *testing.B) {
	v, err := rpc.NewValidator()
	if err != nil {
		b.Fatal(err)
	}
	for name, m := range map[string]proto.Message{
		"get": request,
		"create": &identityv1.CreateIdentityRequest{ExternalId: "user", Meta: `{"plan":"pro"}`, Ratelimits: []*identityv1.Ratelimit{
			{Name: "requests", Limit: 1000, Duration: 60000}, {Name: "tokens", Limit: 200000, Duration: 3600000},
		}},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := v.Check(m); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
