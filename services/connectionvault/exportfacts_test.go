package connectionvault

import (
	"context"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

// Known is what states are computed from.
type Known struct {
	Connector   *catalog.Connector
	Application *storev1.VaultApplication
	Integration *storev1.VaultIntegration
	Connection  *storev1.VaultConnection
	Token       *storev1.VaultToken
	Consents    []*storev1.VaultConsent
	Now         time.Time
}

// Standing computes them: state, health, integration and consent.
func Standing(k Known) ([4]string, error) {
	settings, err := parseObject(k.Connection.GetSettings())
	f := &facts{
		face: newFace(k.Connector), application: k.Application, integration: k.Integration,
		connection: k.Connection, token: k.Token, consents: k.Consents, settings: settings, now: k.Now.UnixMilli(),
	}
	s := f.standing()
	return [4]string{s.state, s.health, s.integration, s.consent}, err
}

// OpenState opens the state of an authorize URL.
func (s *Service) OpenState(use, text string, at *storev1.VaultAuthorization) (*storev1.VaultAuthorization, error) {
	return s.openState(use, text, at)
}

// WriteLogs writes the calls that wait.
func (s *Service) WriteLogs(ctx context.Context) error {
	for {
		batch, _ := s.recorder.take()
		if len(batch) == 0 {
			return nil
		}
		if err := s.write(ctx, batch); err != nil {
			return err
		}
	}
}

// PlantWebhook adds a webhook as it is stored.
func (s *Service) PlantWebhook(ctx context.Context, m *storev1.VaultWebhook) error {
	return s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		return s.tables.webhooks.Insert(tx, scope(tenant.ID(m.GetTenant())), m)
	})
}

// Queued are the deliveries that wait, in order.
func (s *Service) Queued(ctx context.Context) (all []*storev1.VaultDelivery, err error) {
	err = s.deps.Store.View(ctx, func(tx kv.Reader) error {
		for m, err := range s.tables.deliveries.Table().All(tx, table.Global, table.Page{}) {
			if err != nil {
				return err
			}
			var d storev1.VaultDelivery
			if err := proto.Unmarshal(m.GetPayload(), &d); err != nil {
				return err
			}
			all = append(all, &d)
		}
		return nil
	})
	return all, err
}

// Reparsed is an object cut into members and put together again.
func Reparsed(text string) (string, error) {
	o, err := parseObject(text)
	return o.String(), err
}

// ChangeToken changes what is kept of a token, so that no test has to wait for days.
func (s *Service) ChangeToken(ctx context.Context, of, application, consumer, api, service string, change func(*storev1.VaultToken)) error {
	at := place{tenant.ID(of), application, consumer, api, service}
	return s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		token, row, err := s.tables.token(tx, at)
		if err != nil {
			return err
		}
		changed := proto.CloneOf(token)
		change(changed)
		return s.tables.putToken(tx, at, row, changed)
	})
}
