package table

import (
	"bytes"
	"errors"
	"time"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
)

const ttlPart = "ttl"

var errMalformedEnd = errors.New("table: end of life is malformed")

func (t *Table[M]) expired(m M, now time.Time) bool {
	if t.spec.Expires == nil {
		return false
	}
	end := t.spec.Expires(m)
	return !end.IsZero() && !now.Before(end)
}

func (t *Table[M]) expiryKey(row []byte, m M) []byte {
	if t.spec.Expires == nil || t.spec.Expires(m).IsZero() {
		return nil
	}
	end := t.spec.Expires(m).Add(time.Millisecond - 1) // no row goes before its time
	return Global.key(ttlPart, uint64(end.UnixMilli()), row)
}

func (t *Table[M]) addExpiry(tx kv.Writer, row []byte, m M) error {
	if k := t.expiryKey(row, m); k != nil {
		return tx.Put(k, []byte(t.spec.Name))
	}
	return nil
}

func (t *Table[M]) dropExpiry(tx kv.Writer, row []byte, m M) error {
	if k := t.expiryKey(row, m); k != nil {
		return tx.Delete(k)
	}
	return nil
}

// expire deletes up to limit rows that have ended and returns how many.
func (s Set) expire(tx kv.Writer, now time.Time, limit int) (int, error) {
	r := overdue(now)
	r.Limit = limit
	var ended []kv.Entry
	for e, err := range tx.Scan(r) {
		if err != nil {
			return 0, err
		}
		ended = append(ended, kv.Entry{Key: bytes.Clone(e.Key), Value: bytes.Clone(e.Value)})
	}
	for _, e := range ended {
		row, err := endedRow(e.Key)
		if err != nil {
			return 0, err
		}
		if t := s.named(string(e.Value)); t != nil {
			if err := t.deleteRow(tx, row); err != nil {
				return 0, err
			}
		}
		// Deleting the row has deleted this too, unless the row was gone before.
		if err := tx.Delete(e.Key); err != nil {
			return 0, err
		}
	}
	return len(ended), nil
}

// overdue is where the entries of rows are that have ended and are not swept yet.
func overdue(now time.Time) kv.Range {
	return kv.Range{Start: Global.key(ttlPart), End: Global.key(ttlPart, uint64(now.UnixMilli())+1)}
}

// ended counts the rows of a scope that have ended and are not swept yet.
func (t *Table[M]) ended(tx kv.Reader, s Scope, now time.Time) (n int64, err error) {
	if t.spec.Expires == nil {
		return 0, nil
	}
	rows := s.key(t.spec.Name)
	for e, err := range tx.Scan(overdue(now)) {
		if err != nil {
			return 0, err
		}
		row, err := endedRow(e.Key)
		if err != nil {
			return 0, err
		}
		if bytes.HasPrefix(row, rows) {
			n++
		}
	}
	return n, nil
}

// skip moves the start of a range over n rows by their keys alone. Where some may have ended
// it leaves the range as it is, and returns how many to pass over one by one.
func (t *Table[M]) skip(tx kv.Reader, r *kv.Range, n int, now time.Time) (int, error) {
	if n <= 0 || t.spec.Expires != nil && holds(tx, overdue(now)) {
		return n, nil
	}
	keys := *r
	keys.KeysOnly, keys.Limit = true, n
	for e, err := range tx.Scan(keys) {
		if err != nil {
			return 0, err
		}
		if n--; n > 0 {
			continue
		}
		if r.Reverse {
			r.End = bytes.Clone(e.Key)
		} else {
			r.Start = append(bytes.Clone(e.Key), 0)
		}
		return 0, nil
	}
	r.Start = r.End // there are fewer
	return 0, nil
}

// endedRow is the key of the row that an entry of the sweeper's is about.
func endedRow(expiry []byte) ([]byte, error) {
	parts, err := key.Parse(expiry)
	if err != nil || len(parts) != 4 {
		return nil, errMalformedEnd
	}
	row, ok := parts[3].(string)
	if !ok {
		return nil, errMalformedEnd
	}
	return []byte(row), nil
}
