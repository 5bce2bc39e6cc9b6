package table

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
)

// A row's coming and going each append a mark under a key of their own, and the
// sweeper folds marks into one number. A counter that writers shared would serialize
// them: on PostgreSQL it cost 95 % of the throughput.
const (
	countPart = "count"
	added     = "+"
	removed   = "-"
)

var errMalformedCount = errors.New("table: count is malformed")

// countIn appends the mark of a row that comes. There is none yet: a row goes with its own.
func (t *Table[M]) countIn(tx kv.Writer, s Scope, m M) error {
	if !t.spec.Counted {
		return nil
	}
	return tx.Put(t.mark(s, m, added), nil)
}

// countOut takes back the mark of a row that goes or, where that is folded already, appends
// one. A row with its key may come back before the next folding, and have its own mark.
func (t *Table[M]) countOut(tx kv.Writer, s Scope, m M) error {
	if !t.spec.Counted {
		return nil
	}
	came := t.mark(s, m, added)
	switch folded, err := tx.Expect(came, nil); {
	case err != nil:
		return err
	case !folded:
		return tx.Delete(came)
	}
	return tx.Put(t.mark(s, m, removed), nil)
}

func (t *Table[M]) mark(s Scope, m M, sign string) []byte {
	return Global.key(countPart, t.spec.Name, s.prefix, t.Position(m), sign)
}

// Count returns how many rows a scope of a counted table has. Its cost grows with the
// marks and the ends of the last second, not with the rows.
func (t *Table[M]) Count(tx kv.Reader, s Scope) (int64, error) {
	n, err := folded(tx, t.foldedKey(s))
	if err != nil {
		return 0, err
	}
	marks, err := sum(tx, Global.key(countPart, t.spec.Name, s.prefix), signOf)
	if err != nil {
		return 0, err
	}
	ended, err := t.ended(tx, s, time.Now())
	return n + marks - ended, err
}

// sum adds up what the keys with a prefix are worth.
func sum(tx kv.Reader, prefix []byte, worth func(k []byte) int64) (n int64, err error) {
	r := kv.Prefix(prefix)
	r.KeysOnly = true
	for e, err := range tx.Scan(r) {
		if err != nil {
			return 0, err
		}
		n += worth(e.Key)
	}
	return n, nil
}

func (t *Table[M]) foldedKey(s Scope) []byte { return s.key(t.spec.Name + "/" + countPart) }

func folded(tx kv.Reader, k []byte) (int64, error) {
	b, err := tx.Get(k)
	if errors.Is(err, kv.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	n, width := binary.Varint(b)
	if width <= 0 {
		return 0, errMalformedCount
	}
	return n, nil
}

// signOf reads the sign from the end of a mark's key: the byte before the terminator.
func signOf(mark []byte) int64 {
	if mark[len(mark)-2] == removed[0] {
		return -1
	}
	return 1
}

// fold moves up to limit marks into the counts they belong to and returns how many.
func fold(tx kv.Writer, limit int) (int, error) {
	r := kv.Prefix(Global.key(countPart))
	r.KeysOnly, r.Limit = true, limit
	sums, marks := map[string]int64{}, 0
	for e, err := range tx.Scan(r) {
		if err != nil {
			return 0, err
		}
		parts, err := key.Parse(e.Key)
		if err != nil || len(parts) != 6 {
			return 0, fmt.Errorf("table: count mark is malformed")
		}
		name, scope := parts[2].(string), parts[3].(string)
		sums[string(Scope{prefix: []byte(scope)}.key(name+"/"+countPart))] += signOf(e.Key)
		marks++
		if err := tx.Delete(e.Key); err != nil {
			return 0, err
		}
	}
	for k, sum := range sums {
		n, err := folded(tx, []byte(k))
		if err != nil {
			return 0, err
		}
		if err := tx.Put([]byte(k), binary.AppendVarint(nil, n+sum)); err != nil {
			return 0, err
		}
	}
	return marks, nil
}

// dropCount deletes the count of a scope that has no rows of a table, marks included.
func dropCount(tx kv.Writer, name string, scope Scope) error {
	r := kv.Prefix(Global.key(countPart, name, scope.prefix))
	r.KeysOnly, r.Limit = true, 4*batch
	marks := 0
	for e, err := range tx.Scan(r) {
		if err != nil {
			return err
		}
		if err := tx.Delete(e.Key); err != nil {
			return err
		}
		marks++
	}
	if marks == r.Limit {
		return errNotEmpty // fold them first
	}
	return tx.Delete(scope.key(name + "/" + countPart))
}
