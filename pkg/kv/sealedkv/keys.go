package sealedkv

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
	"github.com/holdplane/holdplane/pkg/seal"
)

var (
	stampKey   = key.New(ownScope, "stamp")
	canaryKey  = key.New(ownScope, "canary")
	serviceKey = key.New(ownScope, "service")
	indexKey   = key.New(ownScope, "index")
)

// serviceKeys is what the master key gives access to.
type serviceKeys struct {
	service *seal.Keyset
	index   *seal.Indexer
}

// openKeys reads the service's keys, or makes them in an empty store.
func openKeys(ctx context.Context, inner kv.Store, o Options) (keys *serviceKeys, err error) {
	err = inner.View(ctx, func(r kv.Reader) error {
		keys, err = readKeys(r, o)
		return err
	})
	if err != nil || keys != nil {
		return keys, err
	}
	made, rows, err := makeKeys(o)
	if err != nil {
		return nil, err
	}
	err = inner.Update(ctx, func(w kv.Writer) error {
		// Another process may have been faster.
		if keys, err = readKeys(w, o); err != nil || keys != nil {
			return err
		}
		keys = made
		for _, row := range rows {
			if err := w.Put(row.Key, row.Value); err != nil {
				return err
			}
		}
		return nil
	})
	return keys, err
}

// readKeys returns nil for an empty store.
func readKeys(r kv.Reader, o Options) (*serviceKeys, error) {
	text, err := r.Get(stampKey)
	if errors.Is(err, kv.ErrNotFound) {
		return nil, checkEmpty(r)
	}
	if err != nil {
		return nil, err
	}
	if err := checkStamp(r, string(text), o); err != nil {
		return nil, err
	}
	keys := &serviceKeys{}
	err = openRow(r, serviceKey, func(sealed []byte) (err error) {
		keys.service, err = seal.OpenKeyset(o.Master, sealed, o.placeOf(serviceKey))
		return err
	})
	if err != nil {
		return nil, err
	}
	err = openRow(r, indexKey, func(sealed []byte) (err error) {
		keys.index, err = seal.OpenIndexer(keys.service, sealed, o.placeOf(indexKey))
		return err
	})
	return keys, err
}

func checkEmpty(r kv.Reader) error {
	for _, err := range r.Scan(kv.Range{Limit: 1, KeysOnly: true}) {
		if err != nil {
			return err
		}
		return fmt.Errorf("%w: there is data without a format stamp", ErrDamaged)
	}
	return nil
}

// openRow hands the sealed part of one of the store's own keysets to open.
func openRow(r kv.Reader, k []byte, open func(sealed []byte) error) error {
	row, err := r.Get(k)
	if errors.Is(err, kv.ErrNotFound) {
		return damaged(k)
	}
	if err != nil {
		return err
	}
	sealed, err := parseKeyset(k, row)
	if err != nil {
		return err
	}
	err = open(sealed)
	if errors.Is(err, seal.ErrNotOpened) {
		return damaged(k)
	}
	return err
}

// makeKeys returns new keys and the rows that keep them.
func makeKeys(o Options) (*serviceKeys, []kv.Entry, error) {
	service, err := seal.NewKeyset()
	if err != nil {
		return nil, nil, err
	}
	keys := &serviceKeys{service: service, index: seal.NewIndexer()}
	text := stamp{service: o.Service, master: o.Master.ID()}.String()
	canary, err := o.Master.Seal([]byte(text), o.placeOf(canaryKey))
	if err != nil {
		return nil, nil, err
	}
	serviceRow, err := keysetRow(o.Master, keys.service, o.placeOf(serviceKey))
	if err != nil {
		return nil, nil, err
	}
	indexRow, err := keysetRow(keys.service, keys.index, o.placeOf(indexKey))
	return keys, []kv.Entry{
		{Key: stampKey, Value: []byte(text)},
		{Key: canaryKey, Value: canary},
		{Key: serviceKey, Value: serviceRow},
		{Key: indexKey, Value: indexRow},
	}, err
}

func (o Options) placeOf(k []byte) []byte { return join(key.New(o.Service), k) }

// sealable is a seal.Keyset or a seal.Indexer.
type sealable interface {
	SealUnder(parent seal.AEAD, aad []byte) ([]byte, error)
}

// keysetRow seals keys under parent for the place of their row.
func keysetRow(parent seal.AEAD, keys sealable, place []byte) ([]byte, error) {
	sealed, err := keys.SealUnder(parent, place)
	if err != nil {
		return nil, err
	}
	return proto.Marshal(&storev1.Keyset{Sealed: sealed})
}

// parseKeyset returns what a keyset's row holds: ErrDestroyed, or ErrDamaged for
// anything but one of the two forms that are written.
func parseKeyset(k, row []byte) ([]byte, error) {
	var record storev1.Keyset
	if err := proto.Unmarshal(row, &record); err != nil || len(record.ProtoReflect().GetUnknown()) > 0 {
		return nil, damaged(k)
	}
	sealed, destroyed := record.GetSealed(), record.GetDestroyedAtMs() != 0
	if destroyed == (len(sealed) > 0) {
		return nil, damaged(k)
	}
	if destroyed {
		return nil, ErrDestroyed
	}
	return sealed, nil
}
