package kvtest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/pkg/kv"
)

var failureTests = []test{
	{"an error undoes the transaction and is returned", errorUndoes},
	{"a View returns its function's error", viewError},
	{"an error hurts nobody else", errorsHurtNobody},
	{"a panic reaches its caller and hurts nobody else", panics},
	{"nothing runs for a context that has ended", endedContext},
	{"nothing runs after Update has returned", cancelled},
}

var errTest = errors.New("the test's own error")

func errorUndoes(t *testing.T, s kv.Store) {
	put(t, s, "a=1", "b=2")
	err := s.Update(t.Context(), func(tx kv.Writer) error {
		if err := putPairs(tx, []string{"a=3", "c=4"}); err != nil {
			return err
		}
		if err := tx.Delete([]byte("b")); err != nil {
			return err
		}
		return fmt.Errorf("wrapped: %w", errTest)
	})
	wantErr(t, "Update", err, errTest)
	want(t, s, "a=1", "b=2")
}

func viewError(t *testing.T, s kv.Store) {
	wantErr(t, "View", s.View(t.Context(), func(kv.Reader) error { return errTest }), errTest)
}

// errorsHurtNobody makes every second transaction fail late, also after reading what
// others have changed.
func errorsHurtNobody(t *testing.T, s kv.Store) {
	each(t, workers, func(worker int) error {
		for i := range rounds {
			err := s.Update(t.Context(), func(tx kv.Writer) error {
				if err := increment("n")(tx); err != nil || i%2 == 0 {
					return err
				}
				return errTest
			})
			if fails := i%2 == 1; fails != errors.Is(err, errTest) {
				return fmt.Errorf("round %d: %w", i, err)
			}
		}
		return nil
	})
	want(t, s, fmt.Sprintf("n=%d", workers*((rounds+1)/2)))
}

func panics(t *testing.T, s kv.Store) {
	boom := func(call func() error) (what string) {
		defer func() {
			if v := recover(); v != nil {
				what = fmt.Sprint(v)
			}
		}()
		return fmt.Sprint(call())
	}
	each(t, workers, func(worker int) error {
		for range rounds {
			if worker > 0 {
				if err := s.Update(t.Context(), increment("n")); err != nil {
					return err
				}
				continue
			}
			got := boom(func() error {
				return s.Update(t.Context(), func(tx kv.Writer) error {
					return errors.Join(increment("n")(tx), explode())
				})
			})
			if !strings.Contains(got, "boom") {
				return fmt.Errorf("Update ended with %s", got)
			}
		}
		return nil
	})
	if got := boom(func() error { return s.View(t.Context(), func(kv.Reader) error { return explode() }) }); !strings.Contains(got, "boom") {
		t.Errorf("View ended with %s", got)
	}
	want(t, s, fmt.Sprintf("n=%d", (workers-1)*rounds))
}

func explode() error { panic("boom") }

func endedContext(t *testing.T, s kv.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	ran := false
	wantErr(t, "Update", s.Update(ctx, func(kv.Writer) error { ran = true; return nil }), context.Canceled)
	wantErr(t, "View", s.View(ctx, func(kv.Reader) error { ran = true; return nil }), context.Canceled)
	if ran {
		t.Error("a function ran")
	}
}

// cancelled ends contexts at random moments. Functions write a variable of their
// caller, so the race detector sees one that runs too late.
func cancelled(t *testing.T, s kv.Store) {
	each(t, workers, func(worker int) error {
		random := rand.New(rand.NewPCG(1, uint64(worker)))
		for i := range rounds {
			ctx, cancel := context.WithCancel(t.Context())
			go func(yields int) {
				for range yields {
					runtime.Gosched()
				}
				cancel()
			}(random.IntN(50))
			key := fmt.Appendf(nil, "%d/%d", worker, i)
			runs := 0
			err := s.Update(ctx, func(tx kv.Writer) error { runs++; return tx.Put(key, key) })
			switch {
			case err == nil && runs == 0:
				return errors.New("Update succeeded without running its function")
			case err == nil:
				err = s.View(t.Context(), func(tx kv.Reader) error { return wantValue(t, tx, string(key), string(key)) })
			case errors.Is(err, context.Canceled):
				err = nil
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}
