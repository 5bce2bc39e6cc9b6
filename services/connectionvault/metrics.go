package connectionvault

import "github.com/prometheus/client_golang/prometheus"

var (
	refreshesDesc = prometheus.NewDesc("holdplane_connection_refreshes_total",
		"Tokens of connections refreshed, or not.", []string{"outcome"}, nil)
	lostDesc = prometheus.NewDesc("holdplane_connection_tokens_lost_total",
		"Refresh tokens that were sent once without an answer, and refused when they were sent again.", nil, nil)
)

var _ prometheus.Collector = (*Service)(nil)

// Describe implements prometheus.Collector.
func (s *Service) Describe(to chan<- *prometheus.Desc) {
	to <- refreshesDesc
	to <- lostDesc
}

// Collect implements prometheus.Collector.
func (s *Service) Collect(to chan<- prometheus.Metric) {
	for outcome, n := range map[string]uint64{
		"refreshed": s.refreshes.refreshed.Load(), "refused": s.refreshes.refused.Load(), "failed": s.refreshes.failed.Load(),
	} {
		to <- prometheus.MustNewConstMetric(refreshesDesc, prometheus.CounterValue, float64(n), outcome)
	}
	to <- prometheus.MustNewConstMetric(lostDesc, prometheus.CounterValue, float64(s.refreshes.lost.Load()))
}
