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
	return Global.key(ttlPart, uint64(t.spec.Expires(m).UnixMilli()), row)
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
	r := kv.Range{Start: Global.key(ttlPart), End: Global.key(ttlPart, uint64(now.UnixMilli())), Limit: limit}
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
