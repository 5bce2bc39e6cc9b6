package memo_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/holdplane/holdplane/pkg/memo"
)

// gated answers with how often it was asked, once the gate opens for that question.
func gated(group string, gates ...chan struct{}) *source {
	return &source{answer: func(ctx context.Context, n int32) (memo.Answer[int32], error) {
		if int(n) <= len(gates) {
			<-gates[n-1]
		}
		return memo.Answer[int32]{Value: n, Group: group}, ctx.Err()
	}}
}

func TestManyCallersAskOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		c, s := newCache(8), gated("", gate)
		var callers sync.WaitGroup
		for range 50 {
			callers.Go(func() { get(t, c, "k", s, 1) })
		}
		synctest.Wait()
		close(gate)
		callers.Wait()
	})
}

// The first caller going away must not fail those who wait for the same answer.
func TestLoadsOutliveTheirCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		c, s := newCache(8), gated("", gate)
		first, cancel := context.WithCancel(t.Context())
		var callers sync.WaitGroup
		callers.Go(func() {
			if _, err := c.Get(first, "k", s.load); !errors.Is(err, context.Canceled) {
				t.Errorf("the first caller got %v, want its own end", err)
			}
		})
		synctest.Wait()
		callers.Go(func() { get(t, c, "k", s, 1) })
		synctest.Wait()
		cancel()
		synctest.Wait()
		close(gate)
		callers.Wait()
	})
}

// An answer from before a change must neither be kept nor given to whoever asks after it,
// and answers that the change does not touch are both.
func TestAnswersUnderWayAreForgotten(t *testing.T) {
	for _, tt := range []struct {
		name   string
		forget func(*memo.Cache[string, int32])
		// want is what one gets who asks after the forgetting, and after everything.
		want int32
	}{
		{"by key", func(c *memo.Cache[string, int32]) { c.Forget("k") }, 2},
		{"by group", func(c *memo.Cache[string, int32]) { c.ForgetGroup("g") }, 2},
		{"by group, twice", func(c *memo.Cache[string, int32]) { c.ForgetGroup("g"); c.ForgetGroup("g") }, 2},
		{"with everything", func(c *memo.Cache[string, int32]) { c.Flush() }, 2},
		{"but not by another's key", func(c *memo.Cache[string, int32]) { c.Forget("x") }, 1},
		{"but not by another group", func(c *memo.Cache[string, int32]) { c.ForgetGroup("x") }, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				first := make(chan struct{})
				c, s := newCache(4096), gated("g", first)
				var callers sync.WaitGroup
				callers.Go(func() { get(t, c, "k", s, 1) })
				synctest.Wait()
				tt.forget(c)
				callers.Go(func() { get(t, c, "k", s, tt.want) })
				synctest.Wait()
				close(first)
				callers.Wait()
				get(t, c, "k", s, tt.want)
			})
		})
	}
}

// An answer is as old as its question.
func TestAgeCountsFromTheQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := newCache(8), counting("", 0)
		slow := func(ctx context.Context) (memo.Answer[int32], error) {
			time.Sleep(ttl - time.Second)
			return s.load(ctx)
		}
		if got, err := c.Get(t.Context(), "k", slow); got != 1 || err != nil {
			t.Fatal(got, err)
		}
		time.Sleep(time.Second - 1)
		get(t, c, "k", s, 1)
		time.Sleep(1)
		get(t, c, "k", s, 2)
	})
}

// A load that hangs, breaks or ends its goroutine is an error of those who wait.
func TestLoadsThatFail(t *testing.T) {
	for _, tt := range []struct {
		name string
		load func(context.Context) (memo.Answer[int32], error)
	}{
		{"one that hangs", func(ctx context.Context) (memo.Answer[int32], error) {
			<-ctx.Done()
			return memo.Answer[int32]{}, ctx.Err()
		}},
		{"one that panics", func(context.Context) (memo.Answer[int32], error) { panic("broken") }},
		{"one that does not return", func(context.Context) (memo.Answer[int32], error) {
			runtime.Goexit()
			return memo.Answer[int32]{}, nil
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, s := newCache(8), counting("", 0)
				if _, err := c.Get(t.Context(), "k", tt.load); err == nil {
					t.Error("no error")
				}
				get(t, c, "k", s, 1)
			})
		})
	}
}

func BenchmarkKnown(b *testing.B) {
	c := memo.New[[32]byte, *int](memo.Options{Size: 1 << 16, TTL: time.Hour})
	k, v := [32]byte{7}, 1
	load := func(context.Context) (memo.Answer[*int], error) { return memo.Answer[*int]{Value: &v}, nil }
	if _, err := c.Get(b.Context(), k, load); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, ok := c.Known(k); !ok {
				b.Error("unknown")
			}
		}
	})
}
