package secretcontainer

import (
	"context"
	"errors"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// secretConsumers serves SecretConsumerService.
type secretConsumers struct {
	secretcontainerv1.UnimplementedSecretConsumerServiceServer
	s *Service
}

func (c secretConsumers) ListSecretConsumers(ctx context.Context, r *secretcontainerv1.ListSecretConsumersRequest) (*secretcontainerv1.ListSecretConsumersResponse, error) {
	p, t := auth.From(ctx), &c.s.tables
	var answer *secretcontainerv1.ListSecretConsumersResponse
	err := c.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		m, err := t.secret(tx, p, r.GetSecretId(), canSee)
		if err != nil {
			return err
		}
		of := scope(tenant.ID(m.GetTenant()))
		answer = &secretcontainerv1.ListSecretConsumersResponse{}
		answer.Total, err = t.secretConsumers.CountBelow(tx, of, m.GetId())
		if err != nil || r.GetOffset() >= answer.GetTotal() {
			return err
		}
		answer.Consumers, err = t.secretConsumerViews(tx, m, table.Page{Skip: int(r.GetOffset()), Limit: sizeOf(r.GetLimit())})
		return err
	})
	return answer, err
}

// secretConsumer returns the consumer of a secret that a request names; nil when there is none.
func (t *tables) secretConsumer(tx kv.Reader, m *storev1.Secret, r secretUse) (*storev1.SecretConsumer, error) {
	row, err := t.secretConsumers.Find(tx, scope(tenant.ID(m.GetTenant())), byUse,
		m.GetId(), r.GetService(), r.GetResourceType(), r.GetResourceId())
	if errors.Is(err, kv.ErrNotFound) {
		return nil, nil
	}
	return row, err
}

// secretUse is what requests name a secret's consumer by.
type secretUse interface {
	GetSecretId() string
	GetService() string
	GetResourceType() string
	GetResourceId() string
}

// secretConsumerViews tells of a page of a secret's consumers, in the order they came in.
func (t *tables) secretConsumerViews(tx kv.Reader, m *storev1.Secret, p table.Page) (all []*secretcontainerv1.SecretConsumer, err error) {
	for row, err := range t.secretConsumers.Below(tx, scope(tenant.ID(m.GetTenant())), p, m.GetId()) {
		if err != nil {
			return nil, err
		}
		all = append(all, &secretcontainerv1.SecretConsumer{
			Created: timeOf(row.GetCreatedUs()), Updated: timeOf(row.GetCreatedUs()), Status: statusActive,
			Service: row.GetService(), ResourceType: row.GetResourceType(), ResourceId: row.GetResource(),
		})
	}
	return all, nil
}

// secretShown tells of a secret with its consumers.
func (t *tables) secretShown(tx kv.Reader, m *storev1.Secret) (shown *secretcontainerv1.Secret, err error) {
	shown = &secretcontainerv1.Secret{
		Created: timeOf(m.GetCreatedUs()), Updated: timeOf(m.GetUpdatedUs()), Status: statusActive,
		Name: m.Name, SecretType: m.GetSecretType(), Algorithm: m.Algorithm, BitLength: m.BitLength, Mode: m.Mode,
		CreatorId: m.GetCreator(), SecretId: m.GetId(),
	}
	if us := m.GetExpiresUs(); us != 0 {
		shown.Expiration = timeOf(us)
	}
	if kind := m.GetContentType(); kind != "" {
		shown.ContentTypes = &secretcontainerv1.ContentTypes{Default: kind}
	}
	shown.Consumers, err = t.secretConsumerViews(tx, m, table.Page{Limit: manyConsumers})
	return shown, err
}
