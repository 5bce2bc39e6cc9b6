package pgkv

import "github.com/prometheus/client_golang/prometheus"

var _ prometheus.Collector = (*Store)(nil)

// meters describe the figures of Stats to Prometheus.
type meters struct{ updates, reruns, calls, connections, idle *prometheus.Desc }

func newMeters(schema string) meters {
	describe := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc("holdplane_store_"+name, help, nil, prometheus.Labels{"schema": schema})
	}
	return meters{
		updates:     describe("updates_total", "Updates on PostgreSQL, however they ended."),
		reruns:      describe("reruns_total", "Runs of Updates beyond their first: others were in the way, or things were not as expected."),
		calls:       describe("calls", "Views and Updates that run or wait for a connection to PostgreSQL."),
		connections: describe("connections", "Open connections to PostgreSQL."),
		idle:        describe("idle_connections", "Connections to PostgreSQL that nobody uses."),
	}
}

// Describe implements prometheus.Collector.
func (s *Store) Describe(ch chan<- *prometheus.Desc) {
	m := s.meters
	for _, d := range []*prometheus.Desc{m.updates, m.reruns, m.calls, m.connections, m.idle} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (s *Store) Collect(ch chan<- prometheus.Metric) {
	stats := s.Stats()
	counter := func(d *prometheus.Desc, n int64) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n))
	}
	gauge := func(d *prometheus.Desc, n int) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(n))
	}
	counter(s.meters.updates, stats.Updates)
	counter(s.meters.reruns, stats.Reruns)
	gauge(s.meters.calls, stats.Calls)
	gauge(s.meters.connections, stats.Connections)
	gauge(s.meters.idle, stats.Idle)
}
