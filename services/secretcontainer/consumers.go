package secretcontainer

import (
	"context"
	"errors"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
)

// consumers serves ConsumerService.
type consumers struct {
	secretcontainerv1.UnimplementedConsumerServiceServer
	s *Service
}

func (c consumers) ListConsumers(ctx context.Context, r *secretcontainerv1.ListConsumersRequest) (*secretcontainerv1.ListConsumersResponse, error) {
	p, t := auth.From(ctx), &c.s.tables
	var answer *secretcontainerv1.ListConsumersResponse
	err := c.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		m, err := t.container(tx, p, r.GetContainerId(), canSee)
		if err != nil {
			return err
		}
		answer = &secretcontainerv1.ListConsumersResponse{Total: m.GetConsumers()}
		if r.GetOffset() >= m.GetConsumers() {
			return nil
		}
		ids, err := c.s.byName.page(ctx, t, tx, m, int(r.GetOffset()), sizeOf(r.GetLimit()))
		if err != nil {
			return err
		}
		for _, id := range ids {
			row, err := t.consumers.Get(tx, scopeOf(m), m.GetId(), stateLive, id.String())
			if err != nil {
				return err
			}
			answer.Consumers = append(answer.Consumers, consumerView(row))
		}
		return nil
	})
	return answer, err
}

func (c consumers) GetConsumer(ctx context.Context, r *secretcontainerv1.GetConsumerRequest) (*secretcontainerv1.GetConsumerResponse, error) {
	p, t := auth.From(ctx), &c.s.tables
	var found *storev1.ContainerConsumer
	err := c.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		m, err := t.container(tx, p, r.GetContainerId(), canSee)
		if err != nil {
			return err
		}
		if !uuid.MatchString(r.GetConsumerId()) {
			return unknownConsumer()
		}
		found, err = t.consumers.Get(tx, scopeOf(m), m.GetId(), stateLive, r.GetConsumerId())
		if errors.Is(err, kv.ErrNotFound) {
			return unknownConsumer()
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return &secretcontainerv1.GetConsumerResponse{Consumer: consumerView(found)}, nil
}

// consumer returns the consumer of a container with a name and an address, live or removed; nil
// when there is none.
func (t *tables) consumer(tx kv.Reader, m *storev1.SecretContainer, name, url string) (*storev1.ContainerConsumer, error) {
	row, err := t.consumers.Find(tx, scopeOf(m), byPair, m.GetId(), name, url)
	if errors.Is(err, kv.ErrNotFound) {
		return nil, nil
	}
	return row, err
}

func unknownConsumer() error {
	return fault.NotFound(reasonConsumerUnknown, "the container has no such consumer")
}
