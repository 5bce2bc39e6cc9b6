package identity_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
)

func TestRotateRootKey(t *testing.T) {
	for _, c := range []struct {
		name    string
		end     time.Duration // of the old key; 0 for never
		overlap time.Duration
		want    time.Duration
	}{
		{"a key without an end", 0, time.Hour, time.Hour},
		{"a key that ends later", 2 * time.Hour, time.Hour, time.Hour},
		{"a key that ends sooner", time.Minute, time.Hour, 50 * time.Second},
		{"without overlap", 0, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, nil)
				w.tenant("acme")
				request := &identityv1.CreateRootKeyRequest{Tenant: "acme", Name: "ci", Permissions: []string{"a.b", "*"}}
				const age = 10 * time.Second // of the old key when it is rotated
				if c.end != 0 {
					request.ExpiresAt = timestamppb.New(time.Now().Add(c.end))
				}
				old, err := w.access.CreateRootKey(t.Context(), request)
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(age)
				r, err := w.access.RotateRootKey(t.Context(), &identityv1.RotateRootKeyRequest{
					Tenant: "acme", Id: old.GetKey().GetId(), OverlapMs: c.overlap.Milliseconds(),
				})
				if err != nil {
					t.Fatal(err)
				}
				if got := time.Until(r.GetOldExpiresAt().AsTime()); got != c.want {
					t.Errorf("the old key ends in %v, want %v", got, c.want)
				}
				want := &identityv1.RootKey{Tenant: "acme", Name: "ci", Permissions: []string{"a.b", "*"}, Start: r.GetSecret()[:12]}
				if c.end != 0 { // as long as the old key was made for, and no longer
					want.ExpiresAt = timestamppb.New(time.Now().Add(c.end))
				}
				if diff := cmp.Diff(want, r.GetKey(), protocmp.Transform(), protocmp.IgnoreFields(want, "id", "created_at")); diff != "" {
					t.Error(diff)
				}
				w.expectValid(r.GetSecret())
				if c.want > 0 {
					w.expectValid(old.GetSecret())
					time.Sleep(c.want)
				}
				w.expectVoid(old.GetSecret())
				w.expectValid(r.GetSecret())
			})
		})
	}
}

func TestRotateUnknownRootKey(t *testing.T) {
	w := newWorld(t, nil)
	w.tenant("acme")
	w.tenant("other")
	foreign := w.rootKey("other").GetKey().GetId()
	var texts []string
	for _, id := range []string{"key_unknown", foreign} {
		_, err := w.access.RotateRootKey(t.Context(), &identityv1.RotateRootKeyRequest{Tenant: "acme", Id: id})
		expectCode(t, err, codes.NotFound)
		texts = append(texts, strings.ReplaceAll(fmt.Sprint(err), id, "ID"))
	}
	if texts[0] != texts[1] {
		t.Errorf("unknown and foreign keys answer differently: %q", texts)
	}
}

// Two rotations at once both give a key that works; the old one ends with the shorter
// overlap.
func TestRotationsRace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.tenant("acme")
		old := w.rootKey("acme")
		secrets := make([]string, 10)
		var callers sync.WaitGroup
		for i := range secrets {
			callers.Go(func() {
				r, err := w.access.RotateRootKey(t.Context(), &identityv1.RotateRootKeyRequest{
					Tenant: "acme", Id: old.GetKey().GetId(), OverlapMs: int64(i+1) * 1000,
				})
				if err != nil {
					t.Errorf("rotation %d: %v", i, err)
				}
				secrets[i] = r.GetSecret()
			})
		}
		callers.Wait()
		w.expectValid(old.GetSecret())
		time.Sleep(time.Second)
		w.expectVoid(old.GetSecret())
		for _, secret := range secrets {
			w.expectValid(secret)
		}
	})
}
