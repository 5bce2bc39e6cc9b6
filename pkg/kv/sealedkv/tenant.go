package sealedkv

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
	"github.com/holdplane/holdplane/pkg/seal"
)

// DestroyTenant replaces a tenant's keyset in tx, a transaction of a Store, by a mark
// that it was destroyed at that time. From the commit on what is stored for the tenant
// can't be read and nothing can be written (ErrDestroyed); the rows remain to be deleted.
// A tenant that has stored nothing is marked too. Repeating it keeps the first time.
//
// The keyset is gone from the store, not from older backups of it, nor, until they are
// written over, from pages that the engine below has freed.
func DestroyTenant(tx kv.Writer, tenant string, at time.Time) error {
	w, ok := tx.(*writer)
	if !ok {
		return errors.New("sealedkv: not a transaction of a sealed store")
	}
	if tenant == "" || at.UnixMilli() <= 0 {
		return errors.New("sealedkv: a tenant and a time are needed to destroy its keys")
	}
	owner := key.New(tenant)
	_, err := w.keysetOf(owner)
	if errors.Is(err, ErrDestroyed) {
		return nil
	}
	if err != nil && !errors.Is(err, kv.ErrNotFound) && !errors.Is(err, ErrDamaged) {
		return err
	}
	row, err := proto.Marshal(&storev1.Keyset{DestroyedAtMs: at.UnixMilli()})
	if err != nil {
		return fmt.Errorf("mark a keyset destroyed: %w", err)
	}
	w.tenant = nil
	w.store.tenants.remove(owner)
	return w.changes.Put(keysetKey(owner), row)
}

// tenantKeyset is a tenant's keyset and the row that keeps it. It is never changed.
type tenantKeyset struct {
	owner  string // as ownerOf returns it
	row    []byte
	keyset *seal.Keyset
}

// openTenant returns the keyset in a tenant's row, as the transaction read it.
func (s *Store) openTenant(owner, row []byte) (*tenantKeyset, error) {
	if t := s.tenants.get(owner); t != nil && bytes.Equal(t.row, row) {
		return t, nil
	}
	k := keysetKey(owner)
	sealed, err := parseKeyset(k, row)
	if err != nil {
		s.tenants.remove(owner)
		return nil, err
	}
	keyset, err := seal.OpenKeyset(s.keys.service, sealed, join(s.place, k))
	if errors.Is(err, seal.ErrNotOpened) {
		return nil, damaged(k)
	}
	if err != nil {
		return nil, err
	}
	t := &tenantKeyset{owner: string(owner), row: bytes.Clone(row), keyset: keyset}
	s.tenants.put(t)
	return t, nil
}

// makeTenant returns a new keyset and the row to write.
func (s *Store) makeTenant(owner []byte) (*tenantKeyset, error) {
	keyset, err := seal.NewKeyset()
	if err != nil {
		return nil, err
	}
	row, err := keysetRow(s.keys.service, keyset, join(s.place, keysetKey(owner)))
	if err != nil {
		return nil, err
	}
	return &tenantKeyset{owner: string(owner), row: row, keyset: keyset}, nil
}
