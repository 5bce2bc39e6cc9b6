package secretcontainer

import (
	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// How many consumers stand in a description: of one secret, and of each in a list.
const (
	consumersShown  = 1000
	consumersListed = 100
)

// secretView describes a secret, with so many of its consumers at most.
func (t *tables) secretView(tx kv.Reader, m *storev1.Secret, most int) (*secretcontainerv1.Secret, error) {
	v := &secretcontainerv1.Secret{
		SecretId: m.GetId(), CreatorId: m.GetCreator(), Status: statusActive, SecretType: m.GetSecretType(),
		Created: timeOf(m.GetCreatedUs()), Updated: timeOf(m.GetUpdatedUs()), Expiration: timeOf(m.GetExpiresUs()),
		Name: m.Name, Algorithm: m.Algorithm, BitLength: m.BitLength, Mode: m.Mode,
	}
	if m.GetContentType() != "" {
		v.ContentTypes = &secretcontainerv1.ContentTypes{Default: m.GetContentType()}
	}
	var err error
	if most > 0 {
		v.Consumers, err = t.secretConsumerViews(tx, m, table.Page{Limit: most})
	}
	return v, err
}

// scopeOf is where a secret or a container is, with all that goes with it.
func scopeOf(m owned) table.Scope { return scope(tenant.ID(m.GetTenant())) }
