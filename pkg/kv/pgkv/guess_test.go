package pgkv_test

import (
	"errors"
	"testing"

	"github.com/holdplane/holdplane/internal/servers"
	"github.com/holdplane/holdplane/pkg/kv"
)

// guessTests expect x to be absent or "1".
var guessTests = []struct {
	name      string
	before    string // value of x, absent if empty
	meanwhile func(kv.Writer) error
	expect    []byte
	do        func(kv.Writer) error
	right     bool
	runs      int
}{
	{"absent, and written", "", nil, nil, set("x", "2"), true, 1},
	{"absent, and something else written", "", nil, nil, set("y", "2"), true, 1},
	{"absent, and nothing written", "", nil, nil, nothing, true, 1},
	{"absent, and deleted", "", nil, nil, remove("x"), true, 1},
	{"a value, and replaced", "1", nil, []byte("1"), set("x", "2"), true, 1},
	{"a value, and something else written", "1", nil, []byte("1"), set("y", "2"), true, 1},
	{"a value, and a read", "1", nil, []byte("1"), copyOf("x", "y"), true, 1},
	{"not absent, and written", "1", nil, nil, set("x", "2"), false, 2},
	{"not absent, and deleted", "1", nil, nil, remove("x"), false, 2},
	{"not absent, and nothing written", "1", nil, nil, nothing, false, 2},
	{"another value", "2", nil, []byte("1"), set("y", "2"), false, 2},
	{"another value, and a read", "2", nil, []byte("1"), copyOf("x", "y"), false, 2},
	{"no value", "", nil, []byte("1"), set("y", "2"), false, 2},
	{"taken meanwhile", "", set("x", "other"), nil, set("x", "2"), false, 2},
	{"freed meanwhile", "1", remove("x"), nil, set("x", "2"), true, 1},
	{"changed meanwhile", "1", set("x", "other"), []byte("1"), set("y", "2"), false, 2},
	{"deleted meanwhile", "1", remove("x"), []byte("1"), set("y", "2"), false, 2},
}

// TestGuesses counts a transaction's runs. While the first of them goes on, another process
// makes a change.
func TestGuesses(t *testing.T) {
	t.Parallel()
	dsn := servers.Postgres(t)
	for _, c := range guessTests {
		t.Run(c.name, func(t *testing.T) {
			s, other := open(t, dsn, t.Name()), open(t, dsn, t.Name())
			if err := errors.Join(s.Update(t.Context(), set("z", "1")), s.Update(t.Context(), x(c.before))); err != nil {
				t.Fatal(err)
			}
			runs, right := 0, false
			err := s.Update(t.Context(), func(w kv.Writer) (err error) {
				if runs++; runs == 1 && c.meanwhile != nil {
					if err := other.Update(t.Context(), c.meanwhile); err != nil {
						return err
					}
				}
				if right, err = w.Expect([]byte("x"), c.expect); err != nil || !right {
					return err
				}
				return c.do(w)
			})
			if err != nil || runs != c.runs || right != c.right {
				t.Errorf("%d runs, right %t, error %v; want %d runs, right %t", runs, right, err, c.runs, c.right)
			}
			if got := int(s.Stats().Reruns); got != c.runs-1 {
				t.Errorf("counted %d runs more", got)
			}
		})
	}
}

func nothing(kv.Writer) error { return nil }

func remove(key string) func(kv.Writer) error {
	return func(w kv.Writer) error { return w.Delete([]byte(key)) }
}

// x sets x, or leaves it absent.
func x(value string) func(kv.Writer) error {
	if value == "" {
		return remove("x")
	}
	return set("x", value)
}

// TestNothingReadContradictsAGuess reads on after a wrong guess.
func TestNothingReadContradictsAGuess(t *testing.T) {
	t.Parallel()
	s := open(t, servers.Postgres(t), "s")
	if err := s.Update(t.Context(), set("x", "1")); err != nil {
		t.Fatal(err)
	}
	err := s.Update(t.Context(), func(w kv.Writer) error {
		free, err := w.Expect([]byte("x"), nil)
		if err != nil || !free {
			return err
		}
		if value, err := w.Get([]byte("x")); err == nil {
			t.Errorf("what is absent holds %q", value)
		}
		again, err := w.Expect([]byte("x"), nil)
		if again {
			t.Error("a guess that was refuted is made again")
		}
		if err == nil {
			t.Error("the transaction goes on")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestExpectationsLockNoGaps lets two transactions overlap that both expect a key to be
// absent, and put it, on the same page of the index. Had they read, one would run again.
func TestExpectationsLockNoGaps(t *testing.T) {
	t.Parallel()
	dsn := servers.Postgres(t)
	s, other := open(t, dsn, "s"), open(t, dsn, "s")
	err := s.Update(t.Context(), func(w kv.Writer) error {
		// The transaction begins by reading, whatever it reads.
		if _, err := w.Get([]byte("z")); !errors.Is(err, kv.ErrNotFound) {
			return err
		}
		if s.Stats().Reruns == 0 {
			if err := other.Update(t.Context(), fresh("y")); err != nil {
				return err
			}
		}
		return fresh("x")(w)
	})
	if again := s.Stats().Reruns + other.Stats().Reruns; err != nil || again != 0 {
		t.Errorf("%d runs more, error %v", again, err)
	}
	want(t, s, "x", "1")
	want(t, s, "y", "1")
}

func fresh(key string) func(kv.Writer) error {
	return func(w kv.Writer) error {
		free, err := w.Expect([]byte(key), nil)
		if err != nil || !free {
			return errors.Join(err, errors.New("taken"))
		}
		return set(key, "1")(w)
	}
}
