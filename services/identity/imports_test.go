package identity_test

import (
	"slices"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
)

func (k *keyring) importKeys(dry bool, all ...*identityv1.ImportedKey) []*identityv1.ImportResult {
	k.t.Helper()
	r, err := identityv1.NewImportServiceClient(k.internal).ImportKeys(k.t.Context(),
		&identityv1.ImportKeysRequest{Tenant: k.tenant, Keys: all, DryRun: dry})
	if err != nil || len(r.GetResults()) != len(all) {
		k.t.Fatalf("import: %v, %v", r, err)
	}
	return r.GetResults()
}

func imported(api, key string) *identityv1.ImportedKey {
	return &identityv1.ImportedKey{Key: migrated(api, key)}
}

// fates words what became of keys.
func fates(results []*identityv1.ImportResult) (all []string) {
	for _, r := range results {
		switch {
		case r.GetRefused() != "":
			all = append(all, "refused")
		case r.GetExisted():
			all = append(all, "existed")
		default:
			all = append(all, "added")
		}
	}
	return all
}

// Each key goes by itself, and again is the same as once.
func TestImportGoesKeyByKey(t *testing.T) {
	k := newWorld(t, nil).keyring("a")
	stranger := k.world.keyring("b")
	stranger.importKeys(false, imported(stranger.api, "theirs"))
	rich := imported(k.api, "rich")
	rich.Key.Roles, rich.Key.Permissions, rich.Key.ExternalId = []string{"r"}, []string{"p"}, proto.String("u1")
	rich.Key.Refill, rich.UsedUp = &identityv1.KeyRefill{Interval: "monthly", Amount: 5}, true
	rich.Ratelimits = []*identityv1.ImportedRatelimit{{Name: "requests", Limit: 3, Duration: 1000, AutoApply: true}}
	odd := imported(k.api, "odd")
	odd.Key.Hash.Value = "no digest"
	batch := []*identityv1.ImportedKey{
		imported(k.api, "one"), odd, imported("api_nowhere", "two"), imported(stranger.api, "three"), imported(k.api, "theirs"), rich, imported(k.api, "one"),
	}
	want := []string{"added", "refused", "refused", "refused", "refused", "added", "existed"}
	before := k.entries("a")
	if got := fates(k.importKeys(true, batch...)); !slices.Equal(got, want) || k.entries("a") != before || k.known("one") {
		t.Errorf("dry run: %v, and %d entries more", got, k.entries("a")-before)
	}
	first := k.importKeys(false, batch...)
	if got := fates(first); !slices.Equal(got, want) || !k.known("one") || k.known("odd") {
		t.Errorf("import: %v", got)
	}
	again := k.importKeys(false, batch...)
	if got := fates(again); got[0] != "existed" || got[5] != "existed" || again[0].GetKeyId() != first[0].GetKeyId() {
		t.Errorf("again: %v", again)
	}
	who := k.getV2(first[5].GetKeyId())
	if who.GetCredits().GetRemaining() != 0 || who.GetCredits().GetRefill().GetAmount() != 5 || len(who.GetRoles()) != 1 ||
		who.GetRatelimits()[0].GetName() != "requests" || !slices.Equal(who.GetPermissions(), []string{"p"}) {
		t.Errorf("imported %v", who)
	}
}

// An import that broke off between batches is run again from the start.
func TestImportGoesOn(t *testing.T) {
	k := newWorld(t, nil).keyring("a")
	all := []*identityv1.ImportedKey{imported(k.api, "one"), imported(k.api, "two"), imported(k.api, "three")}
	k.importKeys(false, all[:2]...)
	if got := fates(k.importKeys(false, all...)); !slices.Equal(got, []string{"existed", "existed", "added"}) {
		t.Errorf("again: %v", got)
	}
}

func TestImportIsTheOperators(t *testing.T) {
	k := newWorld(t, nil).keyring("a")
	_, err := identityv1.NewImportServiceClient(k.internal).ImportKeys(t.Context(),
		&identityv1.ImportKeysRequest{Tenant: "nobody", Keys: []*identityv1.ImportedKey{imported(k.api, "one")}})
	expectCode(t, err, codes.NotFound)
	_, err = identityv1.NewImportServiceClient(k.internal).ImportKeys(t.Context(),
		&identityv1.ImportKeysRequest{Tenant: "a", Keys: []*identityv1.ImportedKey{{}}})
	expectCode(t, err, codes.InvalidArgument)
}
