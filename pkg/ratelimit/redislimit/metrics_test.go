package redislimit_test

import (
	"maps"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/holdplane/holdplane/internal/servers"
	"github.com/holdplane/holdplane/pkg/ratelimit"
	"github.com/holdplane/holdplane/pkg/ratelimit/redislimit"
)

// gather returns all values by name, and label if there is one.
func gather(t *testing.T, c prometheus.Collector) map[string]float64 {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	if err := registry.Register(c); err != nil {
		t.Fatal(err)
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	values := make(map[string]float64)
	for _, f := range families {
		for _, m := range f.GetMetric() {
			name := f.GetName()
			for _, label := range m.GetLabel() {
				name += " " + label.GetValue()
			}
			values[name] = m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
	}
	return values
}

func TestMetrics(t *testing.T) {
	server := servers.StartRedis(t)
	l := open(t, redislimit.Options{URL: "redis://" + server.Addr})
	want := func(want map[string]float64) {
		t.Helper()
		for name, got := range gather(t, l) {
			if want[name] != got {
				t.Errorf("%s is %v, want %v", name, got, want[name])
			}
			delete(want, name)
		}
		for name, v := range want {
			if v != 0 {
				t.Errorf("%s is missing", name)
			}
		}
	}
	until(t, 10*time.Second, func() bool { return ask(t, l, long("warm", 10, 0)).verdict.Source == ratelimit.Counted })
	before := gather(t, l)
	mustCheck(t, l, long("a", 10, 10))
	mustCheck(t, l, long("a", 10, 1))
	mustCheck(t, l, long("a", 10, 1))
	before["holdplane_ratelimit_checks_total counted"] += 2
	before["holdplane_ratelimit_checks_total bounded"]++
	before["holdplane_ratelimit_counters"]++
	want(maps.Clone(before))
	server.Kill(t)
	closed := long("b", 10, 1)
	closed.OnOutage = ratelimit.Closed
	for range 10 {
		_ = ask(t, l, closed)
	}
	mustCheck(t, l, long("b", 10, 1))
	got := gather(t, l)
	for name, v := range map[string]float64{
		"holdplane_ratelimit_degraded": 1, "holdplane_ratelimit_owed": 1,
		"holdplane_ratelimit_checks_total refused": before["holdplane_ratelimit_checks_total refused"] + 10,
		"holdplane_ratelimit_checks_total local":   before["holdplane_ratelimit_checks_total local"] + 1,
	} {
		if got[name] != v {
			t.Errorf("without Redis %s is %v, want %v", name, got[name], v)
		}
	}
}
