// Package sealedkv encrypts what a kv.Store holds. Every value is sealed together with
// its place, service and full key, so that it opens nowhere else; keys stay readable,
// and what is sensitive in them goes through the Indexer first.
//
// The first part of a key is its scope. Under "t" the second part is a tenant, whose
// own keyset seals the value; under "g" the service's keyset does; other keys are
// refused. The store's own rows lie under "!", out of reach of its users:
//
//	!, stamp             format, service and master key id, as text
//	!, canary            the stamp again, sealed under the master key
//	!, service           store.v1.Keyset: the service keyset, under the master key
//	!, index             store.v1.Keyset: the index key, under the service keyset
//	!, keyset, <tenant>  store.v1.Keyset: a tenant's, under the service keyset
package sealedkv

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
	"github.com/holdplane/holdplane/pkg/seal"
)

var (
	// ErrNewerFormat is returned by Open for data that this program is too old for.
	ErrNewerFormat = errors.New("this data was written by a newer version of Holdplane: start that version")
	// ErrWrongMasterKey is returned by Open when another master key sealed the data.
	ErrWrongMasterKey = errors.New("this data was sealed with another master key: name the file of that key")
	// ErrOtherService is returned by Open for the data of another service.
	ErrOtherService = errors.New("this data belongs to another service: name the right place")
	// ErrDamaged is returned for what does not open: a value that was changed, moved
	// from another place, or lost its keyset. It wraps kv.ErrDamaged.
	ErrDamaged = fmt.Errorf("sealedkv: %w: restore a backup", kv.ErrDamaged)
	// ErrDestroyed is returned for reading or writing values of a tenant whose keyset
	// is destroyed. Its keys can still be scanned with KeysOnly, and deleted.
	// It wraps kv.ErrDestroyed.
	ErrDestroyed = fmt.Errorf("sealedkv: the tenant's keys: %w", kv.ErrDestroyed)
	// ErrScope is returned for keys that are under neither "t" and a tenant nor "g".
	ErrScope = errors.New("sealedkv: key has no scope")
)

// MaxValueLen is the longest value, in bytes: sealing takes a little of what the inner
// store takes.
const MaxValueLen = kv.MaxValueLen - seal.Overhead

// Options say whose data it is.
type Options struct {
	// Service names the service; one word. It is bound to everything sealed.
	Service string
	// Master is the installation's master key. It is used during Open only.
	Master seal.Master
}

// Store is a kv.Store whose values are sealed.
type Store struct {
	inner   kv.Store
	place   []byte // the service as a tuple: what every aad begins with
	keys    *serviceKeys
	tenants *cache
}

var _ kv.Store = (*Store)(nil)

// Open returns a store on top of inner, whose Close will close inner. The first Open
// makes the service's keys; later ones check that data, service and master key belong
// together: ErrNewerFormat, ErrOtherService, ErrWrongMasterKey, ErrDamaged.
func Open(ctx context.Context, inner kv.Store, o Options) (*Store, error) {
	if len(strings.Fields(o.Service)) != 1 || o.Master == nil {
		return nil, errors.New("sealedkv: a service's name, of one word, and a master key are needed")
	}
	keys, err := openKeys(ctx, inner, o)
	if err != nil {
		return nil, fmt.Errorf("open the data of service %s: %w", o.Service, err)
	}
	return &Store{inner: inner, place: key.New(o.Service), keys: keys, tenants: newCache(cachedTenants)}, nil
}

// View implements kv.Store.
func (s *Store) View(ctx context.Context, fn func(kv.Reader) error) error {
	return s.inner.View(ctx, func(r kv.Reader) error {
		return fn(&reader{store: s, ctx: ctx, inner: r})
	})
}

// Update implements kv.Store.
func (s *Store) Update(ctx context.Context, fn func(kv.Writer) error) error {
	made := map[string]*tenantKeyset{} // outlives a run of fn, so that the next one writes the same
	return s.inner.Update(ctx, func(w kv.Writer) error {
		return fn(&writer{reader: reader{store: s, inner: w, changes: w}, made: made})
	})
}

// Close implements kv.Store. It closes the inner store.
func (s *Store) Close() error { return s.inner.Close() }

// Indexer makes the index values of this service.
func (s *Store) Indexer() *seal.Indexer { return s.keys.index }

// Sealer seals what leaves the store and comes back, such as cursors, under the service
// keyset. What one purpose sealed another one does not open.
func (s *Store) Sealer(purpose string) seal.AEAD {
	return &sealer{keyset: s.keys.service, place: key.Join(s.place, ownScope, "sealer", purpose)}
}

type sealer struct {
	keyset *seal.Keyset
	place  []byte
}

func (s *sealer) Seal(plaintext, aad []byte) ([]byte, error) {
	return s.keyset.Seal(plaintext, join(s.place, aad))
}

func (s *sealer) Open(sealed, aad []byte) ([]byte, error) {
	return s.keyset.Open(sealed, join(s.place, aad))
}
