package memlimit

import "github.com/prometheus/client_golang/prometheus"

var (
	countersDesc = prometheus.NewDesc("holdplane_ratelimit_counters", "Rate limit counters in this process's memory.", nil, nil)
	evictedDesc  = prometheus.NewDesc("holdplane_ratelimit_evicted_total",
		"Rate limit counters forgotten before their end for want of room: their limits were generous.", nil, nil)
)

var _ prometheus.Collector = (*Limiter)(nil)

// Describe implements prometheus.Collector.
func (l *Limiter) Describe(to chan<- *prometheus.Desc) {
	to <- countersDesc
	to <- evictedDesc
}

// Collect implements prometheus.Collector.
func (l *Limiter) Collect(to chan<- prometheus.Metric) {
	s := l.Stats()
	to <- prometheus.MustNewConstMetric(countersDesc, prometheus.GaugeValue, float64(s.Keys))
	to <- prometheus.MustNewConstMetric(evictedDesc, prometheus.CounterValue, float64(s.Evicted))
}
