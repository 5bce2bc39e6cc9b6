package pgkv

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/internal/overlay"
)

// endTime bounds what ends a transaction that nobody waits for any more.
const endTime = 5 * time.Second

var (
	binaryForm = []int16{1}
	errEnded   = errors.New("pgkv: the transaction has ended")
)

// tx is one run of a transaction. It takes a connection when it first reads.
type tx struct {
	store *Store
	ctx   context.Context
	begin string // name of the statement that begins it
	conn  *pgxpool.Conn
	err   error // what broke it: nothing can be said or done in it any more
	rows  int   // read so far

	guesses guesses
}

var _ kv.Reader = (*tx)(nil)

// Get implements kv.Reader.
func (t *tx) Get(key []byte) (value []byte, err error) {
	if kv.CheckKey(key) != nil { // never put
		return nil, kv.ErrNotFound
	}
	err = t.query(func(row [][]byte) bool {
		value = append([]byte{}, row[0]...)
		return true
	}, call{get, [][]byte{key}})
	if err == nil && value == nil {
		err = kv.ErrNotFound
	}
	return value, err
}

// query runs a statement and hands its rows to each until that returns false. Guesses are
// checked before it, so nothing that is read contradicts them. The first statement begins
// the transaction, if need be on several connections in turn: one that was idle may have
// been lost without anybody noticing.
func (t *tx) query(each func(row [][]byte) bool, c call) error {
	if t.err != nil {
		return t.err
	}
	calls := append(t.guesses.checks(), c)
	clear(t.guesses)
	if t.conn != nil {
		_, _, err := t.send(each, calls...)
		return t.fail(err)
	}
	calls = slices.Insert(calls, 0, call{name: t.begin})
	for losses := 0; ; losses++ {
		if err := t.acquire(); err != nil {
			return err
		}
		_, _, err := t.send(each, calls...)
		if err = t.fail(err); !errors.Is(err, errLost) || losses == maxLosses || t.rows > 0 {
			return err
		}
		t.conn.Release()
		t.conn, t.err = nil, nil
	}
}

// acquire takes a connection when one is free.
func (t *tx) acquire() (err error) {
	if t.conn, err = t.store.pool.Acquire(t.ctx); err != nil {
		t.err = t.store.explainConnect(t.ctx, err)
	}
	if errors.Is(t.err, errCrowded) {
		t.queue()
	}
	return t.err
}

// queue waits, while the server opens no more connections, for one of those the store has.
func (t *tx) queue() {
	for w := newWaits(t.ctx); errors.Is(t.err, errCrowded) && w.next() == nil; {
		var err error
		if t.conn, err = t.store.pool.Acquire(t.ctx); err == nil {
			t.err = nil
		} else {
			t.err = t.store.explainConnect(t.ctx, err)
		}
	}
}

// send sends calls in one round trip, and hands the rows of the last one to each. It returns
// how many were answered before an error, and what the last one did.
func (t *tx) send(each func(row [][]byte) bool, calls ...call) (answered int, did string, err error) {
	pipe := t.conn.Conn().PgConn().StartPipeline(t.ctx)
	for _, c := range calls {
		pipe.SendQueryPrepared(c.name, c.args, binaryForm, binaryForm)
	}
	if err = pipe.Sync(); err == nil {
		for err == nil && answered < len(calls) {
			var rows func(row [][]byte) bool
			if answered == len(calls)-1 {
				rows = each
			}
			if did, err = t.receive(pipe, rows); err == nil {
				answered++
			}
		}
	}
	if end := pipe.Close(); err == nil {
		err = end
	}
	return answered, did, err
}

// receive reads the answer to one call. A nil each is for an answer that doesn't matter.
func (t *tx) receive(pipe *pgconn.Pipeline, each func(row [][]byte) bool) (did string, err error) {
	results, err := pipe.GetResults()
	if err != nil {
		return "", err
	}
	r, ok := results.(*pgconn.ResultReader)
	if !ok {
		return "", fmt.Errorf("an answer is %T", results)
	}
	for each != nil && r.NextRow() {
		t.rows++
		if !each(r.Values()) {
			break // Close reads the rest, one row at a time
		}
	}
	tag, err := r.Close()
	return tag.String(), err
}

// commit makes changes and ends the transaction.
func (t *tx) commit(changes *overlay.Tx) error {
	writes := t.guesses.writes(changes) // before the checks: it is some of them
	calls := append(t.guesses.checks(), writes...)
	if t.conn == nil {
		if len(calls) == 0 {
			return nil
		}
		if err := t.acquire(); err != nil {
			return err
		}
		calls = slices.Insert(calls, 0, call{name: t.begin})
	}
	calls = append(calls, call{name: commit})
	answered, did, err := t.send(nil, calls...)
	if err == nil && did != "COMMIT" {
		err = fmt.Errorf("a commit was answered with %s", did)
	}
	if t.fail(err); errors.Is(t.err, errLost) && !changes.Empty() && !undone(err, answered == len(calls)-1) {
		t.err = fmt.Errorf("%w: %s", kv.ErrUnknown, describe(err))
	}
	return t.err
}

// fail notes what broke the transaction, if anything did.
func (t *tx) fail(err error) error {
	if err != nil {
		t.err = t.explain(err)
	}
	return t.err
}

// end gives the connection back. What is left of the transaction is rolled back, and
// nobody has to wait for that.
func (t *tx) end() {
	conn := t.conn
	if t.conn = nil; t.err == nil {
		t.err = errEnded
	}
	if conn == nil {
		return
	}
	if c := conn.Conn(); c.IsClosed() || c.PgConn().TxStatus() == 'I' {
		conn.Release()
		return
	}
	t = &tx{conn: conn}
	go func() {
		defer conn.Release() // which closes it, should this have failed
		var stop context.CancelFunc
		t.ctx, stop = context.WithTimeout(context.Background(), endTime)
		defer stop()
		_, _, _ = t.send(nil, call{name: rollback})
	}()
}
