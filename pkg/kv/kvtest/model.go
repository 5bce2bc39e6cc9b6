package kvtest

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/holdplane/holdplane/pkg/kv"
)

const (
	kindGet = iota
	kindScan
	kindPut
	kindDelete
	kindExpect
	kinds
)

// operation is one drawn step of a transaction.
type operation struct {
	kind       int
	key, value string
	scan       kv.Range
}

// draw makes an operation on few keys, so that transactions meet.
func draw(random *rand.Rand, readsOnly bool) operation {
	op := operation{
		kind:  random.IntN(kinds),
		key:   drawKey(random),
		value: strings.Repeat("v", random.IntN(3)) + fmt.Sprint(random.IntN(1000)),
		scan:  kv.Range{Reverse: random.IntN(2) == 0, Limit: max(0, random.IntN(8)-3), KeysOnly: random.IntN(4) == 0},
	}
	if random.IntN(3) > 0 {
		op.scan.Start = []byte(drawKey(random))
	}
	if random.IntN(3) > 0 {
		op.scan.End = []byte(drawKey(random))
	}
	if readsOnly {
		op.kind %= kindPut
	}
	if len(op.key) == 1 { // few values, so that some are as expected
		op.value = op.value[:1]
	}
	if op.kind == kindExpect && random.IntN(2) == 0 {
		op.value = ""
	}
	return op
}

func drawKey(random *rand.Rand) string {
	const alphabet = "\x00\x01a\xff"
	key := make([]byte, 1+random.IntN(3))
	for i := range key {
		key[i] = alphabet[random.IntN(len(alphabet))]
	}
	return string(key)
}

// step runs a reading operation and records what has to be compared.
func (r *record) step(tx kv.Reader, op operation) error {
	if op.kind == kindScan {
		got, err := scan(tx, op.scan)
		r.steps = append(r.steps, func(m model) error {
			if want := m.scan(op.scan); !slices.Equal(got, want) {
				return fmt.Errorf("Scan %+v: got %q, want %q", op.scan, got, want)
			}
			return nil
		})
		return err
	}
	value, err := tx.Get([]byte(op.key))
	got, absent := string(value), errors.Is(err, kv.ErrNotFound)
	r.steps = append(r.steps, func(m model) error {
		if want, ok := m[op.key]; got != want || absent == ok {
			return fmt.Errorf("Get %q: got %q (absent: %t), want %q (present: %t)", op.key, got, absent, want, ok)
		}
		return nil
	})
	if absent {
		return nil
	}
	return err
}

// change runs any operation.
func (r *record) change(tx kv.Writer, op operation) error {
	switch op.kind {
	case kindPut:
		r.steps = append(r.steps, func(m model) error { m[op.key] = op.value; return nil })
		return tx.Put([]byte(op.key), []byte(op.value))
	case kindDelete:
		r.steps = append(r.steps, func(m model) error { delete(m, op.key); return nil })
		return tx.Delete([]byte(op.key))
	case kindExpect:
		return r.expect(tx, op)
	default:
		return r.step(tx, op)
	}
}

// expect expects a value, or an absence for an empty one.
func (r *record) expect(tx kv.Writer, op operation) error {
	var value []byte
	if op.value != "" {
		value = []byte(op.value)
	}
	got, err := tx.Expect([]byte(op.key), value)
	r.steps = append(r.steps, func(m model) error {
		held, ok := m[op.key]
		if want := ok == (value != nil) && held == op.value; got != want {
			return fmt.Errorf("Expect %q to be %q: got %t, it is %q (present: %t)", op.key, op.value, got, held, ok)
		}
		return nil
	})
	return err
}

// model is what a store is, in the simplest words.
type model map[string]string

func (m model) scan(r kv.Range) []string {
	keys := slices.Sorted(maps.Keys(m))
	if r.Reverse {
		slices.Reverse(keys)
	}
	var pairs []string
	for _, key := range keys {
		if key < string(r.Start) || r.End != nil && key >= string(r.End) {
			continue
		}
		value := m[key]
		if r.KeysOnly {
			value = ""
		}
		pairs = append(pairs, key+"="+value)
		if len(pairs) == r.Limit {
			break
		}
	}
	return pairs
}
