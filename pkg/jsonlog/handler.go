// Package jsonlog writes slog records as lines of JSON, cheaply enough for one line per
// request. Lines are those of slog.JSONHandler, except that groups become dotted names.
package jsonlog

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"math"
	"strconv"
	"sync"
	"time"
	"unicode/utf8"
)

// Handler is a slog.Handler.
type Handler struct {
	lines *lines
	least slog.Level
	attrs []byte // of With, encoded, each after a comma
	group string // of WithGroup: names end in a dot
}

var _ slog.Handler = (*Handler)(nil)

// New returns a handler that writes records of a level and above to w, and a function
// that writes out what it holds back. It is called last.
func New(w io.Writer, least slog.Level) (*Handler, func() error) {
	l := newLines(w)
	return &Handler{lines: l, least: least}, l.flush
}

// Enabled reports whether records of a level are written.
func (h *Handler) Enabled(_ context.Context, level slog.Level) bool { return level >= h.least }

// WithAttrs returns a handler that adds attributes to every record.
func (h *Handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	c := *h
	c.attrs = append([]byte(nil), h.attrs...)
	for _, a := range attrs {
		c.attrs = appendAttr(c.attrs, h.group, a)
	}
	return &c
}

// WithGroup returns a handler that puts name and a dot before the attributes to come.
func (h *Handler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	c := *h
	c.group = h.group + name + "."
	return &c
}

var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 1024); return &b }}

// Handle writes one record.
func (h *Handler) Handle(_ context.Context, r slog.Record) error {
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	b := append((*buf)[:0], '{')
	if !r.Time.IsZero() {
		b = append(b, `"time":"`...)
		b = append(r.Time.AppendFormat(b, time.RFC3339Nano), `",`...)
	}
	b = append(append(b, `"level":"`...), r.Level.String()...)
	b = append(b, `","msg":`...)
	b = appendString(b, r.Message)
	b = append(b, h.attrs...)
	r.Attrs(func(a slog.Attr) bool {
		b = appendAttr(b, h.group, a)
		return true
	})
	b = append(b, '}', '\n')
	*buf = b
	return h.lines.write(b)
}

func appendAttr(b []byte, group string, a slog.Attr) []byte {
	v := a.Value.Resolve()
	if v.Kind() == slog.KindGroup {
		if a.Key != "" {
			group += a.Key + "."
		}
		for _, member := range v.Group() {
			b = appendAttr(b, group, member)
		}
		return b
	}
	if a.Equal(slog.Attr{}) {
		return b
	}
	b = append(b, ',')
	if group == "" {
		b = appendString(b, a.Key)
	} else {
		b = appendString(b, group+a.Key)
	}
	return appendValue(append(b, ':'), v)
}

func appendValue(b []byte, v slog.Value) []byte {
	switch v.Kind() {
	case slog.KindString:
		return appendString(b, v.String())
	case slog.KindInt64:
		return strconv.AppendInt(b, v.Int64(), 10)
	case slog.KindUint64:
		return strconv.AppendUint(b, v.Uint64(), 10)
	case slog.KindBool:
		return strconv.AppendBool(b, v.Bool())
	case slog.KindDuration:
		return strconv.AppendInt(b, int64(v.Duration()), 10)
	case slog.KindTime:
		return append(v.Time().AppendFormat(append(b, '"'), time.RFC3339Nano), '"')
	case slog.KindFloat64:
		if f := v.Float64(); !math.IsNaN(f) && !math.IsInf(f, 0) {
			return strconv.AppendFloat(b, f, 'g', -1, 64)
		}
	}
	return appendAny(b, v.Any())
}

func appendAny(b []byte, v any) []byte {
	if err, ok := v.(error); ok {
		return appendString(b, err.Error())
	}
	text, err := json.Marshal(v)
	if err != nil {
		return appendString(b, "!ERROR:"+err.Error())
	}
	return append(b, text...)
}

// appendString writes ASCII without escapes itself, and leaves the rest to encoding/json.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			text, err := json.Marshal(s)
			if err != nil { // no string fails
				return append(b, `""`...)
			}
			return append(b, text...)
		}
	}
	b = append(append(b, '"'), s...)
	return append(b, '"')
}
