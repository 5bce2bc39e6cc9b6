package jsonlog

import (
	"context"
	"log/slog"
	"time"
)

// Line logs as log.LogAttrs does, but does not find out which line of code it was called
// from: for a log line per request that costs as much as all else about it.
func Line(ctx context.Context, log *slog.Logger, level slog.Level, message string, attrs ...slog.Attr) {
	h := log.Handler()
	if !h.Enabled(ctx, level) {
		return
	}
	r := slog.NewRecord(time.Now(), level, message, 0)
	r.AddAttrs(attrs...)
	_ = h.Handle(ctx, r) // what slog's own methods do: there is nowhere to report it
}
