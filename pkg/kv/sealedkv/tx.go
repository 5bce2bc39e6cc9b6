package sealedkv

import (
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/seal"
)

// reader opens what a transaction reads.
//
// It reads the row of a tenant's keyset in the same transaction as the tenant's values,
// once per tenant in a row, although the keyset itself is cached. So a destroyed keyset
// ends reading and writing at once and in every process that shares the inner store, by
// the store's own serializability: a writer that still saw the keyset comes before the
// destruction, and what empties the tenant afterwards sees its rows. A cache with a
// deadline would leave rows that nobody can read and nobody deletes. The price is one
// Get of a key that is always hot, half a microsecond on boltkv (BenchmarkGet) and, in a
// View, a round trip on a server. An Update expects the row to be what the cache has, which
// a server checks on the way; writers that share the row don't conflict on it.
type reader struct {
	store   *Store
	ctx     context.Context // of a View; nil in an Update, which ends by itself soon
	inner   kv.Reader
	changes kv.Writer     // inner again in an Update; nil in a View
	tenant  *tenantKeyset // the last one used; may be nil
	aad     []byte        // scratch
}

// Get implements kv.Reader.
func (r *reader) Get(k []byte) ([]byte, error) {
	owner, err := ownerOf(k)
	if errors.Is(err, kv.ErrTooLarge) { // never put
		return nil, kv.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	sealed, err := r.inner.Get(k)
	if err != nil {
		return nil, err
	}
	return r.open(owner, k, sealed)
}

// Scan implements kv.Reader. Each value is opened when its turn comes; with KeysOnly
// none is. In a View it ends with the View's context: a scan of everything that a tenant has
// takes seconds, and whoever asked for it may be gone.
func (r *reader) Scan(rg kv.Range) iter.Seq2[kv.Entry, error] {
	return func(yield func(kv.Entry, error) bool) {
		rg, ok := usersRange(rg)
		if !ok {
			return
		}
		for e, err := range r.inner.Scan(rg) {
			if err == nil && r.ctx != nil {
				err = r.ctx.Err()
			}
			if err == nil && !rg.KeysOnly {
				e.Value, err = r.openEntry(e)
			}
			if err != nil {
				yield(kv.Entry{}, err)
				return
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

func (r *reader) openEntry(e kv.Entry) ([]byte, error) {
	owner, err := ownerOf(e.Key)
	if err != nil { // not written through here
		return nil, damaged(e.Key)
	}
	return r.open(owner, e.Key, e.Value)
}

func (r *reader) open(owner, k, sealed []byte) ([]byte, error) {
	keyset, err := r.keysetOf(owner)
	if errors.Is(err, kv.ErrNotFound) {
		return nil, damaged(k)
	}
	if err != nil {
		return nil, err
	}
	value, err := keyset.Open(sealed, r.placeOf(k))
	if err != nil {
		return nil, damaged(k)
	}
	return value, nil
}

// keysetOf returns the keyset that seals an owner's values; kv.ErrNotFound when a tenant
// has none yet.
func (r *reader) keysetOf(owner []byte) (*seal.Keyset, error) {
	switch {
	case owner == nil:
		return r.store.keys.service, nil
	case r.tenant != nil && r.tenant.owner == string(owner):
		return r.tenant.keyset, nil
	}
	t, err := r.tenantOf(owner)
	if err != nil {
		return nil, err
	}
	r.tenant = t
	return t.keyset, nil
}

func (r *reader) tenantOf(owner []byte) (*tenantKeyset, error) {
	k := keysetKey(owner)
	if t := r.store.tenants.get(owner); t != nil && r.changes != nil {
		if same, err := r.changes.Expect(k, t.row); same || err != nil {
			return t, err
		}
	}
	row, err := r.inner.Get(k)
	if err != nil {
		return nil, err
	}
	return r.store.openTenant(owner, row)
}

// placeOf returns the aad of a key's value. It is valid until the next call.
func (r *reader) placeOf(k []byte) []byte {
	r.aad = slices.Grow(r.aad[:0], len(r.store.place)+len(k))
	r.aad = append(append(r.aad, r.store.place...), k...)
	return r.aad
}

// writer seals what a transaction writes.
type writer struct {
	reader
	made map[string]*tenantKeyset // by owner
}

// Put implements kv.Writer. The first Put for a tenant makes its keyset.
func (w *writer) Put(k, value []byte) error {
	if len(value) > MaxValueLen {
		return kv.ErrTooLarge
	}
	owner, err := ownerOf(k)
	if err != nil {
		return err
	}
	keyset, err := w.keysetOf(owner)
	if errors.Is(err, kv.ErrNotFound) {
		keyset, err = w.addKeyset(owner)
	}
	if err != nil {
		return err
	}
	sealed, err := keyset.Seal(value, w.placeOf(k))
	if err != nil {
		return err
	}
	return w.changes.Put(k, sealed)
}

// addKeyset writes a tenant's first keyset. Two writers that do it at once conflict on
// the row, and the store runs one of them again.
func (w *writer) addKeyset(owner []byte) (*seal.Keyset, error) {
	t, ok := w.made[string(owner)]
	if !ok {
		var err error
		if t, err = w.store.makeTenant(owner); err != nil {
			return nil, err
		}
		w.made[t.owner] = t
	}
	if err := w.changes.Put(keysetKey(owner), t.row); err != nil {
		return nil, err
	}
	w.tenant = t
	return t.keyset, nil
}

// Delete implements kv.Writer.
func (w *writer) Delete(k []byte) error {
	if _, err := ownerOf(k); err != nil {
		return err
	}
	return w.changes.Delete(k)
}

// Expect implements kv.Writer. That a key is absent the inner store may expect too; a value
// is sealed anew each time, so it has to be read.
func (w *writer) Expect(k, value []byte) (bool, error) {
	if value != nil {
		return kv.Holds(w, k, value)
	}
	_, err := ownerOf(k)
	switch {
	case errors.Is(err, kv.ErrTooLarge): // never put
		return true, nil
	case err != nil:
		return false, err
	}
	return w.changes.Expect(k, nil)
}
