package auth_test

import (
	"context"
	"encoding/binary"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
)

// oracle is a verifier whose answers tests give. It counts the questions.
type oracle struct {
	asked  atomic.Int32
	answer func(ctx context.Context) (*auth.Principal, error)
}

func (o *oracle) Verify(ctx context.Context, _ auth.Digest) (*auth.Principal, error) {
	o.asked.Add(1)
	return o.answer(ctx)
}

func always(p *auth.Principal, err error) func(context.Context) (*auth.Principal, error) {
	return func(context.Context) (*auth.Principal, error) { return p, err }
}

var (
	errUnknown = fault.Unauthenticated(fault.ReasonCredentialBad, "key not found")
	errDown    = fault.Unavailable("identity is down")
	digest     = auth.DigestOf("key")
)

func TestCacheBelievesAnswersForAWhile(t *testing.T) {
	holder := &auth.Principal{Kind: auth.KindRootKey, Tenant: "ws_1"}
	for _, c := range []struct {
		name   string
		holder *auth.Principal
		err    error
		ttl    time.Duration
	}{
		{"a holder", holder, nil, auth.PositiveTTL},
		{"an unknown credential", nil, errUnknown, auth.NegativeTTL},
		{"a failure is no answer", nil, errDown, 0},
		{"an internal error is no answer", nil, errors.New("disk"), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := &oracle{answer: always(c.holder, c.err)}
				cache := auth.NewCache(o)
				ask := func(want int32) {
					t.Helper()
					p, err := cache.Verify(t.Context(), digest)
					if p != c.holder || !errors.Is(err, c.err) || o.asked.Load() != want {
						t.Fatalf("got %v, %v after %d questions, want %v, %v after %d", p, err, o.asked.Load(), c.holder, c.err, want)
					}
				}
				ask(1)
				if c.ttl > 0 {
					time.Sleep(c.ttl - time.Nanosecond)
					ask(1)
					time.Sleep(time.Nanosecond)
				}
				ask(2)
			})
		})
	}
}

func TestCacheForgetsACredentialAtItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &oracle{answer: always(&auth.Principal{Expires: time.Now().Add(time.Second)}, nil)}
		cache := auth.NewCache(o)
		for range 2 {
			if _, err := cache.Verify(t.Context(), digest); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Second)
		o.answer = always(nil, errUnknown)
		if _, err := cache.Verify(t.Context(), digest); !errors.Is(err, errUnknown) {
			t.Errorf("got %v for a credential that has ended", err)
		}
	})
}

func TestCacheServesWhileTheVerifierIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &oracle{answer: always(rootKey, nil)}
		cache := auth.NewCache(o)
		if _, err := cache.Verify(t.Context(), digest); err != nil {
			t.Fatal(err)
		}
		o.answer = always(nil, errDown)
		if p, err := cache.Verify(t.Context(), digest); p != rootKey || err != nil {
			t.Errorf("got %v, %v for a credential known a moment ago", p, err)
		}
		time.Sleep(auth.PositiveTTL)
		if _, err := cache.Verify(t.Context(), digest); fault.From(err).Code != codes.Unavailable {
			t.Errorf("got %v, want Unavailable", err)
		}
	})
}

func TestCacheAsksOnceForManyCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		o := &oracle{answer: func(context.Context) (*auth.Principal, error) { <-gate; return rootKey, nil }}
		cache := auth.NewCache(o)
		var callers sync.WaitGroup
		for range 50 {
			callers.Go(func() {
				if p, err := cache.Verify(t.Context(), digest); p != rootKey || err != nil {
					t.Errorf("got %v, %v", p, err)
				}
			})
		}
		synctest.Wait()
		close(gate)
		callers.Wait()
		if n := o.asked.Load(); n != 1 {
			t.Errorf("%d questions, want 1", n)
		}
	})
}

