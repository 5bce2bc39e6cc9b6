package secretcontainer

import (
	"context"
	"time"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// outcome is the rows that an order becomes, made before the transaction that keeps them.
type outcome struct {
	tenant    tenant.ID
	now       time.Time
	secrets   []*storev1.Secret
	payloads  [][]byte
	container *storev1.SecretContainer // nil for a single key
	contained []*storev1.ContainedSecret
	done      []audit.Entry // when it is kept
	failed    audit.Entry   // when it is not
}

// newOutcome makes the rows for an order's keys. ctx is its creator's: what is made is theirs.
func newOutcome(ctx context.Context, m *storev1.KeyOrder, keys []madeKey) outcome {
	o := outcome{
		tenant: tenant.ID(m.GetTenant()), now: time.Now(),
		done: []audit.Entry{audit.Event(ctx, "order.complete", m.GetId())}, failed: audit.Event(ctx, "order.fail", m.GetId()),
	}
	if m.GetType() == orderPair {
		us := o.now.UnixMicro()
		o.container = &storev1.SecretContainer{
			Id: id.UUID(), Tenant: m.GetTenant(), Name: m.Name, Type: "rsa", Creator: m.GetCreator(), CreatedUs: us, UpdatedUs: us,
		}
		o.done = append(o.done, audit.Event(ctx, "container.create", o.container.GetId()).With("order", m.GetId()))
	}
	for _, k := range keys {
		o.addSecret(ctx, m, k)
	}
	return o
}

func (o *outcome) addSecret(ctx context.Context, m *storev1.KeyOrder, k madeKey) {
	us := o.now.UnixMicro()
	secret := &storev1.Secret{
		Id: id.UUID(), Tenant: m.GetTenant(), Name: m.Name, SecretType: k.secretType, Algorithm: &m.Algorithm, BitLength: &m.BitLength,
		Mode: m.Mode, Creator: m.GetCreator(), ContentType: "application/octet-stream", CreatedUs: us, UpdatedUs: us, ExpiresUs: m.GetExpiresUs(),
	}
	o.secrets = append(o.secrets, secret)
	o.payloads = append(o.payloads, k.payload)
	o.done = append(o.done, audit.Event(ctx, "secret.create", secret.GetId()).With("order", m.GetId()))
	if o.container != nil {
		o.contained = append(o.contained, &storev1.ContainedSecret{
			Container: o.container.GetId(), Id: id.New("in"), Secret: secret.GetId(), Name: &k.name, ExpiresUs: m.GetExpiresUs(),
		})
	}
}

// secretID is that of a single key; pairs are found by their container.
func (o outcome) secretID() string {
	if o.container != nil || len(o.secrets) == 0 {
		return ""
	}
	return o.secrets[0].GetId()
}

// ended tells whether what was made would be gone at once.
func (o outcome) ended() bool {
	return len(o.secrets) > 0 && o.secrets[0].GetExpiresUs() != 0 && o.secrets[0].GetExpiresUs() <= o.now.UnixMicro()
}

// keepOutcome inserts the rows, as making a secret or a container does.
func (t *tables) keepOutcome(tx kv.Writer, of table.Scope, o outcome) error {
	for i, m := range o.secrets {
		if err := t.addSecret(tx, m, o.payloads[i]); err != nil {
			return err
		}
	}
	if o.container != nil {
		if err := t.containers.Insert(tx, of, o.container); err != nil {
			return err
		}
	}
	for _, m := range o.contained {
		if err := t.contained.Insert(tx, of, m); err != nil {
			return err
		}
	}
	for _, e := range o.done {
		if err := t.audit.Write(tx, of, e); err != nil {
			return err
		}
	}
	return nil
}
