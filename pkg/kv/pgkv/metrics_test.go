package pgkv_test

import (
	"errors"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/holdplane/holdplane/internal/servers"
	"github.com/holdplane/holdplane/pkg/kv"
)

// TestMetrics registers two stores, as a process with two services does.
func TestMetrics(t *testing.T) {
	t.Parallel()
	dsn, registry := servers.Postgres(t), prometheus.NewPedanticRegistry()
	s, other := open(t, dsn, "s"), open(t, dsn, "other")
	if err := errors.Join(registry.Register(s), registry.Register(other)); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second is not as expected: two runs
		err := s.Update(t.Context(), func(w kv.Writer) error {
			if free, err := w.Expect([]byte("x"), nil); err != nil || !free {
				return err
			}
			return set("x", "1")(w)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			got[f.GetName()+" "+m.GetLabel()[0].GetValue()] = m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
	}
	for name, want := range map[string]float64{
		"holdplane_store_updates_total s": 2, "holdplane_store_reruns_total s": 1,
		"holdplane_store_calls s":             0, // how many connections it took is the pool's affair
		"holdplane_store_updates_total other": 0, "holdplane_store_reruns_total other": 0,
		"holdplane_store_calls other": 0, "holdplane_store_connections other": 0, "holdplane_store_idle_connections other": 0,
	} {
		if value, ok := got[name]; value != want || !ok {
			t.Errorf("%s is %v, there: %t; want %v", name, value, ok, want)
		}
	}
}
