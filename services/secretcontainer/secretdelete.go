package secretcontainer

import (
	"context"
	"errors"
	"time"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
)

// DeleteSecret first takes a secret that is in many containers out of them, some at a time: others
// wait for each transaction.
func (s secrets) DeleteSecret(ctx context.Context, r *secretcontainerv1.DeleteSecretRequest) (*secretcontainerv1.DeleteSecretResponse, error) {
	for rest := true; rest; {
		var err error
		if rest, err = s.delete(ctx, r); err != nil {
			return nil, err
		}
	}
	s.s.tables.outbox.Ring()
	return &secretcontainerv1.DeleteSecretResponse{}, nil
}

// delete deletes a secret, unless a transaction is too little to take it out of its containers:
// there is a rest then.
func (s secrets) delete(ctx context.Context, r *secretcontainerv1.DeleteSecretRequest) (rest bool, err error) {
	p, t, done := auth.From(ctx), &s.s.tables, audit.Event(ctx, "secret.delete", r.GetSecretId())
	work := &storev1.Leftovers{Tenant: string(p.Tenant), Secret: r.GetSecretId()}
	later, err := newLeftovers(work)
	if err != nil {
		return false, err
	}
	now := time.Now()
	err = s.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		m, err := t.secret(tx, p, r.GetSecretId(), canChange)
		if err != nil {
			return err
		}
		if r.GetUnusedOnly() {
			if err := t.unused(tx, m); err != nil {
				return err
			}
		}
		if rest, err = t.takeOut(tx, m); err != nil || rest {
			return err
		}
		if err := t.dropSecret(tx, m, p.Subject, now); err != nil {
			return err
		}
		if err := t.dropBelow(tx, work, later); err != nil {
			return err
		}
		return t.record(tx, p.Tenant, m, done)
	})
	return rest, err
}

// used tells whether a secret has consumers.
func (t *tables) used(tx kv.Reader, m *storev1.Secret) (bool, error) {
	for _, err := range t.secretConsumers.Below(tx, scopeOf(m), table.Page{Limit: 1}, m.GetId()) {
		return err == nil, err
	}
	return false, nil
}

// unused refuses a secret that has consumers.
func (t *tables) unused(tx kv.Reader, m *storev1.Secret) error {
	used, err := t.used(tx, m)
	if err != nil || !used {
		return err
	}
	return fault.FailedPrecondition(reasonSecretInUse, "the secret has consumers; remove them first, or don't ask for unused ones only")
}

// dropSecret removes a secret that is in no container with all that goes with it but its
// consumers, and keeps what the operator wants kept.
func (t *tables) dropSecret(tx kv.Writer, m *storev1.Secret, by string, now time.Time) error {
	kept := &storev1.DeletedSecret{Secret: m, DeletedBy: by, DeletedUs: now.UnixMicro()}
	if err := t.setReaders(tx, m, nil); err != nil {
		return err
	}
	if err := t.dropContent(tx, kept); err != nil {
		return err
	}
	if err := t.secrets.Delete(tx, scopeOf(m), m); err != nil {
		return err
	}
	return t.keepDeleted(tx, kept)
}

// takeOut takes a secret out of containers, and tells whether it may still be in some.
func (t *tables) takeOut(tx kv.Writer, m *storev1.Secret) (rest bool, err error) {
	all, err := collect(t.contained.Each(tx, scopeOf(m), table.Page{Limit: batch}, bySecret, m.GetId()))
	if err != nil {
		return false, err
	}
	for _, c := range all {
		if err := t.contained.Delete(tx, scopeOf(m), c); err != nil {
			return false, err
		}
	}
	return len(all) == batch, nil
}

// dropContent removes payload and metadata of a secret and puts them into what may be kept.
func (t *tables) dropContent(tx kv.Writer, kept *storev1.DeletedSecret) error {
	m := kept.GetSecret()
	payload, err := t.payloads.Get(tx, scopeOf(m), m.GetId())
	if err == nil {
		kept.Payload = payload
		err = t.payloads.Delete(tx, scopeOf(m), payload)
	}
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		return err
	}
	notes, err := t.metadata.Get(tx, scopeOf(m), m.GetId())
	if err == nil {
		kept.Metadata = notes
		err = t.metadata.Delete(tx, scopeOf(m), notes)
	}
	if errors.Is(err, kv.ErrNotFound) {
		return nil
	}
	return err
}

// keepDeleted keeps a deleted secret for as long as its tenant's are kept, and no longer than
// it would have lived.
func (t *tables) keepDeleted(tx kv.Writer, kept *storev1.DeletedSecret) error {
	settings, err := t.settings.Get(tx, scopeOf(kept.GetSecret()), settingsID)
	if errors.Is(err, kv.ErrNotFound) {
		return nil
	}
	if err != nil || settings.GetRetentionMs() == 0 {
		return err
	}
	kept.ExpiresUs = kept.GetDeletedUs() + settings.GetRetentionMs()*1000
	if ends := kept.GetSecret().GetExpiresUs(); ends != 0 {
		kept.ExpiresUs = min(kept.GetExpiresUs(), ends)
	}
	return t.deleted.Insert(tx, scopeOf(kept.GetSecret()), kept)
}
