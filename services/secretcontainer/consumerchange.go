package secretcontainer

import (
	"context"
	"time"

	"google.golang.org/protobuf/proto"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// removedFor is how long a removed consumer's first date is kept.
const removedFor = 30 * 24 * time.Hour

// RegisterConsumer looks first: clients repeat registrations, and those write nothing.
func (c consumers) RegisterConsumer(ctx context.Context, r *secretcontainerv1.RegisterConsumerRequest) (*secretcontainerv1.RegisterConsumerResponse, error) {
	p := auth.From(ctx)
	var shown *secretcontainerv1.Container
	err := c.s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		m, row, err := c.registered(tx, p, r)
		if err == nil && row != nil && !row.GetRemoved() {
			shown, err = c.s.tables.registeredView(tx, m, row)
		}
		return err
	})
	if err == nil && shown == nil {
		shown, err = c.register(ctx, p, r)
	}
	return &secretcontainerv1.RegisterConsumerResponse{Container: shown}, err
}

// registered returns the container and what it has of the consumer, if the caller may register
// it. Quotas count before repetition: at its limit a project is refused even what is there.
func (c consumers) registered(tx kv.Reader, p *auth.Principal, r *secretcontainerv1.RegisterConsumerRequest) (*storev1.SecretContainer, *storev1.ContainerConsumer, error) {
	t := &c.s.tables
	m, err := t.container(tx, p, r.GetContainerId(), canSee)
	if err != nil {
		return nil, nil, err
	}
	if err := t.roomForConsumer(tx, p); err != nil {
		return nil, nil, err
	}
	row, err := t.consumer(tx, m, r.GetName(), r.GetUrl())
	return m, row, err
}

func (c consumers) register(ctx context.Context, p *auth.Principal, r *secretcontainerv1.RegisterConsumerRequest) (shown *secretcontainerv1.Container, err error) {
	t, now := &c.s.tables, time.Now().UnixMicro()
	fresh := &storev1.ContainerConsumer{
		Container: r.GetContainerId(), Id: id.UUID(), Name: r.GetName(), Url: r.GetUrl(),
		Registrar: string(p.Tenant), CreatedUs: now, UpdatedUs: now,
	}
	done := audit.Event(ctx, "consumer.register", fresh.GetContainer())
	err = c.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		m, row, err := c.registered(tx, p, r)
		if err != nil {
			return err
		}
		if row == nil || row.GetRemoved() {
			if m, row, err = t.addConsumer(tx, m, row, fresh, done); err != nil {
				return err
			}
		}
		shown, err = t.registeredView(tx, m, row)
		return err
	})
	return shown, err
}

// addConsumer adds a fresh consumer to a container, or brings back the one that was removed,
// which keeps its id and its first date and leaves the container's date alone, as in Barbican.
// It returns both as they are then.
func (t *tables) addConsumer(tx kv.Writer, m *storev1.SecretContainer, removed, fresh *storev1.ContainerConsumer, done audit.Entry) (*storev1.SecretContainer, *storev1.ContainerConsumer, error) {
	of := scopeOf(m)
	next := proto.CloneOf(m)
	next.Consumers++
	next.Version++
	row := fresh
	if removed == nil {
		next.UpdatedUs = fresh.GetUpdatedUs()
	} else {
		row = proto.CloneOf(fresh)
		row.Id, row.CreatedUs = removed.GetId(), removed.GetCreatedUs()
		if err := t.consumers.Delete(tx, of, removed); err != nil {
			return nil, nil, err
		}
	}
	if err := t.consumers.Insert(tx, of, row); err != nil {
		return nil, nil, err
	}
	if err := t.containers.Replace(tx, of, m, next); err != nil {
		return nil, nil, err
	}
	return next, row, t.record(tx, tenant.ID(fresh.GetRegistrar()), m, done.With("consumer", row.GetId()))
}

// registeredView tells of a container after a registration: of one that has many consumers
// that one alone.
func (t *tables) registeredView(tx kv.Reader, m *storev1.SecretContainer, row *storev1.ContainerConsumer) (*secretcontainerv1.Container, error) {
	shown, err := t.containerView(tx, m, 0)
	if err == nil && m.GetConsumers() > manyConsumers {
		shown.Consumers = append(shown.Consumers, consumerShort(row))
	}
	return shown, err
}

func (c consumers) UnregisterConsumer(ctx context.Context, r *secretcontainerv1.UnregisterConsumerRequest) (*secretcontainerv1.UnregisterConsumerResponse, error) {
	p, t, now := auth.From(ctx), &c.s.tables, time.Now()
	done := audit.Event(ctx, "consumer.unregister", r.GetContainerId())
	var shown *secretcontainerv1.Container
	err := c.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		m, err := t.container(tx, p, r.GetContainerId(), canSee)
		if err != nil {
			return err
		}
		row, err := t.consumer(tx, m, r.GetName(), r.GetUrl())
		if err != nil {
			return err
		}
		if row == nil || row.GetRemoved() {
			return unknownConsumer()
		}
		if own := string(p.Tenant); own != row.GetRegistrar() && own != m.GetTenant() {
			return fault.PermissionDenied(reasonConsumerForeign, "another project has registered the consumer: that one can remove it, and the container's")
		}
		m, err = t.removeConsumer(tx, scopeOf(m), m, row, now)
		if err != nil {
			return err
		}
		if shown, err = t.containerView(tx, m, 0); err != nil {
			return err
		}
		return t.record(tx, p.Tenant, m, done.With("consumer", row.GetId()))
	})
	return &secretcontainerv1.UnregisterConsumerResponse{Container: shown}, err
}

// removeConsumer returns the container as it is without the consumer, of which the date stays
// for a while.
func (t *tables) removeConsumer(tx kv.Writer, of table.Scope, m *storev1.SecretContainer, row *storev1.ContainerConsumer, now time.Time) (*storev1.SecretContainer, error) {
	gone := proto.CloneOf(row)
	gone.Removed, gone.UpdatedUs, gone.ExpiresUs = true, now.UnixMicro(), now.Add(removedFor).UnixMicro()
	next := proto.CloneOf(m)
	next.Consumers--
	next.Version++
	if err := t.consumers.Delete(tx, of, row); err != nil {
		return nil, err
	}
	if err := t.consumers.Insert(tx, of, gone); err != nil {
		return nil, err
	}
	return next, t.containers.Replace(tx, of, m, next)
}
