package secretcontainer

import (
	"context"
	"time"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
)

// containers serves ContainerService.
type containers struct {
	secretcontainerv1.UnimplementedContainerServiceServer
	s *Service
}

func (c containers) CreateContainer(ctx context.Context, r *secretcontainerv1.CreateContainerRequest) (*secretcontainerv1.CreateContainerResponse, error) {
	p, err := require(ctx, mayCreate)
	if err != nil {
		return nil, err
	}
	if err := checkContained(r.GetType(), r.GetSecretRefs()); err != nil {
		return nil, err
	}
	now := time.Now().UnixMicro()
	m := &storev1.SecretContainer{
		Id: id.UUID(), Tenant: string(p.Tenant), Name: r.Name, Type: r.GetType(), Creator: p.Subject,
		CreatedUs: now, UpdatedUs: now,
	}
	rows := newContained(m.GetId(), r.GetSecretRefs())
	done := audit.Event(ctx, "container.create", m.GetId())
	t := &c.s.tables
	err = c.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		if err := t.roomForContainer(tx, p); err != nil {
			return err
		}
		if err := t.containers.Insert(tx, scope(p.Tenant), m); err != nil {
			return err
		}
		for _, row := range rows {
			if err := t.contain(tx, p, row); err != nil {
				return err
			}
		}
		return t.audit.Write(tx, scope(p.Tenant), done)
	})
	if err != nil {
		return nil, err
	}
	return &secretcontainerv1.CreateContainerResponse{ContainerId: m.GetId()}, nil
}

func (c containers) GetContainer(ctx context.Context, r *secretcontainerv1.GetContainerRequest) (*secretcontainerv1.GetContainerResponse, error) {
	p, t := auth.From(ctx), &c.s.tables
	var shown *secretcontainerv1.Container
	err := c.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		m, err := t.container(tx, p, r.GetContainerId(), canSee)
		if err != nil {
			return err
		}
		shown, err = t.containerView(tx, m, manyConsumers)
		return err
	})
	return &secretcontainerv1.GetContainerResponse{Container: shown}, err
}

func (c containers) DeleteContainer(ctx context.Context, r *secretcontainerv1.DeleteContainerRequest) (*secretcontainerv1.DeleteContainerResponse, error) {
	p, t := auth.From(ctx), &c.s.tables
	rest := &storev1.Leftovers{Tenant: string(p.Tenant), Container: r.GetContainerId()}
	later, err := newLeftovers(rest)
	if err != nil {
		return nil, err
	}
	done := audit.Event(ctx, "container.delete", r.GetContainerId())
	err = c.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		m, err := t.container(tx, p, r.GetContainerId(), canDeleteContainer)
		if err != nil {
			return err
		}
		of := scopeOf(m)
		rows, err := t.containedIn(tx, m)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := t.contained.Delete(tx, of, row); err != nil {
				return err
			}
		}
		if err := t.dropBelow(tx, rest, later); err != nil {
			return err
		}
		if err := t.containers.Delete(tx, of, m); err != nil {
			return err
		}
		return t.audit.Write(tx, of, done)
	})
	if err != nil {
		return nil, err
	}
	t.outbox.Ring()
	return &secretcontainerv1.DeleteContainerResponse{}, nil
}
