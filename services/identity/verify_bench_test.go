package identity_test

import (
	"context"
	"testing"

	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
)

// BenchmarkVerifyKey is a call in process, interceptors and validation included, on a
// store in memory.
func BenchmarkVerifyKey(b *testing.B) {
	for _, bb := range []struct {
		name string
		key  *identityv1.CreateKeyRequest
	}{
		{"plain", &identityv1.CreateKeyRequest{}},
		{"limited", &identityv1.CreateKeyRequest{Ratelimit: &identityv1.KeyRatelimit{Limit: proto.Int64(1 << 50), Duration: proto.Int64(aMinute)}}},
		{"credits", &identityv1.CreateKeyRequest{Remaining: proto.Int64(1 << 50)}},
	} {
		w := newWorld(b, nil)
		k := w.keyring("ws_a")
		key := k.make(bb.key).GetKey()
		ctx := context.WithoutCancel(k.ctx)
		b.Run(bb.name+"/v1", func(b *testing.B) {
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if r, err := k.keys.VerifyKey(context.Background(), &identityv1.VerifyKeyRequest{Key: key}); err != nil || !r.GetValid() {
						b.Error(r, err)
					}
				}
			})
		})
		b.Run(bb.name+"/v2", func(b *testing.B) {
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if r, err := k.keysV2.VerifyKey(ctx, &identityv2.VerifyKeyRequest{Key: key}); err != nil || !r.GetValid() {
						b.Error(r, err)
					}
				}
			})
		})
	}
}
