package secretcontainer

import (
	"context"
	"errors"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
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
		of := scopeOf(m)
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
	row, err := t.secretConsumers.Find(tx, scopeOf(m), byUse,
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
