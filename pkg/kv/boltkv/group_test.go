package boltkv_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/boltkv"
)

// held keeps the writer busy inside a function, so that a queue forms behind it.
type held struct {
	free chan struct{}
	once sync.Once
}

// hold begins an Update whose function ends on release.
func hold(t *testing.T, s *boltkv.Store) (h *held, result chan error) {
	t.Helper()
	h = &held{free: make(chan struct{})}
	t.Cleanup(h.release)
	inside, result := make(chan struct{}), make(chan error, 1)
	go func() {
		result <- s.Update(context.Background(), func(tx kv.Writer) error {
			close(inside)
			<-h.free
			return tx.Put([]byte("held"), nil)
		})
	}()
	<-inside
	return h, result
}

func (h *held) release() { h.once.Do(func() { close(h.free) }) }

// wait waits until so many calls are in the queue.
func (h *held) wait(t *testing.T, s *boltkv.Store, n int) {
	t.Helper()
	for {
		stats, err := s.Stats()
		if err != nil {
			t.Fatal(err)
		}
		if stats.Waiting >= n {
			return
		}
		runtime.Gosched()
	}
}

func newStore(t *testing.T) *boltkv.Store { return open(t, t.TempDir(), boltkv.Options{}) }

func TestGroupIsOneCommit(t *testing.T) {
	s := newStore(t)
	before := s.Commits()
	h, first := hold(t, s)
	const n = 100
	answers := make(chan error)
	for i := range n {
		go func() {
			answers <- s.Update(context.Background(), func(tx kv.Writer) error {
				if i%10 == 0 {
					return errors.Join(tx.Put([]byte("n"), nil), errors.New("own error"))
				}
				return appendByte(tx, "n")
			})
		}()
	}
	h.wait(t, s, n)
	h.release()
	failed := 0
	for range n {
		if err := <-answers; err != nil {
			failed++
		}
	}
	if err := <-first; err != nil || failed != n/10 {
		t.Errorf("%d failed, the first: %v", failed, err)
	}
	// The first call's group is closed by then, or not; there is no third.
	if commits := s.Commits() - before; commits > 2 {
		t.Errorf("%d commits", commits)
	}
	if value, err := get(s, "n"); len(value) != n-n/10 || err != nil {
		t.Errorf("%d changes of %d are there, error %v", len(value), n-n/10, err)
	}
}

func appendByte(tx kv.Writer, key string) error {
	value, err := tx.Get([]byte(key))
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		return err
	}
	return tx.Put([]byte(key), append(append([]byte(nil), value...), 'x'))
}

func TestNothingChangedNeedsNoCommit(t *testing.T) {
	s := newStore(t)
	before := s.Commits()
	for range 3 {
		if err := s.Update(t.Context(), func(kv.Writer) error { return nil }); err != nil {
			t.Error(err)
		}
		own := errors.New("own error")
		err := s.Update(t.Context(), func(tx kv.Writer) error { return errors.Join(tx.Put([]byte("a"), nil), own) })
		if !errors.Is(err, own) {
			t.Error(err)
		}
	}
	if s.Commits() != before {
		t.Errorf("%d commits", s.Commits()-before)
	}
}

func TestLargeValuesAreSeveralCommits(t *testing.T) {
	s := newStore(t)
	before := s.Commits()
	h, _ := hold(t, s)
	const n = 10
	answers := make(chan error)
	for i := range n {
		go func() {
			answers <- s.Update(context.Background(), func(tx kv.Writer) error {
				return tx.Put(fmt.Append(nil, i), make([]byte, kv.MaxValueLen))
			})
		}()
	}
	h.wait(t, s, n)
	h.release()
	for range n {
		if err := <-answers; err != nil {
			t.Error(err)
		}
	}
	if commits := s.Commits() - before; commits < 3 {
		t.Errorf("%d commits for %d values of 4 MiB", commits, n)
	}
}

func TestFullQueueRefuses(t *testing.T) {
	s := newStore(t)
	h, _ := hold(t, s)
	var wg sync.WaitGroup
	ran := make([]int, boltkv.MaxWaiting)
	for i := range ran {
		wg.Go(func() {
			if err := s.Update(context.Background(), func(kv.Writer) error { ran[i]++; return nil }); err != nil {
				t.Error(err)
			}
		})
	}
	h.wait(t, s, boltkv.MaxWaiting)
	if err := s.Update(t.Context(), func(kv.Writer) error { return nil }); !errors.Is(err, kv.ErrBusy) {
		t.Errorf("one too many: %v", err)
	}
	h.release()
	wg.Wait()
	for i, n := range ran {
		if n != 1 {
			t.Errorf("function %d ran %d times", i, n)
		}
	}
}

func TestCallerMayLeaveTheQueue(t *testing.T) {
	s := newStore(t)
	h, first := hold(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	answer, ran := make(chan error), false
	go func() { answer <- s.Update(ctx, func(kv.Writer) error { ran = true; return nil }) }()
	h.wait(t, s, 1)
	cancel()
	if err := <-answer; !errors.Is(err, context.Canceled) {
		t.Errorf("Update: %v", err)
	}
	h.release()
	if err := errors.Join(<-first, s.Close()); err != nil || ran {
		t.Errorf("the function ran: %t; error %v", ran, err)
	}
}

// TestGoexit ends the writer's goroutine from inside a function, as t.FailNow would.
func TestGoexit(t *testing.T) {
	s := newStore(t)
	for range 2 {
		err := s.Update(t.Context(), func(kv.Writer) error { runtime.Goexit(); return nil })
		if !errors.Is(err, kv.ErrFailed) {
			t.Errorf("Update: %v", err)
		}
	}
}

func TestPanicKeepsItsStack(t *testing.T) {
	s := newStore(t)
	cause := errors.New("boom")
	defer func() {
		err, ok := recover().(error)
		if !ok || !errors.Is(err, cause) {
			t.Fatalf("recovered %v", err)
		}
		if got := fmt.Sprint(err); !strings.Contains(got, "boom") || !strings.Contains(got, "TestPanicKeepsItsStack") {
			t.Errorf("recovered %s", got)
		}
	}()
	err := s.Update(t.Context(), func(kv.Writer) error { panic(cause) })
	t.Errorf("Update returned %v", err)
}
