package identity

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/table"
)

const (
	reasonRootKeyUnknown = "ROOT_KEY_NOT_FOUND"
	reasonRootKeyTaken   = "ROOT_KEY_ALREADY_EXISTS"
	reasonRootKeyEnded   = "ROOT_KEY_ENDED"
)

// rootKeyPrefix begins every root key that is made here, foreignPrefix those that operators
// may bring along besides; shownChars is how much of what follows is shown in lists, far too
// little to guess the rest by.
const (
	rootKeyPrefix = "hp_root"
	foreignPrefix = "sk"
	shownChars    = 4
)

// shownStart is what lists show of a root key.
func shownStart(secret string) string {
	shown := len(rootKeyPrefix) + 1 + shownChars
	if strings.HasPrefix(secret, foreignPrefix+"_") {
		shown = len(foreignPrefix) + 1 + shownChars
	}
	return secret[:min(len(secret)/2, shown)]
}

// access serves AccessService.
type access struct {
	identityv1.UnimplementedAccessServiceServer
	s *Service
}

func (a access) CreateRootKey(ctx context.Context, r *identityv1.CreateRootKeyRequest) (*identityv1.CreateRootKeyResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	now := time.Now()
	end := r.GetExpiresAt()
	if end != nil && (end.CheckValid() != nil || !end.AsTime().After(now)) {
		return nil, fault.Invalid(fault.Violation{Field: "expires_at", Rule: "timestamp.gt_now", Message: "must be in the future"})
	}
	secret := cmp.Or(r.GetSecret(), id.Secret(rootKeyPrefix))
	key := newRootKey(r.GetTenant(), r.GetName(), secret, r.GetPermissions(), now)
	if end != nil {
		key.ExpiresAtMs = end.AsTime().UnixMilli()
		key.LifetimeMs = key.GetExpiresAtMs() - key.GetCreatedAtMs()
	}
	done := audit.Event(ctx, "rootkey.create", key.GetId())
	err := a.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		if err := a.s.tables.requireTenant(tx, key.GetTenant()); err != nil {
			return err
		}
		return a.s.tables.addRootKey(tx, key, done)
	})
	if err != nil {
		return nil, err
	}
	a.s.deps.Credentials()
	return &identityv1.CreateRootKeyResponse{Key: shownRootKey(key), Secret: secret}, nil
}

func (a access) ListRootKeys(ctx context.Context, r *identityv1.ListRootKeysRequest) (*identityv1.ListRootKeysResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	list := page.Scope{Method: identityv1.AccessService_ListRootKeys_FullMethodName, Tenant: r.GetTenant()}
	after, err := a.s.deps.Cursors.Decode(list, r.GetPageToken())
	if err != nil {
		return nil, err
	}
	var keys []*storev1.RootKey
	var next []byte
	err = a.s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		if err := a.s.tables.requireTenant(tx, r.GetTenant()); err != nil {
			return err
		}
		size := cmp.Or(int(r.GetPageSize()), page.DefaultSize)
		rows := a.s.tables.rootKeys.All(tx, scopeOf(r), table.Page{After: after, Limit: size + 1})
		keys, next, err = a.s.tables.rootKeys.Take(rows, size)
		return err
	})
	if err != nil {
		return nil, err
	}
	answer := &identityv1.ListRootKeysResponse{}
	for _, key := range keys {
		answer.Keys = append(answer.Keys, shownRootKey(key))
	}
	answer.NextPageToken, err = a.s.deps.Cursors.Encode(list, next)
	return answer, err
}

// RevokeRootKey keeps the time of the first revocation.
func (a access) RevokeRootKey(ctx context.Context, r *identityv1.RevokeRootKeyRequest) (*identityv1.RevokeRootKeyResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	now := time.Now().UnixMilli()
	done := audit.Event(ctx, "rootkey.revoke", r.GetId())
	err := a.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		old, err := a.s.tables.rootKey(tx, r)
		if err != nil || old.GetRevokedAtMs() != 0 {
			return err
		}
		key := proto.CloneOf(old)
		key.RevokedAtMs = now
		return a.s.tables.changeRootKey(tx, old, key, done)
	})
	if err != nil {
		return nil, err
	}
	a.s.deps.Credentials()
	return &identityv1.RevokeRootKeyResponse{}, nil
}

