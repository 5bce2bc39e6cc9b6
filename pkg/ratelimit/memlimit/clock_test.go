package memlimit_test

import (
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/holdplane/holdplane/pkg/ratelimit/memlimit"
)

// TestClock has a limiter tell the time that it is, to the millisecond.
func TestClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := memlimit.New(memlimit.Options{})
		for range 1000 {
			time.Sleep(time.Duration(rand.Int64N(int64(3 * time.Second))))
			got, err := l.Check(t.Context(), check("clock", time.Minute))
			if err != nil {
				t.Fatal(err)
			}
			if now := time.Now().UnixMilli(); got[0].At != now {
				t.Fatalf("it is %d, decided at %d", now, got[0].At)
			}
		}
	})
}

func TestMetrics(t *testing.T) {
	l := memlimit.New(memlimit.Options{MaxKeys: 64})
	for _, name := range []string{"a", "b", "c"} {
		consume(t, l, check(name, time.Hour))
	}
	registry := prometheus.NewPedanticRegistry()
	if err := registry.Register(l); err != nil {
		t.Fatal(err)
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]float64)
	for _, f := range families {
		got[f.GetName()] = f.GetMetric()[0].GetGauge().GetValue() + f.GetMetric()[0].GetCounter().GetValue()
	}
	// Two of them may have met in a room for one.
	if sum := got["holdplane_ratelimit_counters"] + got["holdplane_ratelimit_evicted_total"]; sum != 3 || len(got) != 2 {
		t.Errorf("%v", got)
	}
}
