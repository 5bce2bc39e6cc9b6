package secretcontainer

import (
	"cmp"
	"context"
	"time"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
)

// secrets serves SecretService.
type secrets struct {
	secretcontainerv1.UnimplementedSecretServiceServer
	s *Service
}

func (s secrets) CreateSecret(ctx context.Context, r *secretcontainerv1.CreateSecretRequest) (*secretcontainerv1.CreateSecretResponse, error) {
	p, err := require(ctx, mayCreate)
	if err != nil {
		return nil, err
	}
	m, err := newSecret(p, r)
	if err != nil {
		return nil, err
	}
	t, done := &s.s.tables, audit.Event(ctx, "secret.create", m.GetId())
	err = s.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		if err := t.room(tx, string(p.Tenant), quotaSecrets, 1, haveRows(tx, p.Tenant, t.secrets)); err != nil {
			return err
		}
		if err := t.addSecret(tx, m, r.GetPayload()); err != nil {
			return err
		}
		return t.audit.Write(tx, scope(p.Tenant), done)
	})
	if err != nil {
		return nil, err
	}
	return &secretcontainerv1.CreateSecretResponse{SecretId: m.GetId()}, nil
}

// newSecret is what a caller asks for, or what is wrong with it.
func newSecret(p *auth.Principal, r *secretcontainerv1.CreateSecretRequest) (*storev1.Secret, error) {
	now := time.Now().UnixMicro()
	m := &storev1.Secret{
		Id: id.UUID(), Tenant: string(p.Tenant), Creator: p.Subject, CreatedUs: now, UpdatedUs: now,
		SecretType: cmp.Or(r.GetSecretType(), "opaque"),
		Name:       r.Name, Algorithm: r.Algorithm, BitLength: r.BitLength, Mode: r.Mode,
	}
	if r.GetExpiration() != nil {
		m.ExpiresUs = r.GetExpiration().AsTime().UnixMicro()
		if !r.GetExpiration().IsValid() || m.GetExpiresUs() <= now {
			return nil, fault.InvalidArgument(reasonSecretEnded, "expiration has to be in the future, up to the year 9999")
		}
	}
	var err error
	switch {
	case r.Payload != nil:
		m.ContentType, err = checkPayload(r.GetPayload(), r.GetPayloadContentType())
	case r.GetPayloadContentType() != "":
		err = fault.InvalidArgument(reasonPayloadTypeAlone, "payload_content_type goes with a payload; give both or neither")
	}
	return m, err
}

// addSecret writes a secret and, where it has one, its payload.
func (t *tables) addSecret(tx kv.Writer, m *storev1.Secret, payload []byte) error {
	m, long := holding(m, payload)
	if err := t.secrets.Insert(tx, scopeOf(m), m); err != nil {
		return err
	}
	return t.addPayload(tx, m, long)
}

func (s secrets) GetSecret(ctx context.Context, r *secretcontainerv1.GetSecretRequest) (*secretcontainerv1.GetSecretResponse, error) {
	p, t, most := auth.From(ctx), &s.s.tables, 0
	if r.GetWithConsumers() {
		most = consumersShown
	}
	answer := &secretcontainerv1.GetSecretResponse{}
	err := s.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		m, err := t.secret(tx, p, r.GetSecretId(), canSee)
		if err != nil {
			return err
		}
		answer.Secret, err = t.secretView(tx, m, most)
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}
