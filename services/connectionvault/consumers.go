package connectionvault

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
)

// customers serves ConsumerService. All of it is for applications.
type customers struct {
	connectionvaultv1.UnimplementedConsumerServiceServer
	s *Service
}

// asksConsumer are requests that name a consumer.
type asksConsumer interface {
	asked
	GetConsumerId() string
}

func (h customers) CreateConsumer(ctx context.Context, r *connectionvaultv1.CreateConsumerRequest) (*connectionvaultv1.CreateConsumerResponse, error) {
	m := withMetadata(&storev1.VaultConsumer{Id: r.GetConsumerId()}, r.GetMetadata(), time.Now().UnixMilli())
	m.CreatedAtMs = m.GetUpdatedAtMs()
	done := audit.Event(ctx, "consumer.create", m.GetId())
	err := h.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		c, err := h.s.applicationCaller(ctx, tx, r)
		if err != nil {
			return err
		}
		m.Application = c.application.GetId()
		there, err := orNone(h.s.tables.customers.Get(tx, scope(c.tenant), m.GetApplication(), m.GetId()))
		if err != nil {
			return err
		}
		if there != nil {
			return fault.AlreadyExists(reasonConsumerThere, "there is a consumer %q already", m.GetId())
		}
		if err := h.s.tables.customers.Insert(tx, scope(c.tenant), m); err != nil {
			return err
		}
		return h.s.tables.audit.Write(tx, scope(c.tenant), done.With("application", m.GetApplication()))
	})
	if err != nil {
		return nil, err
	}
	return &connectionvaultv1.CreateConsumerResponse{Consumer: consumerView(m)}, nil
}

// applicationCaller is caller for what is the application's own business.
func (s *Service) applicationCaller(ctx context.Context, tx kv.Reader, r asked) (*caller, error) {
	c, err := s.caller(ctx, tx, r)
	if err != nil {
		return nil, err
	}
	return c, c.requireApplication()
}

// consumer finds the one that a request names, for the application.
func (s *Service) consumer(ctx context.Context, tx kv.Reader, r asksConsumer) (*caller, *storev1.VaultConsumer, error) {
	c, err := s.applicationCaller(ctx, tx, r)
	if err != nil {
		return nil, nil, err
	}
	if err := c.requireConsumer(); err != nil {
		return nil, nil, err
	}
	m, err := s.tables.customers.Get(tx, scope(c.tenant), c.application.GetId(), c.consumer)
	if errors.Is(err, kv.ErrNotFound) {
		return nil, nil, fault.NotFound(reasonConsumerUnknown, "there is no consumer %q", c.consumer)
	}
	return c, m, err
}

func (h customers) GetConsumer(ctx context.Context, r *connectionvaultv1.GetConsumerRequest) (*connectionvaultv1.GetConsumerResponse, error) {
	now := time.Now()
	var view *connectionvaultv1.Consumer
	err := h.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		c, m, err := h.s.consumer(ctx, tx, r)
		if err != nil {
			return err
		}
		view, err = h.s.wholeConsumer(tx, c, m, now)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &connectionvaultv1.GetConsumerResponse{Consumer: view}, nil
}

func (h customers) UpdateConsumer(ctx context.Context, r *connectionvaultv1.UpdateConsumerRequest) (*connectionvaultv1.UpdateConsumerResponse, error) {
	now := time.Now()
	done := audit.Event(ctx, "consumer.update", r.GetConsumerId())
	var view *connectionvaultv1.Consumer
	err := h.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		c, old, err := h.s.consumer(ctx, tx, r)
		if err != nil {
			return err
		}
		m := withMetadata(proto.CloneOf(old), r.GetMetadata(), now.UnixMilli())
		if err := h.s.tables.customers.Replace(tx, scope(c.tenant), old, m); err != nil {
			return err
		}
		if view, err = h.s.wholeConsumer(tx, c, m, now); err != nil {
			return err
		}
		return h.s.tables.audit.Write(tx, scope(c.tenant), done.With("application", m.GetApplication()))
	})
	if err != nil {
		return nil, err
	}
	return &connectionvaultv1.UpdateConsumerResponse{Consumer: view}, nil
}

// withMetadata replaces what is known of who a consumer is.
func withMetadata(m *storev1.VaultConsumer, who *connectionvaultv1.ConsumerMetadata, now int64) *storev1.VaultConsumer {
	if who != nil {
		m.AccountName, m.UserName, m.Email, m.Image = who.AccountName, who.UserName, who.Email, who.Image
	}
	m.UpdatedAtMs = now
	return m
}

func consumerView(m *storev1.VaultConsumer) *connectionvaultv1.Consumer {
	return &connectionvaultv1.Consumer{
		ConsumerId: m.GetId(), ApplicationId: m.GetApplication(), RequestCounts: &connectionvaultv1.RequestCounts{},
		Metadata: &connectionvaultv1.ConsumerMetadata{AccountName: m.AccountName, UserName: m.UserName, Email: m.Email, Image: m.Image},
		Created:  iso(m.GetCreatedAtMs()), Modified: iso(m.GetUpdatedAtMs()),
	}
}

// wholeConsumer is a consumer with its connections and this month's calls.
func (s *Service) wholeConsumer(tx kv.Reader, c *caller, m *storev1.VaultConsumer, now time.Time) (*connectionvaultv1.Consumer, error) {
	integrations, err := s.integrated.of(tx, &s.tables, c.application)
	if err != nil {
		return nil, err
	}
	return s.consumerWith(tx, c, m, integrations, now)
}

// consumerWith is wholeConsumer for who knows the application's integrations.
func (s *Service) consumerWith(tx kv.Reader, c *caller, m *storev1.VaultConsumer, integrations []*storev1.VaultIntegration, now time.Time) (*connectionvaultv1.Consumer, error) {
	view := consumerView(m)
	known, err := s.tables.knownBy(tx, c.tenant, m.GetApplication(), m.GetId())
	if err != nil {
		return nil, err
	}
	for p, k := range known {
		f := &facts{face: s.faces[p.service], api: p.api, application: c.application, connection: k.connection, token: k.token, consents: k.consents, now: now.UnixMilli()}
		if f.face == nil {
			continue // the catalog had it once
		}
		if at := slices.IndexFunc(integrations, func(i *storev1.VaultIntegration) bool { return i.GetService() == p.service }); at >= 0 {
			f.integration = integrations[at]
		}
		if f.settings, err = parseObject(k.connection.GetSettings()); err != nil {
			return nil, reads("the settings of a connection", err)
		}
		view.Connections = append(view.Connections, consumerConnection(f))
		view.Services = append(view.Services, p.service)
	}
	slices.SortFunc(view.GetConnections(), func(a, b *connectionvaultv1.ConsumerConnection) int { return strings.Compare(a.GetId(), b.GetId()) })
	slices.Sort(view.GetServices())
	view.Services = slices.Compact(view.GetServices())
	return view, s.tables.addCalls(tx, c, view, now)
}
