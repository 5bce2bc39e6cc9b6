package identity

import (
	"context"
	"errors"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// Actions on APIs and their keys, as Unkey names them in permissions.
const (
	actionCreateAPI  = "create_api"
	actionReadAPI    = "read_api"
	actionDeleteAPI  = "delete_api"
	actionCreateKey  = "create_key"
	actionReadKey    = "read_key"
	actionUpdateKey  = "update_key"
	actionDeleteKey  = "delete_key"
	actionEncryptKey = "encrypt_key"
	actionDecryptKey = "decrypt_key"
)

const (
	reasonAPIUnknown   = "API_NOT_FOUND"
	reasonAPIProtected = "API_DELETE_PROTECTED"
	reasonKeyUnknown   = "KEY_NOT_FOUND"
	reasonKeyTaken     = "KEY_ALREADY_EXISTS"
	reasonKeyInvalid   = "KEY_INVALID"
)

// anyAPI is the permission for an action on every API, or on keys of every API.
func anyAPI(action string) auth.Permission { return auth.Permission("api.*." + action) }

// oneAPI is the permission for one API, or the keys of one.
func oneAPI(id, action string) auth.Permission { return auth.Permission("api." + id + "." + action) }

// requireAPI returns the caller, who may do all actions to an API. It needs no look at
// the API: who may not learns nothing of which APIs exist.
func requireAPI(ctx context.Context, id string, actions ...string) (p *auth.Principal, err error) {
	for _, action := range actions {
		if p, err = auth.Require(ctx, anyAPI(action), oneAPI(id, action)); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// requireTenant returns the caller, who belongs to a tenant. What the caller may do to a
// key depends on the key's API: keyFor tells.
func requireTenant(ctx context.Context) (*auth.Principal, error) {
	p := auth.From(ctx)
	if p.Tenant == tenant.None {
		_, err := auth.Require(ctx, anyAPI(actionReadKey))
		return nil, err
	}
	return p, nil
}

// keyFor returns the caller's key with an id, to which the caller may do all actions.
func (t *tables) keyFor(tx kv.Reader, p *auth.Principal, id string, actions ...string) (*storev1.Key, error) {
	key, err := t.keys.Get(tx, table.Of(p.Tenant), id)
	if err != nil {
		return t.keyAllowed(tx, p, nil, err, unknownKey(id), actions)
	}
	return t.keyAllowed(tx, p, key, nil, unknownKey(id), actions)
}

// keyBySecret is keyFor of a key found by itself.
func (t *tables) keyBySecret(tx kv.Reader, p *auth.Principal, secret string, actions ...string) (*storev1.Key, error) {
	digest := auth.DigestOf(secret)
	unknown := fault.NotFound(reasonKeyUnknown, "key not found")
	key, err := t.keys.Find(tx, table.Global, byDigest, string(digest[:]))
	if err == nil && key.GetTenant() != string(p.Tenant) {
		err = kv.ErrNotFound
	}
	return t.keyAllowed(tx, p, key, err, unknown, actions)
}

// keyAllowed is the key if it works at all and the caller may do all actions to it. Who
// may do so to keys of some APIs only must not learn which keys others have.
func (t *tables) keyAllowed(tx kv.Reader, p *auth.Principal, key *storev1.Key, err, unknown error, actions []string) (*storev1.Key, error) {
	if err == nil {
		_, err = t.apis.Get(tx, table.Of(p.Tenant), key.GetApiId())
	}
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		return nil, err
	}
	for _, action := range actions {
		if p.Allows(anyAPI(action)) || err == nil && p.Allows(oneAPI(key.GetApiId(), action)) {
			continue
		}
		return nil, auth.Denied(anyAPI(action))
	}
	if err != nil {
		return nil, unknown
	}
	return key, nil
}

// api returns a tenant's API. Keys of an API that is gone are as good as gone: they are
// deleted a little later.
func (t *tables) api(tx kv.Reader, of tenant.ID, id string) (*storev1.Api, error) {
	m, err := t.apis.Get(tx, table.Of(of), id)
	if errors.Is(err, kv.ErrNotFound) {
		return nil, fault.NotFound(reasonAPIUnknown, "api %s not found", id)
	}
	return m, err
}

func unknownKey(id string) error {
	return fault.NotFound(reasonKeyUnknown, "key %s not found", id)
}

// removeKey removes a key and what is kept beside it.
func (t *tables) removeKey(tx kv.Writer, key *storev1.Key) error {
	if key.GetLimited() {
		c, err := t.credits.Get(tx, scopeOf(key), key.GetId())
		if err == nil {
			err = t.credits.Delete(tx, scopeOf(key), c)
		}
		if err != nil && !errors.Is(err, kv.ErrNotFound) {
			return err
		}
	}
	return t.keys.Delete(tx, scopeOf(key), key)
}
