package jsonlog_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/holdplane/holdplane/pkg/jsonlog"
)

// secret hides itself, as slog asks.
type secret string

func (secret) LogValue() slog.Value { return slog.StringValue("[secret]") }

// TestLinesAreSlogsOwn compares with the handler of the standard library.
func TestLinesAreSlogsOwn(t *testing.T) {
	for name, log := range map[string]func(*slog.Logger){
		"plain": func(l *slog.Logger) { l.Info("ready", "addr", "127.0.0.1:8080", "parts", 2) },
		"kinds": func(l *slog.Logger) {
			l.Warn("x", "i", int64(-5), "u", uint64(1<<63), "f", 0.125, "b", true, "d", time.Second)
		},
		"large floats":       func(l *slog.Logger) { l.Info("x", "f", 1e300, "g", 123456789.0) },
		"times":              func(l *slog.Logger) { l.Info("x", "t", time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)) },
		"escapes":            func(l *slog.Logger) { l.Info("a \"b\"\n", "k\\", "ünïcödé \x00 \u2028 <&>") },
		"control characters": func(l *slog.Logger) { l.Info("a\tb", "k", "\x00\x1f") },
		"bad UTF-8":          func(l *slog.Logger) { l.Info("x", "k", "\xff") },
		"errors":             func(l *slog.Logger) { l.Error("x", "error", errors.New("disk \"full\"")) },
		"any":                func(l *slog.Logger) { l.Info("x", "list", []string{"a", "b"}, "nil", nil) },
		"log values":         func(l *slog.Logger) { l.Info("x", "key", secret("s3cr3t")) },
		"with":               func(l *slog.Logger) { l.With("service", "identity").With("n", 1).Info("x", "a", "b") },
		"empty attr":         func(l *slog.Logger) { l.Info("x", slog.Attr{}) },
		"below":              func(l *slog.Logger) { l.Debug("x") },
	} {
		t.Run(name, func(t *testing.T) {
			var want, got bytes.Buffer
			log(slog.New(slog.NewJSONHandler(&want, nil)))
			h, flush := jsonlog.New(&got, slog.LevelInfo)
			log(slog.New(h))
			if err := flush(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(decode(t, want.Bytes()), decode(t, got.Bytes())); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// decode drops the time, which differs by a moment.
func decode(t *testing.T, line []byte) map[string]any {
	t.Helper()
	if len(line) == 0 {
		return nil
	}
	var m map[string]any
	if err := json.Unmarshal(line, &m); err != nil || line[len(line)-1] != '\n' {
		t.Fatalf("%q: %v", line, err)
	}
	if at, ok := m["time"].(string); !ok || at == "" {
		t.Errorf("%q has no time", line)
	}
	delete(m, "time")
	return m
}

func TestGroupsBecomeDottedNames(t *testing.T) {
	var out bytes.Buffer
	h, flush := jsonlog.New(&out, slog.LevelInfo)
	slog.New(h).WithGroup("a").With("b", 1).Info("x", slog.Group("c", "d", 2))
	if err := flush(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), `"a.b":1,"a.c.d":2}`) {
		t.Error(out.String())
	}
}

func TestNumbersThatJSONLacks(t *testing.T) {
	var out bytes.Buffer
	h, flush := jsonlog.New(&out, slog.LevelInfo)
	slog.New(h).Info("x", "nan", math.NaN())
	if err := flush(); err != nil || !json.Valid(out.Bytes()) {
		t.Errorf("%v %q", err, out.String())
	}
}

func TestLinesAppearByThemselves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		h, _ := jsonlog.New(&out, slog.LevelInfo)
		log := slog.New(h)
		for _, text := range []string{"first", "second"} {
			log.Info(text)
			time.Sleep(time.Second)
			synctest.Wait()
			if !strings.Contains(out.String(), text) {
				t.Errorf("%s is still held back", text)
			}
		}
	})
}

func TestLinesStayWhole(t *testing.T) {
	var out bytes.Buffer
	h, flush := jsonlog.New(&out, slog.LevelInfo)
	log := slog.New(h)
	done := make(chan struct{})
	for range 8 {
		go func() {
			for range 500 {
				log.Info("request", "text", strings.Repeat("x", 300))
			}
			done <- struct{}{}
		}()
	}
	for range 8 {
		<-done
	}
	if err := flush(); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	for _, line := range lines {
		if !json.Valid([]byte(line)) {
			t.Fatalf("broken line %q", line)
		}
	}
	if len(lines) != 4000 {
		t.Errorf("%d lines, want 4000", len(lines))
	}
}

func TestErrorsShow(t *testing.T) {
	h, flush := jsonlog.New(broken{}, slog.LevelInfo)
	slog.New(h).Info("x")
	if err := flush(); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v", err)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func BenchmarkRequestLine(b *testing.B) {
	for name, h := range map[string]slog.Handler{
		"jsonlog": func() slog.Handler { h, _ := jsonlog.New(io.Discard, slog.LevelInfo); return h }(),
		"slog":    slog.NewJSONHandler(io.Discard, nil),
	} {
		b.Run(name, func(b *testing.B) {
			log := slog.New(h)
			b.ReportAllocs()
			for b.Loop() {
				log.LogAttrs(b.Context(), slog.LevelInfo, "request", slog.String("method", "GET"), slog.String("route", "/v1/identities.getIdentity"),
					slog.Int("status", 200), slog.Float64("duration_ms", 0.123), slog.Int("bytes", 170), slog.String("dialect", "unkey"),
					slog.String("request_id", "req_1ChHN4DVmGK1vbKV8wueYJ"), slog.String("client", "127.0.0.1"))
			}
		})
	}
}
