package connectionvault

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/outbox"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// topicKeys revokes keys of applications at identity.
const topicKeys = "keys"

// keysAtOnce is how many keys of an application are valid at once.
const keysAtOnce = 2

// newKey makes a key of an application at identity. A key that the operator brings along may
// be there from a call that did not end: then it is the application's alone already.
func (s *Service) newKey(ctx context.Context, of *storev1.VaultApplication, own string) (*storev1.VaultKey, error) {
	permission := appPrefix + of.GetId()
	key := &storev1.VaultKey{Secret: own, CreatedAtMs: time.Now().UnixMilli()}
	r, err := s.deps.Access.CreateRootKey(ctx, &identityv1.CreateRootKeyRequest{
		Tenant: of.GetTenant(), Name: "application " + of.GetId(), Permissions: []string{permission}, Secret: own,
	})
	if err == nil {
		key.RootKey, key.Secret = r.GetKey().GetId(), r.GetSecret()
		return key, nil
	}
	if own == "" || fault.From(err).Code != codes.AlreadyExists {
		return nil, err
	}
	digest := auth.DigestOf(own)
	there, notValid := s.deps.Access.VerifyCredential(ctx, &identityv1.VerifyCredentialRequest{Digest: digest[:]})
	if notValid != nil || there.GetTenant() != of.GetTenant() || !slices.Equal(there.GetPermissions(), []string{permission}) {
		return nil, err
	}
	key.RootKey = there.GetSubject()
	return key, nil
}

// unmakeKey ends the key of an application that was not made. One that the operator brought
// along stays: another call may have made the application with it.
func (s *Service) unmakeKey(ctx context.Context, m *storev1.VaultApplication, own string) error {
	if own != "" {
		return nil
	}
	return s.revokeKeys(ctx, m)
}

func hasKey(m *storev1.VaultApplication, secret string) bool {
	return slices.ContainsFunc(m.GetKeys(), func(k *storev1.VaultKey) bool {
		return subtle.ConstantTimeCompare([]byte(k.GetSecret()), []byte(secret)) == 1
	})
}

// RotateApplicationKey lets the old key be, or end later, and ends the one before it.
func (o operator) RotateApplicationKey(ctx context.Context, r *connectionvaultv1.RotateApplicationKeyRequest) (*connectionvaultv1.RotateApplicationKeyResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	old, err := o.s.application(ctx, r)
	if err != nil {
		return nil, err
	}
	key, err := o.s.newKey(ctx, old, "")
	if err != nil {
		return nil, err
	}
	m := proto.CloneOf(old)
	m.Keys = slices.Concat([]*storev1.VaultKey{key}, old.GetKeys())
	kept := min(keysAtOnce, len(m.GetKeys()))
	gone := keysOf(m, m.GetKeys()[kept:])
	m.Keys = m.GetKeys()[:kept]
	ends, err := newEnds(gone, keysOf(m, m.GetKeys()[1:]), time.Duration(r.GetOverlapMs())*time.Millisecond)
	if err != nil {
		return nil, err
	}
	done := audit.Event(ctx, "application.rotate", m.GetId())
	err = o.s.tenants.Change(ctx, r.GetTenant(), func(tx kv.Writer) error { return o.s.tables.rotate(tx, old, m, ends, done) })
	if err != nil {
		return nil, errors.Join(err, o.s.revokeKeys(ctx, keysOf(m, m.GetKeys()[:1])))
	}
	if err := o.s.revokeKeys(ctx, gone); err != nil {
		o.s.deps.Log.WarnContext(ctx, "identity was not told of a key's end yet", "error", err)
	}
	o.s.tables.outbox.Ring()
	return &connectionvaultv1.RotateApplicationKeyResponse{ApiKey: key.GetSecret()}, nil
}

// keysOf names some keys of an application, for identity to end: without the keys
// themselves.
func keysOf(m *storev1.VaultApplication, some []*storev1.VaultKey) *storev1.VaultApplication {
	named := &storev1.VaultApplication{Id: m.GetId(), Tenant: m.GetTenant()}
	for _, k := range some {
		named.Keys = append(named.Keys, &storev1.VaultKey{RootKey: k.GetRootKey()})
	}
	return named
}

// newEnds are the orders to end some keys now, and others when an overlap is over. Without
// overlap those stay until the next rotation.
func newEnds(now, later *storev1.VaultApplication, overlap time.Duration) ([]outbox.Message, error) {
	first, err := outbox.NewMessage(topicKeys, now)
	if err != nil || overlap == 0 {
		return []outbox.Message{first}, err
	}
	second, err := outbox.NewMessage(topicKeys, later)
	return []outbox.Message{first, second.After(overlap)}, err
}

func (t *tables) rotate(tx kv.Writer, old, m *storev1.VaultApplication, ends []outbox.Message, done audit.Entry) error {
	of := scope(tenant.ID(m.GetTenant()))
	now, err := t.applications.Get(tx, of, m.GetId())
	if err != nil {
		return err
	}
	if !proto.Equal(now, old) {
		return fault.Unavailable("the application was changed at the same time; try again")
	}
	if err := t.applications.Replace(tx, of, old, m); err != nil {
		return err
	}
	for _, end := range ends {
		if err := t.outbox.Queue(tx, end); err != nil {
			return err
		}
	}
	return t.audit.Write(tx, of, done)
}

// revokeKeys ends keys at identity. Repeating it is not an error.
func (s *Service) revokeKeys(ctx context.Context, m *storev1.VaultApplication) error {
	for _, k := range m.GetKeys() {
		_, err := s.deps.Access.RevokeRootKey(ctx, &identityv1.RevokeRootKeyRequest{Tenant: m.GetTenant(), Id: k.GetRootKey()})
		if err := goneToo(err); err != nil {
			return err
		}
	}
	return nil
}

// goneToo takes what went with its tenant as removed.
func goneToo(err error) error {
	if f := fault.From(err); f != nil && f.Code == codes.NotFound {
		return nil
	}
	return err
}

func (s *Service) deliverKeys(ctx context.Context, payload []byte) error {
	var m storev1.VaultApplication
	if err := proto.Unmarshal(payload, &m); err != nil {
		return fmt.Errorf("decode ended keys: %w", err)
	}
	return s.revokeKeys(ctx, &m)
}
