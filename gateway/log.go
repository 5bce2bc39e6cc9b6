package gateway

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/jsonlog"
)

// end turns a panic into an answer, and counts and logs the request.
func (x *exchange) end() {
	if v := recover(); v != nil {
		if v == http.ErrAbortHandler {
			panic(v)
		}
		x.panicked(v)
	}
	elapsed := time.Since(x.start)
	if c := x.route.classes[min(x.Status/100, 5)]; c != nil {
		c.Inc()
	}
	x.route.seconds.Observe(elapsed.Seconds())
	x.log(elapsed)
}

// panicked logs where it happened. The value itself may hold what a client sent.
func (x *exchange) panicked(v any) {
	x.g.meters.panics.Inc()
	what := fmt.Sprintf("%T", v)
	if e, ok := v.(runtimeError); ok {
		what = e.Error()
	}
	x.g.cfg.Log.LogAttrs(x.Request.Context(), slog.LevelError, "panic", slog.String("panic", what),
		slog.String("request_id", x.RequestID), slog.String("stack", string(debug.Stack())))
	x.fail(&fault.Error{Code: codes.Internal, Reason: fault.ReasonInternal, Message: "internal error"})
}

// runtimeError is runtime.Error, whose texts hold numbers and type names only.
type runtimeError interface {
	error
	RuntimeError()
}

// log writes the request's line. Neither path nor query go in: they hold ids.
func (x *exchange) log(elapsed time.Duration) {
	level, ctx := x.route.level, x.Request.Context()
	if !x.g.cfg.Log.Enabled(ctx, level) {
		return
	}
	attrs := [10]slog.Attr{
		slog.String("method", knownMethod(x.Request.Method)),
		slog.String("route", x.route.label),
		slog.Int("status", x.Status),
		slog.Float64("duration_ms", float64(elapsed.Microseconds())/1000),
		slog.Int("bytes", x.bytes),
		slog.String("dialect", x.d.Name),
		slog.String("request_id", x.RequestID),
	}
	n := 7
	if client := x.from(); client != "" {
		attrs[n] = slog.String("client", client)
		n++
	}
	if x.ErrorCode != "" {
		attrs[n] = slog.String("code", x.ErrorCode)
		n++
	}
	if x.cause != nil {
		attrs[n] = slog.String("error", x.cause.Error())
		n++
	}
	jsonlog.Line(ctx, x.g.cfg.Log, level, "request", attrs[:n]...)
}

// knownMethod keeps invented methods, which may be of any length, out of the log.
func knownMethod(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
		http.MethodDelete, http.MethodOptions, http.MethodConnect, http.MethodTrace:
		return m
	}
	return "OTHER"
}
