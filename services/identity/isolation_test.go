package identity_test

import (
	"context"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	"github.com/holdplane/holdplane/pkg/fault"
)

// foreignCalls name a tenant's objects. Missing ones are "_nowhere".
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
