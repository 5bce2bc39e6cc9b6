package rpc

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/jsonlog"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/requestid"
)

// Observer counts calls, logs their failures, and turns whatever comes out of a
// handler, panics included, into a fault. It is the only logger of errors.
type Observer struct {
	log     *slog.Logger
	latency *prometheus.HistogramVec
	calls   *prometheus.CounterVec
	panics  prometheus.Counter
	meters  sync.Map // full method name -> *meter
}

// meter is a method's metrics, looked up once: by label it costs more than the call's
// own validation.
type meter struct {
	latency prometheus.Observer
	calls   [codes.Unauthenticated + 1]prometheus.Counter
}

// NewObserver registers its metrics with r. Their labels are method and code: nothing
// of a tenant's.
func NewObserver(log *slog.Logger, r prometheus.Registerer) (*Observer, error) {
	o := &Observer{
		log: log,
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "holdplane_rpc_duration_seconds", Help: "Time a gRPC method took.",
			Buckets: []float64{.00005, .0001, .00025, .0005, .001, .0025, .005, .01, .025, .1, .5, 2.5, 10},
		}, []string{"method"}),
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "holdplane_rpc_calls_total", Help: "Calls of a gRPC method by the code they ended with.",
		}, []string{"method", "code"}),
		panics: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "holdplane_rpc_panics_total", Help: "Handlers that panicked. Each is a defect.",
		}),
	}
	for _, c := range []prometheus.Collector{o.latency, o.calls, o.panics} {
		if err := r.Register(c); err != nil {
			return nil, fmt.Errorf("register rpc metrics: %w", err)
		}
	}
	return o, nil
}

// Local observes calls within the process: the gateway has logged the request already.
func (o *Observer) Local(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	answer, _, err := o.observe(ctx, req, info, handler)
	return answer, err
}

// Network observes calls from outside the process: one line each.
func (o *Observer) Network(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	answer, took, err := o.observe(ctx, req, info, handler)
	if o.log.Enabled(ctx, slog.LevelInfo) {
		jsonlog.Line(ctx, o.log, slog.LevelInfo, "rpc",
			slog.String("method", info.FullMethod),
			slog.String("code", codeOf(err).String()),
			slog.Float64("duration_ms", float64(took.Microseconds())/1000),
			slog.String("request_id", requestid.From(ctx)))
	}
	return answer, err
}

func (o *Observer) observe(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, time.Duration, error) {
	start := time.Now()
	answer, err := o.shield(ctx, req, info, handler)
	took := time.Since(start)
	m := o.meter(info.FullMethod)
	m.latency.Observe(took.Seconds())
	if err == nil {
		m.calls[codes.OK].Inc()
		return answer, took, nil
	}
	f := faultOf(err)
	m.calls[min(int(f.Code), len(m.calls)-1)].Inc()
	if f.Code == codes.Internal || f.Code == codes.Unavailable {
		o.log.ErrorContext(ctx, "rpc failed", "method", info.FullMethod, "error", err, "request_id", requestid.From(ctx))
	}
	return nil, took, f
}

func (o *Observer) meter(method string) *meter {
	if m, ok := o.meters.Load(method); ok {
		return m.(*meter)
	}
	m := &meter{latency: o.latency.WithLabelValues(method)}
	for code := range m.calls {
		m.calls[code] = o.calls.WithLabelValues(method, codes.Code(code).String())
	}
	kept, _ := o.meters.LoadOrStore(method, m)
	return kept.(*meter)
}

// faultOf is the fault that the caller gets. What a store can't do now is worth another
// try; a tenant that is gone has no credentials, also where a verdict on one is still
// remembered; everything else unknown is internal.
func faultOf(err error) *fault.Error {
	switch {
	case errors.Is(err, kv.ErrBusy):
		return fault.Unavailable("too many changes are waiting; try again").Because(err)
	case errors.Is(err, kv.ErrUnavailable):
		return fault.Unavailable("the database is not available; try again").Because(err)
	case errors.Is(err, kv.ErrUnknown):
		return fault.Unavailable("the outcome is unknown; look before trying again").Because(err)
	case errors.Is(err, kv.ErrDestroyed):
		return fault.Unauthenticated(fault.ReasonCredentialBad, "the credential is not valid").Because(err)
	case errors.Is(err, kv.ErrClosed):
		return fault.Unavailable("the store has stopped").Because(err)
	case errors.Is(err, kv.ErrFailed):
		return fault.Unavailable("the store has stopped, and the outcome is unknown; look before trying again").Because(err)
	case errors.Is(err, kv.ErrTooLarge):
		return fault.InvalidArgument(fault.ReasonTooLarge, "an id or a value is too long").Because(err)
	}
	return fault.From(err)
}

// shield turns a panic into an internal error that keeps its stack for the log.
func (o *Observer) shield(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (answer any, err error) {
	defer func() {
		if p := recover(); p != nil {
			o.panics.Inc()
			err = fmt.Errorf("panic: %s\n%s", describe(p), stackOf(p))
		}
	}()
	return handler(ctx, req)
}

// describe tells of a panic's value what can't be a caller's data.
func describe(p any) string {
	var e runtime.Error
	if err, ok := p.(error); ok && errors.As(err, &e) {
		return e.Error()
	}
	return fmt.Sprintf("%T", p)
}

// stackOf is where it happened. A panic in a store's transaction brings its stack along
// from the goroutine it came from.
func stackOf(p any) []byte {
	if carried, ok := p.(interface{ Stack() []byte }); ok {
		return carried.Stack()
	}
	return debug.Stack()
}

func codeOf(err error) codes.Code {
	if err == nil {
		return codes.OK
	}
	return fault.From(err).Code
}

// Deadline gives calls without one the longest a call may take.
func Deadline(longest time.Duration) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		if end, ok := ctx.Deadline(); ok && time.Until(end) <= longest {
			return handler(ctx, req)
		}
		ctx, cancel := context.WithTimeout(ctx, longest)
		defer cancel()
		return handler(ctx, req)
	}
}
