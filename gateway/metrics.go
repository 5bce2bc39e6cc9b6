package gateway

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

// meters count requests by dialect, route pattern and status class: never by path,
// which holds ids.
type meters struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	panics   prometheus.Counter
}

func newMeters(reg prometheus.Registerer) (*meters, error) {
	m := &meters{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "holdplane_gateway_requests_total",
			Help: "HTTP requests answered, by dialect, route pattern and status class.",
		}, []string{"dialect", "route", "class"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "holdplane_gateway_request_duration_seconds",
			Help:    "Time from the request's header to the last byte of its answer.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"dialect", "route"}),
		panics: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "holdplane_gateway_panics_total",
			Help: "Panics that were answered as internal errors.",
		}),
	}
	for _, c := range []prometheus.Collector{m.requests, m.seconds, m.panics} {
		if err := reg.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics: %w", err)
		}
	}
	return m, nil
}

// resolve looks a route's children up once, so that a request costs no map lookups.
func (m *meters) resolve(dialect string, r *route) {
	for i, class := range [4]string{"2xx", "3xx", "4xx", "5xx"} {
		r.classes[2+i] = m.requests.WithLabelValues(dialect, r.label, class)
	}
	r.seconds = m.seconds.WithLabelValues(dialect, r.label)
}
