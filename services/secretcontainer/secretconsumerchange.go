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
	"github.com/holdplane/holdplane/pkg/tenant"
)

// RegisterSecretConsumer looks first: clients repeat registrations, and those write nothing.
func (c secretConsumers) RegisterSecretConsumer(ctx context.Context, r *secretcontainerv1.RegisterSecretConsumerRequest) (*secretcontainerv1.RegisterSecretConsumerResponse, error) {
	p, t := auth.From(ctx), &c.s.tables
	var shown *secretcontainerv1.Secret
	err := c.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		m, row, err := t.registeredSecret(tx, p, r)
		if err == nil && row != nil {
			shown, err = t.secretView(tx, m, consumersShown)
		}
		return err
	})
	if err == nil && shown == nil {
		shown, err = c.register(ctx, p, r)
	}
	return &secretcontainerv1.RegisterSecretConsumerResponse{Secret: shown}, err
}

// usedSecret returns the secret and, if it has it, the consumer that a request names.
func (t *tables) usedSecret(tx kv.Reader, p *auth.Principal, r secretUse) (*storev1.Secret, *storev1.SecretConsumer, error) {
	m, err := t.secret(tx, p, r.GetSecretId(), canSee)
	if err != nil {
		return nil, nil, err
	}
	row, err := t.secretConsumer(tx, m, r)
	return m, row, err
}

// registeredSecret is usedSecret for who may register. Quotas count before repetition.
func (t *tables) registeredSecret(tx kv.Reader, p *auth.Principal, r secretUse) (*storev1.Secret, *storev1.SecretConsumer, error) {
	m, row, err := t.usedSecret(tx, p, r)
	if err == nil {
		err = t.roomForSecretConsumer(tx, p)
	}
	return m, row, err
}

// register moves the date of the secret, as Barbican does; removing leaves it alone.
func (c secretConsumers) register(ctx context.Context, p *auth.Principal, r *secretcontainerv1.RegisterSecretConsumerRequest) (shown *secretcontainerv1.Secret, err error) {
	t := &c.s.tables
	fresh := &storev1.SecretConsumer{
		Id: id.UUID(), Secret: r.GetSecretId(), Service: r.GetService(), ResourceType: r.GetResourceType(),
		Resource: r.GetResourceId(), Registrar: string(p.Tenant), CreatedUs: time.Now().UnixMicro(),
	}
	done := audit.Event(ctx, "secret.consumer.register", r.GetSecretId()).With("consumer", fresh.GetId())
	err = c.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		m, row, err := t.registeredSecret(tx, p, r)
		if err != nil {
			return err
		}
		if row == nil {
			if m, err = t.addSecretConsumer(tx, m, fresh, done); err != nil {
				return err
			}
		}
		shown, err = t.secretView(tx, m, consumersShown)
		return err
	})
	return shown, err
}

// addSecretConsumer adds a consumer that ends with its secret, and returns the secret as it is then.
func (t *tables) addSecretConsumer(tx kv.Writer, m *storev1.Secret, fresh *storev1.SecretConsumer, done audit.Entry) (*storev1.Secret, error) {
	of := scopeOf(m)
	row := proto.CloneOf(fresh)
	row.ExpiresUs = m.GetExpiresUs()
	if err := t.secretConsumers.Insert(tx, of, row); err != nil {
		return nil, err
	}
	next := proto.CloneOf(m)
	next.UpdatedUs = fresh.GetCreatedUs()
	if err := t.secrets.Replace(tx, of, m, next); err != nil {
		return nil, err
	}
	return next, t.record(tx, tenant.ID(fresh.GetRegistrar()), m, done)
}

func (c secretConsumers) UnregisterSecretConsumer(ctx context.Context, r *secretcontainerv1.UnregisterSecretConsumerRequest) (*secretcontainerv1.UnregisterSecretConsumerResponse, error) {
	p, t := auth.From(ctx), &c.s.tables
	done := audit.Event(ctx, "secret.consumer.unregister", r.GetSecretId())
	var shown *secretcontainerv1.Secret
	err := c.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		m, row, err := t.usedSecret(tx, p, r)
		if err != nil {
			return err
		}
		if row == nil {
			return fault.NotFound(reasonSecretConsumerUnknown, "the secret has no such consumer")
		}
		if own := string(p.Tenant); own != row.GetRegistrar() && own != m.GetTenant() {
			return fault.PermissionDenied(reasonConsumerForeign, "another project has registered the consumer: that one can remove it, and the secret's")
		}
		of := scopeOf(m)
		if err := t.secretConsumers.Delete(tx, of, row); err != nil {
			return err
		}
		if shown, err = t.secretView(tx, m, consumersShown); err != nil {
			return err
		}
		return t.record(tx, p.Tenant, m, done.With("consumer", row.GetId()))
	})
	return &secretcontainerv1.UnregisterSecretConsumerResponse{Secret: shown}, err
}