// The first caller going away must not fail those who wait for the same answer.
func TestCacheOutlivesTheCallerThatAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		o := &oracle{answer: func(ctx context.Context) (*auth.Principal, error) { <-gate; return rootKey, ctx.Err() }}
		cache := auth.NewCache(o)
		first, cancel := context.WithCancel(t.Context())
		var callers sync.WaitGroup
		callers.Go(func() {
			if _, err := cache.Verify(first, digest); !errors.Is(err, context.Canceled) {
				t.Errorf("the first caller got %v, want its own end", err)
			}
		})
		synctest.Wait()
		callers.Go(func() {
			if p, err := cache.Verify(t.Context(), digest); p != rootKey || err != nil {
				t.Errorf("the second caller got %v, %v", p, err)
			}
		})
		synctest.Wait()
		cancel()
		synctest.Wait()
		close(gate)
		callers.Wait()
	})
}

// An answer from before a revocation must neither be kept nor given to whoever asks
// after it.
func TestFlushDisownsAnswersUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		o := &oracle{answer: func(context.Context) (*auth.Principal, error) { <-gate; return rootKey, nil }}
		cache := auth.NewCache(o)
		var early sync.WaitGroup
		early.Go(func() { _, _ = cache.Verify(t.Context(), digest) })
		synctest.Wait()
		cache.Flush()
		o.answer = always(nil, errUnknown)
		if _, err := cache.Verify(t.Context(), digest); !errors.Is(err, errUnknown) {
			t.Errorf("after the flush: got %v, want errUnknown", err)
		}
		close(gate)
		early.Wait()
		if _, err := cache.Verify(t.Context(), digest); !errors.Is(err, errUnknown) {
			t.Errorf("after the old answer came: got %v, want errUnknown", err)
		}
	})
}

func TestFlushForgetsEverything(t *testing.T) {
	o := &oracle{answer: always(rootKey, nil)}
	cache := auth.NewCache(o)
	for range 2 {
		if _, err := cache.Verify(t.Context(), digest); err != nil {
			t.Fatal(err)
		}
		cache.Flush()
	}
	if n := o.asked.Load(); n != 2 {
		t.Errorf("%d questions, want 2", n)
	}
}

// A flood of made-up credentials must not grow the cache without end; afterwards it
// still remembers.
func TestCacheIsBounded(t *testing.T) {
	const bound, flood = 1 << 16, 70_000
	synctest.Test(t, func(t *testing.T) { // here the answers don't end by themselves
		o := &oracle{answer: always(nil, errUnknown)}
		cache := auth.NewCache(o)
		verify := func(i int) {
			var d auth.Digest
			binary.BigEndian.PutUint64(d[:], uint64(i))
			if _, err := cache.Verify(t.Context(), d); !errors.Is(err, errUnknown) {
				t.Fatal(err)
			}
		}
		for i := range flood {
			verify(i)
		}
		verify(flood - 1)
		if n := o.asked.Load(); n != flood {
			t.Errorf("the last answer was not remembered: %d questions, want %d", n, flood)
		}
		for i := range flood {
			verify(i)
		}
		if n := o.asked.Load(); n < flood+(flood-bound) {
			t.Errorf("%d questions for two rounds of %d credentials: more than %d are kept", n, flood, bound)
		}
	})
}

// A slow verifier's answer may be from before a change: it is as old as the question.
func TestCacheCountsFromTheQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		holder := &auth.Principal{Kind: auth.KindRootKey, Tenant: "ws_1"}
		const slow = 3 * time.Second
		o := &oracle{answer: func(context.Context) (*auth.Principal, error) {
			time.Sleep(slow)
			return holder, nil
		}}
		cache := auth.NewCache(o)
		if _, err := cache.Verify(t.Context(), digest); err != nil {
			t.Fatal(err)
		}
		o.answer = always(nil, errUnknown)
		time.Sleep(auth.PositiveTTL - slow)
		if _, err := cache.Verify(t.Context(), digest); !errors.Is(err, errUnknown) {
			t.Errorf("a credential revoked after the question still opens %v later: %v", auth.PositiveTTL, err)
		}
	})
}
