package kvtest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/holdplane/holdplane/pkg/kv"
)

var expectationTests = []test{
	{"what is as expected is told", expectRight},
	{"what is not as expected is told", expectWrong},
	{"a transaction's own changes are expected", expectOwn},
	{"an error that rests on a wrong expectation doesn't count", expectError},
	{"a wrong expectation before a read is told", expectThenRead},
	{"one of many takes what all expect to be free", expectFree},
	{"what was expected still is at the commit", expectSkew},
}

// expectation is what a test expects of a key; a nil value is an absence.
type expectation struct {
	key   string
	value []byte
	want  bool
}

// right hold in a store of "a=1" and "e=".
var right = []expectation{
	{"a", []byte("1"), true},
	{"b", nil, true},
	{"e", []byte{}, true},
	{"", nil, true},
	{string(make([]byte, kv.MaxKeyLen+1)), nil, true},
}

// wrong don't.
var wrong = []expectation{
	{"a", []byte("2"), false},
	{"a", []byte{}, false},
	{"a", nil, false},
	{"b", []byte("1"), false},
	{"b", []byte{}, false},
	{"e", nil, false},
	{"", []byte("1"), false},
}

func wantExpected(tx kv.Writer, all []expectation) error {
	for _, c := range all {
		if got, err := tx.Expect([]byte(c.key), c.value); got != c.want || err != nil {
			return fmt.Errorf("Expect %.9q to be %q, nil %t: got %t, %v", c.key, c.value, c.value == nil, got, err)
		}
	}
	return nil
}

func expectRight(t *testing.T, s kv.Store) {
	put(t, s, "a=1", "e=")
	update(t, s, func(tx kv.Writer) error { return wantExpected(tx, right) })
	update(t, s, func(tx kv.Writer) error {
		return errors.Join(wantExpected(tx, right), putPairs(tx, []string{"a=2", "b=3"}))
	})
	want(t, s, "a=2", "b=3", "e=")
}

func expectWrong(t *testing.T, s kv.Store) {
	put(t, s, "a=1", "e=")
	for _, c := range wrong {
		for _, changes := range [][]string{nil, {"c=1"}, {"a=1", "b=2"}} {
			var err error
			update(t, s, func(tx kv.Writer) error {
				err = wantExpected(tx, []expectation{c})
				return putPairs(tx, changes)
			})
			if err != nil {
				t.Error(err)
			}
			update(t, s, func(tx kv.Writer) error { return errors.Join(tx.Delete([]byte("b")), tx.Delete([]byte("c"))) })
		}
	}
	want(t, s, "a=1", "e=")
}

func expectOwn(t *testing.T, s kv.Store) {
	put(t, s, "a=1", "b=2")
	update(t, s, func(tx kv.Writer) error {
		if err := errors.Join(wantExpected(tx, []expectation{{"c", nil, true}}), putPairs(tx, []string{"a=3", "c=", "d=1"}),
			tx.Delete([]byte("b")), tx.Delete([]byte("d"))); err != nil {
			return err
		}
		return wantExpected(tx, []expectation{
			{"a", []byte("3"), true}, {"a", []byte("1"), false}, {"a", nil, false},
			{"b", nil, true}, {"b", []byte("2"), false}, {"b", []byte{}, false},
			{"c", []byte{}, true}, {"c", nil, false}, {"d", nil, true},
		})
	})
	want(t, s, "a=3", "c=")
}

func expectError(t *testing.T, s kv.Store) {
	put(t, s, "a=1")
	err := s.Update(t.Context(), func(tx kv.Writer) error {
		free, err := tx.Expect([]byte("a"), nil)
		if err != nil || free {
			return errors.Join(errors.New("a is free"), err)
		}
		return errTest
	})
	wantErr(t, "Update", err, errTest)
	want(t, s, "a=1")
}

func expectThenRead(t *testing.T, s kv.Store) {
	put(t, s, "a=1", "b=2")
	update(t, s, func(tx kv.Writer) error {
		same, err := tx.Expect([]byte("a"), []byte("2"))
		if err != nil {
			return err
		}
		// What comes of a run that was told otherwise doesn't count.
		if _, err := tx.Get([]byte("b")); err != nil && !same {
			return err
		}
		return putPairs(tx, []string{fmt.Sprintf("c=%t", same)})
	})
	want(t, s, "a=1", "b=2", "c=false")
}

// expectFree lets many take the same place when they find it free.
func expectFree(t *testing.T, s kv.Store) {
	for round := range rounds {
		key := fmt.Appendf(nil, "round%02d", round)
		var taken [workers]bool
		each(t, workers, func(worker int) error {
			return s.Update(t.Context(), func(tx kv.Writer) error {
				free, err := tx.Expect(key, nil)
				if taken[worker] = free; err != nil || !free {
					return err
				}
				return tx.Put(key, fmt.Append(nil, worker))
			})
		})
		view(t, s, func(tx kv.Reader) error {
			holder, err := number(tx, string(key))
			for worker, took := range taken {
				if took != (worker == holder) {
					t.Errorf("worker %d took %s: %t; worker %d holds it", worker, key, took, holder)
				}
			}
			return err
		})
	}
}

// expectSkew is writeSkew by expectations: who expects another one on duty goes off duty.
func expectSkew(t *testing.T, s kv.Store) {
	for range rounds {
		put(t, s, "duty0=1", "duty1=1")
		each(t, 2, func(worker int) error {
			return s.Update(t.Context(), func(tx kv.Writer) error {
				on, err := tx.Expect(fmt.Appendf(nil, "duty%d", 1-worker), []byte("1"))
				if err != nil || !on {
					return err
				}
				return setNumber(tx, fmt.Sprintf("duty%d", worker), 0)
			})
		})
		view(t, s, func(tx kv.Reader) error {
			got, err := scan(tx, kv.Range{})
			if err == nil && len(got) == 2 && got[0] == "duty0=0" && got[1] == "duty1=0" {
				err = errors.New("nobody is on duty")
			}
			return err
		})
	}
}
