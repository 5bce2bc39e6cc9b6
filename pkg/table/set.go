package table

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
)

// Set is all tables of a store: what outlives a row's own service code, such as
// sweeping and deleting a tenant, works on it.
type Set []anyTable

// anyTable is a Table of any record.
type anyTable interface {
	name() string
	deleteRow(tx kv.Writer, row []byte) error
	empty(tx kv.Writer, s Scope, limit int) (int, error)
	counted() bool
	verify(w *walk, e entry) error
	verifyCount(w *walk, p place) error
	verifyEnd(w *walk, e entry, row []byte) error
}

func (t *Table[M]) name() string { return t.spec.Name }

// empty deletes up to limit rows of a scope, ended ones included, and returns how many.
// It holds one of them at a time, as they may be large.
func (t *Table[M]) empty(tx kv.Writer, s Scope, limit int) (n int, err error) {
	r := kv.Prefix(s.key(t.spec.Name))
	r.Limit = limit
	for e, err := range tx.Scan(r) {
		m, err := t.decode(e.Value, err)
		if err == nil {
			err = t.Delete(tx, s, m)
		}
		if err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}

func (s Set) named(name string) anyTable {
	for _, t := range s {
		if t.name() == name {
			return t
		}
	}
	return nil
}

// batch bounds one transaction of background work, so that callers wait little for it.
const batch = 256

// errNotEmpty says that many rows came while a scope was being emptied.
var errNotEmpty = errors.New("table: scope is not empty")

// Empty deletes everything in a scope, in transactions of bounded size. last runs in
// the transaction that deletes the rest; it can close the scope for good. When the scope
// holds keys of a table that the set lacks, Empty deletes the rest, names that table in
// its error, and does not come to last.
func (s Set) Empty(ctx context.Context, store kv.Store, scope Scope, last func(kv.Writer) error) error {
	for {
		if err := s.emptyTables(ctx, store, scope); err != nil {
			return err
		}
		err := store.Update(ctx, func(tx kv.Writer) error {
			if err := s.emptyRest(tx, scope); err != nil {
				return err
			}
			if err := s.knowsAll(tx, scope); err != nil {
				return err
			}
			return last(tx)
		})
		if !errors.Is(err, errNotEmpty) {
			return err
		}
	}
}

func (s Set) emptyTables(ctx context.Context, store kv.Store, scope Scope) error {
	for _, t := range s {
		for n := batch; n == batch; {
			if err := store.Update(ctx, func(tx kv.Writer) (err error) {
				n, err = t.empty(tx, scope, batch)
				return err
			}); err != nil {
				return err
			}
		}
	}
	return s.foldAll(ctx, store)
}

// emptyRest deletes the rows that came since the scope was emptied, and its counts.
// Writers that don't stop can't hold it up, unless they add a batch between two
// transactions.
func (s Set) emptyRest(tx kv.Writer, scope Scope) error {
	for _, t := range s {
		n, err := t.empty(tx, scope, batch)
		if err != nil {
			return err
		}
		if n == batch {
			return errNotEmpty
		}
		if err := dropCount(tx, t.name(), scope); err != nil {
			return err
		}
	}
	return nil
}

// knowsAll fails for keys of a table that is not in the set: nobody would miss it until
// data of a deleted tenant is found.
func (s Set) knowsAll(tx kv.Reader, scope Scope) error {
	r := kv.Prefix(scope.prefix)
	r.KeysOnly = true
	for e, err := range tx.Scan(r) {
		if err != nil {
			return err
		}
		part, _, err := key.Cut(bytes.TrimPrefix(e.Key, scope.prefix))
		if err != nil {
			return err
		}
		text, _ := part.(string)
		name, _, _ := strings.Cut(text, "/") // what is behind it names an index
		own := bytes.Equal(scope.prefix, Global.prefix) && (name == ttlPart || name == countPart)
		if !own && s.named(name) == nil {
			return fmt.Errorf("table: the scope still holds keys of %q, a table that is missing from the set: Tables() must return every table of the store", name)
		}
	}
	return nil
}

// Sweep deletes rows that have ended and folds counts, every second until ctx ends or
// the store is over. After any other error it tries again: a store that is busy, or a
// row that is damaged, is no reason to end the process.
func (s Set) Sweep(ctx context.Context, store kv.Store, log *slog.Logger) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		err := s.sweepOnce(ctx, store)
		switch {
		case ctx.Err() != nil:
			return nil
		case kv.Over(err):
			return err
		case err != nil:
			log.WarnContext(ctx, "sweep failed", "error", err)
		}
	}
}

func (s Set) sweepOnce(ctx context.Context, store kv.Store) error {
	err := repeat(ctx, store, func(tx kv.Reader) bool {
		return holds(tx, overdue(time.Now()))
	}, func(tx kv.Writer) (int, error) {
		return s.expire(tx, time.Now(), batch)
	})
	if err != nil {
		return err
	}
	return s.foldAll(ctx, store)
}

func (s Set) foldAll(ctx context.Context, store kv.Store) error {
	return repeat(ctx, store, func(tx kv.Reader) bool {
		return holds(tx, kv.Prefix(Global.key(countPart)))
	}, func(tx kv.Writer) (int, error) {
		return fold(tx, batch)
	})
}

// repeat runs work in transactions until one of them finds less than a batch. It
// starts none when due tells there is nothing to do: an idle store stays idle.
func repeat(ctx context.Context, store kv.Store, due func(kv.Reader) bool, work func(kv.Writer) (int, error)) error {
	var wanted bool
	err := store.View(ctx, func(tx kv.Reader) error { wanted = due(tx); return nil })
	if err != nil || !wanted {
		return err
	}
	for n := batch; n == batch; {
		if err := store.Update(ctx, func(tx kv.Writer) (err error) {
			n, err = work(tx)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// holds tells whether a range has an entry; an error counts as one, for the work to meet.
func holds(tx kv.Reader, r kv.Range) bool {
	r.Limit, r.KeysOnly = 1, true
	for range tx.Scan(r) {
		return true
	}
	return false
}
