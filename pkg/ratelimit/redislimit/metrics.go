package redislimit

import "github.com/prometheus/client_golang/prometheus"

var (
	checksDesc = prometheus.NewDesc("holdplane_ratelimit_checks_total",
		"Rate limit checks by who decided: counted by Redis, bounded by what Redis said before, local to this process, or refused.",
		[]string{"decided"}, nil)
	degradedDesc = prometheus.NewDesc("holdplane_ratelimit_degraded",
		"1 while a Redis is not asked, so that its checks are decided locally or refused.", nil, nil)
	owedDesc = prometheus.NewDesc("holdplane_ratelimit_owed",
		"Windows with local decisions that Redis does not know of yet.", nil, nil)
	lostDesc = prometheus.NewDesc("holdplane_ratelimit_lost_total",
		"Sums of local decisions and reservations to give back that may never have got to Redis.", nil, nil)
	restoredDesc = prometheus.NewDesc("holdplane_ratelimit_restored_total",
		"Counters that Redis had lost and that went on from what this process knew.", nil, nil)
)

var _ prometheus.Collector = (*Limiter)(nil)

// Describe implements prometheus.Collector.
func (l *Limiter) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{checksDesc, degradedDesc, owedDesc, lostDesc, restoredDesc} {
		to <- d
	}
	l.local.Describe(to)
}

// Collect implements prometheus.Collector.
func (l *Limiter) Collect(to chan<- prometheus.Metric) {
	put := func(d *prometheus.Desc, kind prometheus.ValueType, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, kind, value, labels...)
	}
	s := &l.stats
	put(checksDesc, prometheus.CounterValue, float64(s.counted.Load()), "counted")
	put(checksDesc, prometheus.CounterValue, float64(s.bounded.Load()), "bounded")
	put(checksDesc, prometheus.CounterValue, float64(s.local.Load()), "local")
	put(checksDesc, prometheus.CounterValue, float64(s.refused.Load()), "refused")
	degraded := 0.0
	if l.Degraded() {
		degraded = 1
	}
	put(degradedDesc, prometheus.GaugeValue, degraded)
	put(owedDesc, prometheus.GaugeValue, float64(l.debts.count()))
	put(lostDesc, prometheus.CounterValue, float64(s.lost.Load()))
	put(restoredDesc, prometheus.CounterValue, float64(s.restored.Load()))
	l.local.Collect(to)
}
