package password_test

import (
	"context"
	"errors"
	"maps"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc/codes"

	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/password"
)

// caller is a context that is asked for its end when its call is at work. It stays there
// until it is let go, and is then gone: nothing is hashed.
type caller struct {
	context.Context
	atWork chan<- string
	letGo  <-chan struct{}
	name   string
}

func (c caller) Err() error {
	c.atWork <- c.name
	<-c.letGo
	return context.Canceled
}

// crowd are callers of one pool.
type crowd struct {
	pool   *password.Pool
	atWork chan string
	letGo  chan struct{}
	calls  sync.WaitGroup
	mu     sync.Mutex
	ends   map[error]int
}

func newCrowd(o password.Options) *crowd {
	return &crowd{
		pool: password.NewPool(o), atWork: make(chan string, 500),
		letGo: make(chan struct{}), ends: map[error]int{},
	}
}

// call has one more caller, and waits until it works, waits or is refused.
func (c *crowd) call(t *testing.T, name string) {
	c.callFor(caller{t.Context(), c.atWork, c.letGo, name})
}

func (c *crowd) callFor(ctx context.Context) {
	c.calls.Go(func() {
		_, err := c.pool.Hash(ctx, "a password")
		c.mu.Lock()
		defer c.mu.Unlock()
		c.ends[err]++
	})
	synctest.Wait()
}

func (c *crowd) wantEnds(t *testing.T, want map[error]int) {
	t.Helper()
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, err := range []error{password.ErrBusy, context.Canceled, context.DeadlineExceeded} {
		if c.ends[err] != want[err] {
			t.Errorf("%d calls ended with %v, want %d", c.ends[err], err, want[err])
		}
	}
}

func TestPoolIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(password.Options{Running: 3, Waiting: 5})
		for range 20 {
			c.call(t, "")
		}
		if n := len(c.atWork); n != 3 {
			t.Errorf("%d are at work, want 3", n)
		}
		c.wantEnds(t, map[error]int{password.ErrBusy: 12})
		c.letGo <- struct{}{}
		synctest.Wait()
		if n := len(c.atWork); n != 4 {
			t.Errorf("%d began, want the fourth after the first left", n)
		}
		c.call(t, "")
		c.call(t, "")
		c.wantEnds(t, map[error]int{password.ErrBusy: 13, context.Canceled: 1})
		close(c.letGo)
		c.calls.Wait()
		c.wantEnds(t, map[error]int{password.ErrBusy: 13, context.Canceled: 9})
	})
}

func TestWhoCameFirstIsServedFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(password.Options{Running: 1})
		names := []string{"a", "b", "c", "d", "e", "f"}
		for _, name := range names {
			c.call(t, name)
		}
		close(c.letGo)
		c.calls.Wait()
		for _, name := range names {
			if got := <-c.atWork; got != name {
				t.Errorf("%s is at work, want %s", got, name)
			}
		}
	})
}

// Whoever gives up leaves room for another.
func TestWaitingEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(password.Options{Running: 1, Waiting: 1})
		c.call(t, "at work")
		for range 3 {
			patient, cancel := context.WithTimeout(t.Context(), time.Second)
			c.callFor(patient)
			c.call(t, "refused")
			<-patient.Done()
			cancel()
			synctest.Wait()
		}
		close(c.letGo)
		c.calls.Wait()
		if n := len(c.atWork); n != 1 {
			t.Errorf("%d were at work, want those gone before their turn to cost nothing", n)
		}
		c.wantEnds(t, map[error]int{password.ErrBusy: 3, context.DeadlineExceeded: 3, context.Canceled: 1})
	})
}

func TestMetrics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(password.Options{Running: 2, Waiting: 3})
		verify(t, c.pool, "", "a guess")
		for range 2 {
			if err := c.pool.Feint(t.Context(), "a guess"); err != nil {
				t.Error(err)
			}
		}
		for range 9 {
			c.call(t, "")
		}
		registry := prometheus.NewPedanticRegistry()
		registry.MustRegister(c.pool)
		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]float64{}
		for _, f := range families {
			m := f.GetMetric()[0]
			got[f.GetName()] = m.GetGauge().GetValue() + m.GetCounter().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
		want := map[string]float64{
			"holdplane_password_hashes_running": 2, "holdplane_password_hashes_waiting": 3,
			"holdplane_password_hashes_refused_total": 4, "holdplane_password_hash_seconds": 1, "holdplane_password_feints_total": 2,
		}
		if !maps.Equal(got, want) {
			t.Errorf("metrics are %v, want %v", got, want)
		}
		close(c.letGo)
		c.calls.Wait()
	})
}

func TestDefaultsLetOthersWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(password.Options{})
		for range 500 {
			c.call(t, "")
		}
		working := max(1, runtime.GOMAXPROCS(0)/2)
		if n := len(c.atWork); n != working {
			t.Errorf("%d are at work, want %d", n, working)
		}
		c.wantEnds(t, map[error]int{password.ErrBusy: 500 - 64 - working})
		close(c.letGo)
		c.calls.Wait()
	})
}

func TestBusyIsAFault(t *testing.T) {
	f := fault.From(password.ErrBusy)
	if f.Code != codes.ResourceExhausted || f.Reason != password.ReasonBusy || f.Message == "" {
		t.Errorf("callers see %v", f)
	}
}

func TestEndedContextsHashNothing(t *testing.T) {
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	p := password.NewPool(password.Options{})
	if h, err := p.Hash(gone, "a password"); h != "" || !errors.Is(err, context.Canceled) {
		t.Errorf("Hash = %q, %v", h, err)
	}
	if ok, err := p.Verify(gone, "", "a password"); ok || !errors.Is(err, context.Canceled) {
		t.Errorf("Verify = %v, %v", ok, err)
	}
	if err := p.Feint(gone, "a password"); !errors.Is(err, context.Canceled) {
		t.Errorf("Feint = %v", err)
	}
}
