package password

import "github.com/prometheus/client_golang/prometheus"

var (
	runningDesc = prometheus.NewDesc("holdplane_password_hashes_running", "Password hashes being computed.", nil, nil)
	waitingDesc = prometheus.NewDesc("holdplane_password_hashes_waiting", "Callers that wait for their turn to have a password hashed.", nil, nil)
	feintsDesc  = prometheus.NewDesc("holdplane_password_feints_total", "Passwords hashed for their cost alone, as the account was locked.", nil, nil)
	refusedDesc = prometheus.NewDesc("holdplane_password_hashes_refused_total", "Password hashes refused because too many waited.", nil, nil)
)

var _ prometheus.Collector = (*Pool)(nil)

func newSeconds() prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "holdplane_password_hash_seconds", Help: "Time from the call for a password hash to the hash, waiting included.",
		Buckets: []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
	})
}

// Describe implements prometheus.Collector.
func (p *Pool) Describe(to chan<- *prometheus.Desc) {
	to <- runningDesc
	to <- waitingDesc
	to <- refusedDesc
	to <- feintsDesc
	p.seconds.Describe(to)
}

// Collect implements prometheus.Collector.
func (p *Pool) Collect(to chan<- prometheus.Metric) {
	running := len(p.seats)
	waiting := max(0, len(p.places)-running) // some may have left between the two
	to <- prometheus.MustNewConstMetric(runningDesc, prometheus.GaugeValue, float64(running))
	to <- prometheus.MustNewConstMetric(waitingDesc, prometheus.GaugeValue, float64(waiting))
	to <- prometheus.MustNewConstMetric(refusedDesc, prometheus.CounterValue, float64(p.refused.Load()))
	to <- prometheus.MustNewConstMetric(feintsDesc, prometheus.CounterValue, float64(p.feints.Load()))
	p.seconds.Collect(to)
}
