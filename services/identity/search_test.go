package identity_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
)

// A search through large rows reads some megabytes a page, and goes on where it ended.
func TestSearchesOfLargeRowsComeInPages(t *testing.T) {
	w := newWorld(t, nil)
	_, ctx := w.caller("a")
	identities := identityv2.NewIdentityServiceClient(w.public)
	meta := `{"text":"` + strings.Repeat("x", 1_000_000) + `"}`
	for i := range 22 {
		r := &identityv2.CreateIdentityRequest{ExternalId: fmt.Sprint("user_", i), Meta: meta}
		if _, err := identities.CreateIdentity(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	search, pages := "USER_21", 0
	var found []string
	for r, more := (&identityv2.ListIdentitiesRequest{Search: &search}), true; more; pages++ {
		page, err := identities.ListIdentities(ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page.GetIdentities() {
			found = append(found, m.GetExternalId())
		}
		r.Cursor, more = page.GetPagination().Cursor, page.GetPagination().GetHasMore()
	}
	if !slices.Equal(found, []string{"user_21"}) || pages != 2 {
		t.Errorf("found %v on %d pages", found, pages)
	}
}
