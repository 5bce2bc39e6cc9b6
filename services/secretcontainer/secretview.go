package secretcontainer

import (
	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
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
		Created: timestamp(m.GetCreatedUs()), Updated: timestamp(m.GetUpdatedUs()), Expiration: timestamp(m.GetExpiresUs()),
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

// secretConsumerViews describes a page of a secret's consumers, oldest first.
func (t *tables) secretConsumerViews(tx kv.Reader, m *storev1.Secret, p table.Page) ([]*secretcontainerv1.SecretConsumer, error) {
	var all []*secretcontainerv1.SecretConsumer
	for c, err := range t.secretConsumers.Below(tx, scopeOf(m), p, m.GetId()) {
		if err != nil {
			return nil, err
		}
		all = append(all, &secretcontainerv1.SecretConsumer{
			Created: timestamp(c.GetCreatedUs()), Updated: timestamp(c.GetCreatedUs()), Status: statusActive,
			Service: c.GetService(), ResourceType: c.GetResourceType(), ResourceId: c.GetResource(),
		})
	}
	return all, nil
}
