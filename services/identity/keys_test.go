package identity_test

import (
	"context"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
)

// keyring is a tenant with an API, and a caller who may do everything there.
type keyring struct {
	*world
	tenant string
	api    string
	ctx    context.Context

	keys   identityv1.KeyServiceClient
	keysV2 identityv2.KeyServiceClient
	apis   identityv1.ApiServiceClient
	apisV2 identityv2.ApiServiceClient
}

func (w *world) keyring(tenant string) *keyring {
	w.t.Helper()
	w.tenant(tenant)
	k := &keyring{
		world: w, tenant: tenant, ctx: w.as(w.rootKey(tenant).GetSecret()),
		keys: identityv1.NewKeyServiceClient(w.public), keysV2: identityv2.NewKeyServiceClient(w.public),
		apis: identityv1.NewApiServiceClient(w.public), apisV2: identityv2.NewApiServiceClient(w.public),
	}
	k.api = k.makeAPI("payments")
	return k
}

func (k *keyring) makeAPI(name string) string {
	k.t.Helper()
	made, err := k.apis.CreateApi(k.ctx, &identityv1.CreateApiRequest{Name: name})
	if err != nil {
		k.t.Fatal(err)
	}
	return made.GetApiId()
}

// holding is a context with a new root key of the tenant's.
func (k *keyring) holding(permissions ...string) context.Context {
	k.t.Helper()
	r, err := k.access.CreateRootKey(k.t.Context(), &identityv1.CreateRootKeyRequest{Tenant: k.tenant, Permissions: permissions})
	if err != nil {
		k.t.Fatal(err)
	}
	return k.as(r.GetSecret())
}

// make makes a key; r's API is the keyring's when it has none.
func (k *keyring) make(r *identityv1.CreateKeyRequest) *identityv1.CreateKeyResponse {
	k.t.Helper()
	if r.GetApiId() == "" {
		r.ApiId = k.api
	}
	made, err := k.keys.CreateKey(k.ctx, r)
	if err != nil {
		k.t.Fatal(err)
	}
	return made
}

func TestKeysLookAsTheirVersionMakesThem(t *testing.T) {
	k := newWorld(t, nil).keyring("a")
	for _, tt := range []struct {
		name   string
		prefix string
		bytes  int32
		v2     bool
		min    int // characters after the prefix
	}{
		{name: "v1", min: 22},
		{name: "v1 with prefix", prefix: "sk", min: 22},
		{name: "v1 longest", prefix: strings.Repeat("p", 16), bytes: 255, min: 340},
		{name: "v2", v2: true, min: 16},
		{name: "v2 with prefix", prefix: "sk", v2: true, min: 16},
		{name: "v2 longest", bytes: 255, v2: true, min: 340},
	} {
		t.Run(tt.name, func(t *testing.T) {
			key := k.form(tt.prefix, tt.bytes, tt.v2)
			if tt.prefix != "" && !strings.HasPrefix(key, tt.prefix+"_") {
				t.Errorf("%s lacks its prefix", key)
			}
			if body := strings.TrimPrefix(key, tt.prefix+"_"); len(body) < tt.min || strings.ContainsAny(body, "_0OIl") {
				t.Errorf("%s is not base58 of that length", key)
			}
		})
	}
}

func (k *keyring) form(prefix string, size int32, v2 bool) string {
	k.t.Helper()
	var p *string
	var n *int32
	if prefix != "" {
		p = &prefix
	}
	if size != 0 {
		n = &size
	}
	if !v2 {
		return k.make(&identityv1.CreateKeyRequest{Prefix: p, ByteLength: n}).GetKey()
	}
	made, err := k.keysV2.CreateKey(k.ctx, &identityv2.CreateKeyRequest{ApiId: k.api, Prefix: p, ByteLength: n})
	if err != nil {
		k.t.Fatal(err)
	}
	return made.GetKey()
}

func TestCreateKeyRefuses(t *testing.T) {
	k := newWorld(t, nil).keyring("a")
	stranger := k.world.keyring("b")
	for _, tt := range []struct {
		name string
		as   context.Context
		give *identityv1.CreateKeyRequest
		want codes.Code
	}{
		{name: "no uses", give: &identityv1.CreateKeyRequest{Remaining: proto.Int64(0)}, want: codes.InvalidArgument},
		{name: "a refill of nothing", give: &identityv1.CreateKeyRequest{Refill: &identityv1.KeyRefill{Interval: "daily", Amount: 1}}, want: codes.InvalidArgument},
		{name: "a day for a daily refill", give: &identityv1.CreateKeyRequest{Remaining: proto.Int64(1), Refill: &identityv1.KeyRefill{Interval: "daily", Amount: 1, RefillDay: proto.Int32(3)}}, want: codes.InvalidArgument},
		{name: "a limit without duration", give: &identityv1.CreateKeyRequest{Ratelimit: &identityv1.KeyRatelimit{Limit: proto.Int64(3)}}, want: codes.InvalidArgument},
		{name: "an unknown API", give: &identityv1.CreateKeyRequest{ApiId: "api_nowhere"}, want: codes.NotFound},
		{name: "another tenant's API", give: &identityv1.CreateKeyRequest{ApiId: stranger.api}, want: codes.NotFound},
		{name: "no permission", as: k.holding("api.*.read_key"), give: &identityv1.CreateKeyRequest{}, want: codes.PermissionDenied},
		{name: "permission for another API", as: k.holding("api.api_other.create_key"), give: &identityv1.CreateKeyRequest{}, want: codes.PermissionDenied},
		{name: "permission for this API", as: k.holding("api." + k.api + ".create_key"), give: &identityv1.CreateKeyRequest{}},
		{name: "recoverable without permission", as: k.holding("api.*.create_key"), give: &identityv1.CreateKeyRequest{Recoverable: true}, want: codes.PermissionDenied},
		{name: "recoverable", as: k.holding("api.*.create_key", "api.*.encrypt_key"), give: &identityv1.CreateKeyRequest{Recoverable: true}},
		{name: "a new role without permission", as: k.holding("api.*.create_key"), give: &identityv1.CreateKeyRequest{Roles: []string{"r"}}, want: codes.PermissionDenied},
		{name: "a new permission without permission", as: k.holding("api.*.create_key", "rbac.*.create_role"), give: &identityv1.CreateKeyRequest{Permissions: []string{"p"}}, want: codes.PermissionDenied},
		{name: "new ones", as: k.holding("api.*.create_key", "rbac.*.create_role", "rbac.*.create_permission"), give: &identityv1.CreateKeyRequest{Roles: []string{"r", "r"}, Permissions: []string{"p"}}},
		{name: "known ones", as: k.holding("api.*.create_key"), give: &identityv1.CreateKeyRequest{Roles: []string{"r"}, Permissions: []string{"p"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.give.GetApiId() == "" {
				tt.give.ApiId = k.api
			}
			if tt.as == nil {
				tt.as = k.ctx
			}
			_, err := k.keys.CreateKey(tt.as, tt.give)
			expectCode(t, err, tt.want)
		})
	}
}
