package kvtest

import (
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"

	"github.com/holdplane/holdplane/pkg/kv"
)

var isolationTests = []test{
	{"a View keeps the state it began with", viewKeepsState},
	{"a View sees what was acknowledged before it", viewSeesAcknowledged},
	{"a View never sees half a transaction", noHalves},
	{"counters lose no increment", counters},
	{"two readers of two keys do not both write", writeSkew},
	{"a range that was empty stays empty until the commit", phantoms},
	{"writers of fresh keys all succeed", freshKeys},
	{"a function that runs again finds a clean slate", cleanSlate},
}

const (
	workers = 8
	rounds  = 15
)

// each runs fn on several goroutines at once and reports every error.
func each(t *testing.T, n int, fn func(worker int) error) {
	t.Helper()
	var wg sync.WaitGroup
	for worker := range n {
		wg.Go(func() {
			if err := fn(worker); err != nil {
				t.Errorf("worker %d: %v", worker, err)
			}
		})
	}
	wg.Wait()
}

// number reads a decimal number; an absent key is 0.
func number(tx kv.Reader, key string) (int, error) {
	value, err := tx.Get([]byte(key))
	if errors.Is(err, kv.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(string(value))
}

func setNumber(tx kv.Writer, key string, n int) error {
	return tx.Put([]byte(key), strconv.AppendInt(nil, int64(n), 10))
}

func increment(key string) func(tx kv.Writer) error {
	return func(tx kv.Writer) error {
		n, err := number(tx, key)
		if err != nil {
			return err
		}
		return setNumber(tx, key, n+1)
	}
}

func viewKeepsState(t *testing.T, s kv.Store) {
	put(t, s, "a=1", "b=1")
	view(t, s, func(tx kv.Reader) error {
		before, err := scan(tx, kv.Range{})
		if err != nil {
			return err
		}
		each(t, workers, func(worker int) error {
			return s.Update(t.Context(), func(tx kv.Writer) error {
				if err := tx.Delete([]byte("a")); err != nil {
					return err
				}
				return putPairs(tx, []string{"b=2", fmt.Sprintf("c%d=2", worker)})
			})
		})
		after, err := scan(tx, kv.Range{})
		equal(t, "the second scan", after, before)
		return err
	})
}

func viewSeesAcknowledged(t *testing.T, s kv.Store) {
	each(t, workers, func(worker int) error {
		key := fmt.Sprintf("counter%d", worker)
		for i := range rounds {
			if err := s.Update(t.Context(), increment(key)); err != nil {
				return err
			}
			err := s.View(t.Context(), func(tx kv.Reader) error {
				n, err := number(tx, key)
				if err == nil && n != i+1 {
					err = fmt.Errorf("got %d after increment %d", n, i+1)
				}
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// noHalves moves amounts between two accounts and watches their sum.
func noHalves(t *testing.T, s kv.Store) {
	put(t, s, "a=1000", "b=1000")
	sum := func(tx kv.Reader) (a, b int, err error) {
		if a, err = number(tx, "a"); err != nil {
			return 0, 0, err
		}
		if b, err = number(tx, "b"); err == nil && a+b != 2000 {
			err = fmt.Errorf("a and b hold %d and %d, not 2000", a, b)
		}
		return a, b, err
	}
	each(t, workers, func(worker int) error {
		for range rounds {
			err := s.Update(t.Context(), func(tx kv.Writer) error {
				a, b, err := sum(tx)
				if err != nil {
					return err
				}
				return errors.Join(setNumber(tx, "a", a-worker), setNumber(tx, "b", b+worker))
			})
			if err != nil {
				return err
			}
			err = s.View(t.Context(), func(tx kv.Reader) error {
				_, _, err := sum(tx)
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func counters(t *testing.T, s kv.Store) {
	each(t, workers, func(worker int) error {
		for i := range rounds {
			if err := s.Update(t.Context(), increment(fmt.Sprintf("%d", (worker+i)%2))); err != nil {
				return err
			}
		}
		return nil
	})
	want(t, s, fmt.Sprintf("0=%d", workers*rounds/2), fmt.Sprintf("1=%d", workers*rounds/2))
}

// writeSkew lets everybody go off duty who sees another one on duty. Snapshots alone
// would let the last two go together.
func writeSkew(t *testing.T, s kv.Store) {
	for range rounds {
		put(t, s, "duty0=1", "duty1=1")
		each(t, 2, func(worker int) error {
			return s.Update(t.Context(), func(tx kv.Writer) error {
				other, err := number(tx, fmt.Sprintf("duty%d", 1-worker))
				if err != nil || other == 0 {
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

// phantoms lets everybody take a place in a range only when it is empty.
func phantoms(t *testing.T, s kv.Store) {
	for round := range rounds {
		prefix := fmt.Sprintf("round%02d/", round)
		each(t, workers, func(worker int) error {
			return s.Update(t.Context(), func(tx kv.Writer) error {
				taken, err := scan(tx, kv.Prefix([]byte(prefix)))
				if err != nil || len(taken) > 0 {
					return err
				}
				return tx.Put(fmt.Appendf(nil, "%s%d", prefix, worker), nil)
			})
		})
		view(t, s, func(tx kv.Reader) error {
			taken, err := scan(tx, kv.Prefix([]byte(prefix)))
			if err == nil && len(taken) != 1 {
				err = fmt.Errorf("%d workers found %s empty", len(taken), prefix)
			}
			return err
		})
	}
}

func freshKeys(t *testing.T, s kv.Store) {
	var expect []string
	for worker := range workers {
		for i := range rounds {
			expect = append(expect, fmt.Sprintf("%d/%02d=", worker, i))
		}
	}
	each(t, workers, func(worker int) error {
		for i := range rounds {
			err := s.Update(t.Context(), func(tx kv.Writer) error {
				return tx.Put(fmt.Appendf(nil, "%d/%02d", worker, i), nil)
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	want(t, s, expect...)
}

func cleanSlate(t *testing.T, s kv.Store) {
	put(t, s, "kept=1")
	each(t, workers, func(int) error {
		return s.Update(t.Context(), func(tx kv.Writer) error {
			if _, err := tx.Get([]byte("mark")); !errors.Is(err, kv.ErrNotFound) {
				return fmt.Errorf("the mark of another run is there: %v", err)
			}
			if err := tx.Put([]byte("mark"), nil); err != nil {
				return err
			}
			if err := increment("kept")(tx); err != nil {
				return err
			}
			return tx.Delete([]byte("mark"))
		})
	})
	want(t, s, fmt.Sprintf("kept=%d", workers+1))
}
