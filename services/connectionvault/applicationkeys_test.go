package connectionvault_test

import (
	"log/slog"
	"testing"

	"google.golang.org/grpc/codes"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
)

// rootKeys counts the valid keys of acme.
func (w *world) rootKeys() (n int) {
	w.t.Helper()
	r, err := w.access.ListRootKeys(w.t.Context(), &identityv1.ListRootKeysRequest{Tenant: acme})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, key := range r.GetKeys() {
		if key.GetRevokedAt() == nil {
			n++
		}
	}
	return n
}

// TestAnApplicationThatIsNotMadeHasNoKey when the store is away in the middle of it.
func TestAnApplicationThatIsNotMadeHasNoKey(t *testing.T) {
	for _, own := range []string{"", "sk_live_0123456789abcdef"} {
		t.Run("own key "+own, func(t *testing.T) {
			w := newIdleWorld(t)
			store := &failing{Store: w.store}
			p := w.process(store, slog.DiscardHandler)
			r := &connectionvaultv1.AddApplicationRequest{Tenant: acme, Id: shop, ApiKey: own}
			store.busy.Store(1)
			_, err := p.operator.AddApplication(t.Context(), r)
			if err == nil {
				t.Error("it is made")
			}
			want := 0
			if own != "" {
				want = 1 // another call may have made the application with it
			}
			if n := w.rootKeys(); n != want {
				t.Errorf("%d keys are left, want %d", n, want)
			}
			added, err := p.operator.AddApplication(t.Context(), r)
			expect(t, err, codes.OK)
			if got := w.valid(added.GetApiKey()); !got[0] || own != "" && added.GetApiKey() != own || w.rootKeys() != 1 {
				t.Errorf("the key %s is valid: %v, of %d", added.GetApiKey(), got, w.rootKeys())
			}
		})
	}
}

// TestAKeyOfAnotherIsNotTaken for an application, whatever it is for.
func TestAKeyOfAnotherIsNotTaken(t *testing.T) {
	w := newIdleWorld(t)
	const taken, foreign, other = "sk_live_0123456789taken", "sk_live_0123456789foreign", "sk_live_0123456789other"
	for secret, permission := range map[string]string{taken: "vault.everything", other: "vault.apps.other"} {
		_, err := w.access.CreateRootKey(t.Context(), &identityv1.CreateRootKeyRequest{Tenant: acme, Permissions: []string{permission}, Secret: secret})
		expect(t, err, codes.OK)
	}
	_, err := w.access.CreateRootKey(t.Context(), &identityv1.CreateRootKeyRequest{Tenant: rival, Permissions: []string{"vault.apps." + shop}, Secret: foreign})
	expect(t, err, codes.OK)
	for _, key := range []string{taken, foreign, other} {
		_, err := w.operator.AddApplication(t.Context(), &connectionvaultv1.AddApplicationRequest{Tenant: acme, Id: shop, ApiKey: key})
		expect(t, err, codes.AlreadyExists)
	}
}

// TestRotationThatFailsLeavesTheOldKey alone.
func TestRotationThatFailsLeavesTheOldKey(t *testing.T) {
	w, ctx := newShop(t)
	store := &failing{Store: w.store}
	p := w.process(store, slog.DiscardHandler)
	store.busy.Store(1)
	_, err := p.operator.RotateApplicationKey(t.Context(), &connectionvaultv1.RotateApplicationKeyRequest{Tenant: acme, ApplicationId: shop})
	if err == nil {
		t.Error("it is rotated")
	}
	if got := w.valid(keyIn(ctx)); !got[0] || w.rootKeys() != 1 {
		t.Errorf("the old key is valid: %v, of %d", got, w.rootKeys())
	}
}