// RotateRootKey gives the new key as long to work as the old one was made with.
func (a access) RotateRootKey(ctx context.Context, r *identityv1.RotateRootKeyRequest) (*identityv1.RotateRootKeyResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	now := time.Now()
	secret := id.Secret(rootKeyPrefix)
	key := newRootKey(r.GetTenant(), "", secret, nil, now)
	done := audit.Event(ctx, "rootkey.rotate", r.GetId()).With("new", key.GetId())
	var end int64
	err := a.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		old, err := a.s.tables.rootKey(tx, r)
		if err != nil {
			return err
		}
		if rootKeyEnded(old, now) {
			return fault.FailedPrecondition(reasonRootKeyEnded, "root key %s is revoked or expired; create a new one", old.GetId())
		}
		end = now.UnixMilli() + r.GetOverlapMs()
		if old.GetExpiresAtMs() != 0 {
			end = min(end, old.GetExpiresAtMs())
		}
		shortened := proto.CloneOf(old)
		shortened.ExpiresAtMs = end
		key.Name, key.Permissions, key.LifetimeMs = old.GetName(), old.GetPermissions(), old.GetLifetimeMs()
		if key.GetLifetimeMs() != 0 {
			key.ExpiresAtMs = key.GetCreatedAtMs() + key.GetLifetimeMs()
		}
		if err := a.s.tables.changeRootKey(tx, old, shortened, done); err != nil {
			return err
		}
		return a.s.tables.insertRootKey(tx, key)
	})
	if err != nil {
		return nil, err
	}
	a.s.deps.Credentials()
	return &identityv1.RotateRootKeyResponse{Key: shownRootKey(key), Secret: secret, OldExpiresAt: timestamp(end)}, nil
}

func newRootKey(tenant, name, secret string, permissions []string, now time.Time) *storev1.RootKey {
	digest := auth.DigestOf(secret)
	return &storev1.RootKey{
		Id: id.New("key"), Tenant: tenant, Name: name, Start: shownStart(secret), Digest: digest[:],
		Permissions: permissions, CreatedAtMs: now.UnixMilli(),
	}
}

func rootKeyEnded(m *storev1.RootKey, now time.Time) bool {
	end := m.GetExpiresAtMs()
	return m.GetRevokedAtMs() != 0 || end != 0 && now.UnixMilli() >= end
}

// rootKey returns the key that a request names, of a tenant that is not being deleted.
func (t *tables) rootKey(tx kv.Reader, r interface {
	GetTenant() string
	GetId() string
}) (*storev1.RootKey, error) {
	if err := t.requireTenant(tx, r.GetTenant()); err != nil {
		return nil, err
	}
	m, err := t.rootKeys.Get(tx, scopeOf(r), r.GetId())
	if errors.Is(err, kv.ErrNotFound) {
		return nil, fault.NotFound(reasonRootKeyUnknown, "root key %s does not exist", r.GetId())
	}
	return m, err
}

func (t *tables) addRootKey(tx kv.Writer, m *storev1.RootKey, done audit.Entry) error {
	if err := t.insertRootKey(tx, m); err != nil {
		return err
	}
	return t.audit.Write(tx, scopeOf(m), done)
}

func (t *tables) insertRootKey(tx kv.Writer, m *storev1.RootKey) error {
	err := t.rootKeys.Insert(tx, scopeOf(m), m)
	if errors.Is(err, table.ErrExists) {
		return fault.AlreadyExists(reasonRootKeyTaken, "there is, or was, a root key with this secret")
	}
	return err
}

func (t *tables) changeRootKey(tx kv.Writer, old, m *storev1.RootKey, done audit.Entry) error {
	if err := t.rootKeys.Replace(tx, scopeOf(m), old, m); err != nil {
		return err
	}
	return t.audit.Write(tx, scopeOf(m), done)
}

func shownRootKey(m *storev1.RootKey) *identityv1.RootKey {
	return &identityv1.RootKey{
		Id: m.GetId(), Tenant: m.GetTenant(), Name: m.GetName(), Start: m.GetStart(), Permissions: m.GetPermissions(),
		CreatedAt: timestamp(m.GetCreatedAtMs()), ExpiresAt: timestamp(m.GetExpiresAtMs()), RevokedAt: timestamp(m.GetRevokedAtMs()),
	}
}

// timestamp is nil for 0, which stands for never.
func timestamp(ms int64) *timestamppb.Timestamp {
	if ms == 0 {
		return nil
	}
	return timestamppb.New(time.UnixMilli(ms))
}
