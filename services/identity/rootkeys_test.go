package identity_test

import (
	"fmt"
	"slices"
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
	"github.com/holdplane/holdplane/pkg/fault"
)

func TestCreateRootKey(t *testing.T) {
	w := newWorld(t, nil)
	w.tenant("acme")
	end := timestamppb.New(time.Now().Add(time.Hour).Truncate(time.Millisecond))
	r, err := w.access.CreateRootKey(t.Context(), &identityv1.CreateRootKeyRequest{
		Tenant: "acme", Name: "ci", Permissions: []string{"identity.*.read_identity", "*"}, ExpiresAt: end,
	})
	if err != nil {
		t.Fatal(err)
	}
	want := &identityv1.RootKey{
		Tenant: "acme", Name: "ci", Start: r.GetSecret()[:12], Permissions: []string{"identity.*.read_identity", "*"}, ExpiresAt: end,
	}
	if diff := cmp.Diff(want, r.GetKey(), protocmp.Transform(), protocmp.IgnoreFields(want, "id", "created_at")); diff != "" {
		t.Error(diff)
	}
	if !strings.HasPrefix(r.GetSecret(), "hp_root_") || len(r.GetSecret()) < 50 || !strings.HasPrefix(r.GetKey().GetId(), "key_") {
		t.Errorf("secret of %d characters, id %s", len(r.GetSecret()), r.GetKey().GetId())
	}
	v := w.expectValid(r.GetSecret())
	if v.GetKind() != identityv1.CredentialKind_CREDENTIAL_KIND_ROOT_KEY || v.GetTenant() != "acme" || v.GetSubject() != r.GetKey().GetId() ||
		!slices.Equal(v.GetPermissions(), want.GetPermissions()) || !v.GetExpiresAt().AsTime().Equal(end.AsTime()) || v.GetAudience() != "" {
		t.Errorf("verified %v", v)
	}
	if got := w.events("acme"); !slices.Equal(got, []string{"rootkey.create"}) || w.flushes.Load() == 0 {
		t.Errorf("audited %q, flushed %d times", got, w.flushes.Load())
	}
}

func TestCreateRootKeyRefuses(t *testing.T) {
	const secret = "hp_root_0123456789abcdef"
	w := newWorld(t, nil)
	w.tenant("acme")
	w.tenant("other")
	give := func(change func(*identityv1.CreateRootKeyRequest)) *identityv1.CreateRootKeyRequest {
		r := &identityv1.CreateRootKeyRequest{Tenant: "acme", Permissions: []string{"*"}}
		change(r)
		return r
	}
	own := give(func(r *identityv1.CreateRootKeyRequest) { r.Secret = secret })
	if r, err := w.access.CreateRootKey(t.Context(), own); err != nil || r.GetSecret() != secret || r.GetKey().GetStart() != "hp_root_0123" {
		t.Fatalf("got %v, %v; want the secret brought along", r, err)
	}
	for _, c := range []struct {
		name string
		give *identityv1.CreateRootKeyRequest
		want codes.Code
	}{
		{"a secret that is taken", own, codes.AlreadyExists},
		{"a secret that another tenant has", give(func(r *identityv1.CreateRootKeyRequest) { r.Tenant, r.Secret = "other", secret }), codes.AlreadyExists},
		{"a secret that is no root key", give(func(r *identityv1.CreateRootKeyRequest) { r.Secret = "pk_0123456789abcdef" }), codes.InvalidArgument},
		{"a secret that is too short", give(func(r *identityv1.CreateRootKeyRequest) { r.Secret = "hp_root_0123456" }), codes.InvalidArgument},
		{"an unknown tenant", give(func(r *identityv1.CreateRootKeyRequest) { r.Tenant = "unknown" }), codes.NotFound},
		{"no tenant", give(func(r *identityv1.CreateRootKeyRequest) { r.Tenant = "" }), codes.InvalidArgument},
		{"no permission", give(func(r *identityv1.CreateRootKeyRequest) { r.Permissions = nil }), codes.InvalidArgument},
		{"an end in the past", give(func(r *identityv1.CreateRootKeyRequest) { r.ExpiresAt = timestamppb.New(time.Now().Add(-time.Second)) }), codes.InvalidArgument},
		{"an end that is now", give(func(r *identityv1.CreateRootKeyRequest) { r.ExpiresAt = timestamppb.Now() }), codes.InvalidArgument},
		{"an end that is no time", give(func(r *identityv1.CreateRootKeyRequest) { r.ExpiresAt = &timestamppb.Timestamp{Seconds: 1 << 60} }), codes.InvalidArgument},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := w.access.CreateRootKey(t.Context(), c.give)
			expectCode(t, err, c.want)
		})
	}
}

func TestRootKeyEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.tenant("acme")
		r, err := w.access.CreateRootKey(t.Context(), &identityv1.CreateRootKeyRequest{
			Tenant: "acme", Permissions: []string{"*"}, ExpiresAt: timestamppb.New(time.Now().Add(time.Minute)),
		})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute - time.Millisecond)
		w.expectValid(r.GetSecret())
		time.Sleep(time.Millisecond)
		w.expectVoid(r.GetSecret())
		_, err = w.access.RotateRootKey(t.Context(), &identityv1.RotateRootKeyRequest{Tenant: "acme", Id: r.GetKey().GetId()})
		expectCode(t, err, codes.FailedPrecondition)
	})
}

func TestListRootKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.tenant("acme")
		w.tenant("other")
		w.rootKey("other")
		var want, got []string
		for range 5 {
			want = append(want, w.rootKey("acme").GetKey().GetId())
			time.Sleep(time.Millisecond)
		}
		w.revoke("acme", want[2])
		request := &identityv1.ListRootKeysRequest{Tenant: "acme", PageSize: 2}
		for {
			r, err := w.access.ListRootKeys(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			for _, key := range r.GetKeys() {
				if revoked := key.GetRevokedAt() != nil; revoked != (key.GetId() == want[2]) {
					t.Errorf("%s revoked: %t", key.GetId(), revoked)
				}
				got = append(got, key.GetId())
			}
			if request.PageToken = r.GetNextPageToken(); request.PageToken == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("listed %q, want %q", got, want)
		}
		r, err := w.access.ListRootKeys(t.Context(), &identityv1.ListRootKeysRequest{Tenant: "acme", PageSize: 2})
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.access.ListRootKeys(t.Context(), &identityv1.ListRootKeysRequest{Tenant: "other", PageToken: r.GetNextPageToken()})
		expectCode(t, err, codes.InvalidArgument)
		_, err = w.access.ListRootKeys(t.Context(), &identityv1.ListRootKeysRequest{Tenant: "unknown"})
		expectCode(t, err, codes.NotFound)
	})
}

func (w *world) revoke(tenant, id string) {
	w.t.Helper()
	if _, err := w.access.RevokeRootKey(w.t.Context(), &identityv1.RevokeRootKeyRequest{Tenant: tenant, Id: id}); err != nil {
		w.t.Error(err)
	}
}

func TestRevokeRootKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.tenant("acme")
		w.tenant("other")
		key, bystander := w.rootKey("acme"), w.rootKey("acme")
		_, err := w.access.RevokeRootKey(t.Context(), &identityv1.RevokeRootKeyRequest{Tenant: "other", Id: key.GetKey().GetId()})
		expectCode(t, err, codes.NotFound)
		w.expectValid(key.GetSecret())
		first := time.Now()
		for range 2 { // repeating it is not an error
			w.revoke("acme", key.GetKey().GetId())
			time.Sleep(time.Second)
		}
		w.expectVoid(key.GetSecret())
		w.expectValid(bystander.GetSecret())
		r, err := w.access.ListRootKeys(t.Context(), &identityv1.ListRootKeysRequest{Tenant: "acme"})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(r.GetKeys(), func(k *identityv1.RootKey) bool { return k.GetId() == key.GetKey().GetId() })
		if got := r.GetKeys()[i].GetRevokedAt().AsTime(); !got.Equal(first) {
			t.Errorf("revoked at %v, want the first time, %v", got, first)
		}
		if got := w.events("acme"); len(got) != 3 || !slices.Contains(got, "rootkey.revoke") {
			t.Errorf("audited %q, want one revocation", got)
		}
		_, err = w.access.RotateRootKey(t.Context(), &identityv1.RotateRootKeyRequest{Tenant: "acme", Id: key.GetKey().GetId()})
		expectCode(t, err, codes.FailedPrecondition)
	})
}

// Once a revocation is acknowledged no verification succeeds, whatever runs beside it.
func TestRevocationRacesVerification(t *testing.T) {
	w := newWorld(t, nil)
	w.tenant("acme")
	key := w.rootKey("acme")
	revoked := make(chan struct{})
	var callers sync.WaitGroup
	for range 8 {
		callers.Go(func() {
			for last := false; !last; {
				select {
				case <-revoked:
					last = true
				default:
				}
				_, err := w.verify(key.GetSecret())
				if last && err == nil {
					t.Error("verified after the revocation")
				}
				if err != nil && fault.From(err).Code != codes.Unauthenticated {
					t.Error(err)
				}
			}
		})
	}
	w.revoke("acme", key.GetKey().GetId())
	close(revoked)
	callers.Wait()
}

func TestOneOfManyCreatesARootKeyWithItsSecret(t *testing.T) {
	w := newWorld(t, nil)
	var made, taken int
	var mu sync.Mutex
	var callers sync.WaitGroup
	for i := range 10 {
		w.tenant(fmt.Sprint("t", i))
	}
	for i := range 10 {
		callers.Go(func() {
			_, err := w.access.CreateRootKey(t.Context(), &identityv1.CreateRootKeyRequest{
				Tenant: fmt.Sprint("t", i), Permissions: []string{"*"}, Secret: "hp_root_0123456789abcdef",
			})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				made++
			} else if fault.From(err).Code == codes.AlreadyExists {
				taken++
			}
		})
	}
	callers.Wait()
	if made != 1 || taken != 9 {
		t.Errorf("%d made and %d refused, want 1 and 9", made, taken)
	}
}
