package identity_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	"github.com/holdplane/holdplane/pkg/fault"
)

func TestListKeysPages(t *testing.T) {
	k := newWorld(t, nil).keyring("a")
	var mine []string
	for i := range 25 {
		r := &identityv1.CreateKeyRequest{}
		if i%5 == 0 {
			r.ExternalId = proto.String("user_1")
		}
		made := k.make(r)
		if i%5 == 0 {
			mine = append(mine, made.GetKeyId())
		}
	}
	k.make(&identityv1.CreateKeyRequest{ApiId: k.makeAPI("another")})
	for _, tt := range []struct {
		name     string
		external string
		rows     int
	}{{"all", "", 25}, {"of one", "user_1", 5}, {"of nobody", "user_2", 0}} {
		t.Run(tt.name, func(t *testing.T) {
			v1, v2 := k.pagesV1(t, tt.external), k.pagesV2(t, tt.external)
			if !slices.Equal(v1, v2) || len(v1) != tt.rows || len(slices.Compact(slices.Sorted(slices.Values(v1)))) != tt.rows {
				t.Errorf("v1 %v, v2 %v, want %d", v1, v2, tt.rows)
			}
			if tt.external == "user_1" && !slices.Equal(slices.Sorted(slices.Values(v1)), slices.Sorted(slices.Values(mine))) {
				t.Errorf("got %v, want %v", v1, mine)
			}
		})
	}
}

func (k *keyring) pagesV1(t *testing.T, external string) (ids []string) {
	r := &identityv1.ListKeysRequest{ApiId: k.api, Limit: proto.Int32(4)}
	if external != "" {
		r.ExternalId = &external
	}
	for {
		page, err := k.apis.ListKeys(k.ctx, r)
		if err != nil || len(page.GetKeys()) > 4 {
			t.Fatalf("page %v, %v", page, err)
		}
		if external != "user_2" && page.GetTotal() != 25 {
			t.Errorf("total %d", page.GetTotal())
		}
		for _, key := range page.GetKeys() {
			ids = append(ids, key.GetId())
		}
		if r.Cursor = page.Cursor; page.Cursor == nil {
			return ids
		}
	}
}

func (k *keyring) pagesV2(t *testing.T, external string) (ids []string) {
	r := &identityv2.ListKeysRequest{ApiId: k.api, Limit: proto.Int32(7)}
	if external != "" {
		r.ExternalId = &external
	}
	for {
		page, err := k.apisV2.ListKeys(k.ctx, r)
		if err != nil || page.GetPagination().GetHasMore() != (page.GetPagination().Cursor != nil) {
			t.Fatalf("page %v, %v", page, err)
		}
		for _, key := range page.GetKeys() {
			ids = append(ids, key.GetKeyId())
		}
		if r.Cursor = page.GetPagination().Cursor; r.Cursor == nil {
			return ids
		}
	}
}

