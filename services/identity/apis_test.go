package identity_test

import (
	"context"
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
		all[i] = fmt.Sprintf("%s%04d", strings.Repeat("p", 120), i)
	}
	const rows = 40
	for range rows {
		k.make(&identityv1.CreateKeyRequest{Permissions: all})
	}
	seen := 0
	for r := (&identityv1.ListKeysRequest{ApiId: k.api}); ; {
		page, err := k.apis.ListKeys(k.ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		if size := proto.Size(page); size > 3<<20 {
			t.Errorf("a page has %d bytes", size)
		}
		seen += len(page.GetKeys())
		if r.Cursor = page.Cursor; r.Cursor == nil {
			break
		}
	}
	if seen != rows {
		t.Errorf("saw %d of %d keys", seen, rows)
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

// foreign calls name a tenant's objects. Missing ones are "_nowhere".
var foreignCalls = map[string]func(k *keyring, ctx context.Context, api, key string) error{
	"getApi": func(k *keyring, ctx context.Context, api, _ string) error {
		return errOf(k.apis.GetApi(ctx, &identityv1.GetApiRequest{ApiId: api}))
	},
	"listKeys": func(k *keyring, ctx context.Context, api, _ string) error {
		return errOf(k.apis.ListKeys(ctx, &identityv1.ListKeysRequest{ApiId: api}))
	},
	"deleteApi": func(k *keyring, ctx context.Context, api, _ string) error {
		return errOf(k.apisV2.DeleteApi(ctx, &identityv2.DeleteApiRequest{ApiId: api}))
	},
	"deleteKeys": func(k *keyring, ctx context.Context, api, _ string) error {
		return errOf(k.apis.DeleteKeys(ctx, &identityv1.DeleteKeysRequest{ApiId: api}))
	},
	"createKey": func(k *keyring, ctx context.Context, api, _ string) error {
		return errOf(k.keysV2.CreateKey(ctx, &identityv2.CreateKeyRequest{ApiId: api}))
	},
	"getKey": func(k *keyring, ctx context.Context, _, key string) error {
		return errOf(k.keys.GetKey(ctx, &identityv1.GetKeyRequest{KeyId: key}))
	},
	"decrypt": func(k *keyring, ctx context.Context, _, key string) error {
		return errOf(k.keysV2.GetKey(ctx, &identityv2.GetKeyRequest{KeyId: key, Decrypt: true}))
	},
	"updateKey": func(k *keyring, ctx context.Context, _, key string) error {
		return errOf(k.keysV2.UpdateKey(ctx, &identityv2.UpdateKeyRequest{KeyId: key, Enabled: proto.Bool(false)}))
	},
	"deleteKey": func(k *keyring, ctx context.Context, _, key string) error {
		return errOf(k.keysV2.DeleteKey(ctx, &identityv2.DeleteKeyRequest{KeyId: key}))
	},
	"rerollKey": func(k *keyring, ctx context.Context, _, key string) error {
		return errOf(k.keysV2.RerollKey(ctx, &identityv2.RerollKeyRequest{KeyId: key}))
	},
	"addPermissions": func(k *keyring, ctx context.Context, _, key string) error {
		return errOf(k.keysV2.AddPermissions(ctx, &identityv2.AddPermissionsRequest{KeyId: key, Permissions: []string{"p"}}))
	},
	"addRoles": func(k *keyring, ctx context.Context, _, key string) error {
		return errOf(k.keys.AddRoles(ctx, &identityv1.AddRolesRequest{KeyId: key, Roles: roles(true, "r")}))
	},
	"migrate": func(k *keyring, ctx context.Context, api, _ string) error {
		return errOf(k.keysV2.MigrateKeys(ctx, &identityv2.MigrateKeysRequest{MigrationId: "any", ApiId: api, Keys: []*identityv2.MigrateKey{{Hash: strings.Repeat("0", 64)}}}))
	},
}

// A caller can't tell what another tenant has from what nobody has; and one who may do
// nothing can't tell either from what is there.
func TestForeignIsMissing(t *testing.T) {
	k := newWorld(t, nil).keyring("a")
	key := k.make(&identityv1.CreateKeyRequest{Recoverable: true}).GetKeyId()
	stranger := k.world.keyring("b")
	elsewhere := k.holding("api.api_elsewhere.read_key", "api.api_elsewhere.update_key")
	for name, call := range foreignCalls {
		t.Run(name, func(t *testing.T) {
			missing := fault.From(call(k, stranger.ctx, "api_nowhere", "key_nowhere"))
			foreign := fault.From(call(k, stranger.ctx, k.api, key))
			if missing == nil || foreign == nil || missing.Code != codes.NotFound {
				t.Fatalf("missing: %v; foreign: %v", missing, foreign)
			}
			told := strings.NewReplacer(k.api, "api_nowhere", key, "key_nowhere").Replace(foreign.Message)
			if foreign.Reason != missing.Reason || told != missing.Message {
				t.Errorf("missing: %v; foreign: %v", missing, foreign)
			}
			missing, there := fault.From(call(k, elsewhere, "api_nowhere", "key_nowhere")), fault.From(call(k, elsewhere, k.api, key))
			if missing == nil || there == nil || missing.Code != codes.PermissionDenied || missing.Message != there.Message {
				t.Errorf("who may not: missing: %v; there: %v", missing, there)
			}
		})
	}
	k.get(key)
}
