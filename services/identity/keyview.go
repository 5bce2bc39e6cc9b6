package identity

import (
	"errors"
	"time"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// keyView is a key and all that answers tell beside it.
type keyView struct {
	*storev1.Key
	grants  grants
	credits *storev1.KeyCredits // nil for any number of uses
	owner   *storev1.Identity   // nil for nobody
	// plain is whether the key itself is shown.
	plain bool
}

// viewOf reads what answers tell of a key, as of now.
func (t *tables) viewOf(tx kv.Reader, key *storev1.Key, now time.Time) (v keyView, err error) {
	of := tenant.ID(key.GetTenant())
	v.Key = key
	if v.grants, err = t.grantsOf(tx, of, key); err != nil {
		return v, err
	}
	if v.credits, err = t.creditsOf(tx, of, key, now); err != nil {
		return v, err
	}
	v.owner, err = t.ownerOf(tx, key)
	return v, err
}

// ownerOf returns a key's identity; nil when it has none, or none any more.
func (t *tables) ownerOf(tx kv.Reader, key *storev1.Key) (*storev1.Identity, error) {
	if key.GetIdentityId() == "" {
		return nil, nil
	}
	m, err := t.identities.Get(tx, table.Of(tenant.ID(key.GetTenant())), key.GetIdentityId())
	if errors.Is(err, kv.ErrNotFound) {
		return nil, nil
	}
	return m, err
}

// roleNames are the names of the key's roles.
func (v keyView) roleNames() []string {
	names := make([]string, len(v.grants.roles))
	for i, r := range v.grants.roles {
		names[i] = r.GetName()
	}
	return names
}