// A thousand long permissions are not in a key's row, but they are in the answer.
func TestPagesOfPowerfulKeysAreShort(t *testing.T) {
	k := newWorld(t, nil).keyring("a")
	all := make([]string, 1000)
	for i := range all {
		all[i] = fmt.Sprintf("%s%04d", strings.Repeat("p", 508), i)
	}
	const rows = 7 // half a megabyte each
	for range rows {
		k.make(&identityv1.CreateKeyRequest{Permissions: all})
	}
	seen, pages := 0, 0
	for r := (&identityv1.ListKeysRequest{ApiId: k.api}); ; {
		page, err := k.apis.ListKeys(k.ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		if size := proto.Size(page); size > 3<<20 {
			t.Errorf("a page has %d bytes", size)
		}
		seen, pages = seen+len(page.GetKeys()), pages+1
		if r.Cursor = page.Cursor; r.Cursor == nil {
			break
		}
	}
	if seen != rows || pages < 2 {
		t.Errorf("saw %d of %d keys on %d pages", seen, rows, pages)
	}
}

func TestACursorIsForItsListOnly(t *testing.T) {
	k := newWorld(t, nil).keyring("a")
	other := k.makeAPI("another")
	for range 2 {
		k.make(&identityv1.CreateKeyRequest{ExternalId: proto.String("u")})
	}
	page, err := k.apis.ListKeys(k.ctx, &identityv1.ListKeysRequest{ApiId: k.api, Limit: proto.Int32(1)})
	if err != nil || page.Cursor == nil {
		t.Fatal(page, err)
	}
	_, err = k.apis.ListKeys(k.ctx, &identityv1.ListKeysRequest{ApiId: other, Cursor: page.Cursor})
	expectCode(t, err, codes.InvalidArgument)
	_, err = k.apis.ListKeys(k.ctx, &identityv1.ListKeysRequest{ApiId: k.api, ExternalId: proto.String("u"), Cursor: page.Cursor})
	expectCode(t, err, codes.InvalidArgument)
	_, err = k.apisV2.ListKeys(k.ctx, &identityv2.ListKeysRequest{ApiId: k.api, Cursor: page.Cursor})
	expectCode(t, err, codes.InvalidArgument)
}

func TestDeleteKeysTakesAllOfAnAPI(t *testing.T) {
	k := newWorld(t, nil).keyring("a")
	other := k.make(&identityv1.CreateKeyRequest{ApiId: k.makeAPI("another")}).GetKeyId()
	powerless := k.holding("api.*.delete_api")
	before := k.entries("a")
	const keys = 230
	for range keys {
		k.make(&identityv1.CreateKeyRequest{Remaining: proto.Int64(1)})
	}
	_, err := k.apis.DeleteKeys(powerless, &identityv1.DeleteKeysRequest{ApiId: k.api})
	expectCode(t, err, codes.PermissionDenied)
	gone, err := k.apis.DeleteKeys(k.ctx, &identityv1.DeleteKeysRequest{ApiId: k.api})
	if err != nil || gone.GetDeletedKeys() != keys {
		t.Errorf("deleted %v, %v", gone, err)
	}
	k.get(other)
	if made := k.entries("a") - before; made != 2*keys { // the audit
		t.Errorf("%d entries are left, want a record of each key's two ends", made)
	}
	_, err = k.apis.DeleteKeys(k.ctx, &identityv1.DeleteKeysRequest{ApiId: "api_nowhere"})
	expectCode(t, err, codes.NotFound)
}

// A deleted API's keys are void at once, and gone when its outbox has done its work.
func TestDeleteAPI(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newWorld(t, nil).keyring("a")
		var made []*identityv1.CreateKeyResponse
		for range 250 {
			made = append(made, k.make(&identityv1.CreateKeyRequest{}))
		}
		doomed := &identityv1.DeleteApiRequest{ApiId: k.api}
		_, err := k.apis.DeleteApi(k.holding("api.*.delete_key"), doomed)
		expectCode(t, err, codes.PermissionDenied)
		if _, err := k.apis.DeleteApi(k.holding("api."+k.api+".delete_api"), doomed); err != nil {
			t.Fatal(err)
		}
		k.expectNoKey(t, made[249])
		_, err = k.apis.DeleteApi(k.ctx, doomed)
		expectCode(t, err, codes.NotFound)
		_, err = k.apisV2.DeleteApi(k.ctx, &identityv2.DeleteApiRequest{ApiId: k.api})
		expectCode(t, err, codes.NotFound)
		synctest.Wait()
		deleted, actors := map[string]int{}, map[string]bool{}
		for _, r := range k.records() {
			if deleted[r.GetEvent()]++; r.GetEvent() == "key.delete" || r.GetEvent() == "api.delete" {
				actors[r.GetActor()] = true
			}
		}
		if deleted["key.delete"] != 250 || deleted["api.delete"] != 1 || len(actors) != 1 || actors["operator"] {
			t.Errorf("%v records by %v, want those of one API and its keys by the caller", deleted, actors)
		}
	})
}

func (k *keyring) expectNoKey(t *testing.T, made *identityv1.CreateKeyResponse) {
	t.Helper()
	for name, err := range map[string]error{
		"get":    errOf(k.keys.GetKey(k.ctx, &identityv1.GetKeyRequest{KeyId: made.GetKeyId()})),
		"whoami": errOf(k.keysV2.Whoami(k.ctx, &identityv2.WhoamiRequest{Key: made.GetKey()})),
		"delete": errOf(k.keys.DeleteKey(k.ctx, &identityv1.DeleteKeyRequest{KeyId: made.GetKeyId()})),
		"update": errOf(k.keys.UpdateKey(k.ctx, &identityv1.UpdateKeyRequest{KeyId: made.GetKeyId()})),
		"reroll": errOf(k.keysV2.RerollKey(k.ctx, &identityv2.RerollKeyRequest{KeyId: made.GetKeyId()})),
		"create": errOf(k.keys.CreateKey(k.ctx, &identityv1.CreateKeyRequest{ApiId: k.api})),
		"list":   errOf(k.apis.ListKeys(k.ctx, &identityv1.ListKeysRequest{ApiId: k.api})),
	} {
		if f := fault.From(err); f == nil || f.Code != codes.NotFound {
			t.Errorf("%s: %v, want NotFound", name, err)
		}
	}
}

func errOf[T any](_ T, err error) error { return err }
