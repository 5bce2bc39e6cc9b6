package load_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/holdplane/holdplane/bench/load"
)

func TestDiscard(t *testing.T) {
	for _, c := range []struct{ name, answer, wrong string }{
		{"a length", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello", ""},
		{"no body", "HTTP/1.1 204 No Content\r\n\r\n", ""},
		{"chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", ""},
		{"refused", "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone", "status 404: gone"},
		{"cut off", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", "EOF"},
		{"not HTTP", "what?\n", "no status line"},
		{"bad length", "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", "many"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := bufio.NewReader(strings.NewReader(c.answer))
			err := load.Discard(in)
			if c.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), c.wrong) {
					t.Fatalf("%v, want %q", err, c.wrong)
				}
				return
			}
			if left := in.Buffered(); err != nil || left != 0 {
				t.Errorf("%d bytes left and %v, want all read", left, err)
			}
		})
	}
}

func TestRun(t *testing.T) {
	var asked atomic.Int64
	l := against(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		io.WriteString(w, r.URL.Path)
	})
	r, err := l.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if r.Ops == 0 || int64(r.Ops) > asked.Load() {
		t.Errorf("%d answers counted, %d given", r.Ops, asked.Load())
	}
	if r.CPU != time.Second || r.CPUPerOp() != 1e6/float64(r.Ops) {
		t.Errorf("CPU %v, %v us an answer, want what CPU returned", r.CPU, r.CPUPerOp())
	}
	if r.P50 <= 0 || r.P99 < r.P50 || r.Elapsed < l.For {
		t.Errorf("times %+v", r)
	}
}

func TestRunEndsAtTheFirstRefusal(t *testing.T) {
	l := against(t, func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusTeapot) })
	l.For = time.Hour
	if _, err := l.Run(context.Background()); err == nil || !strings.Contains(err.Error(), "status 418: no") {
		t.Errorf("%v, want the status and the body", err)
	}
}

// against is a short load on a handler, with a clock of processor time that gains a
// second a look.
func against(t *testing.T, h http.HandlerFunc) load.Load {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	var used time.Duration
	return load.Load{
		Addr: s.Listener.Addr().String(), Clients: 3, For: 20 * time.Millisecond,
		Next: func(int) []byte { return []byte("GET /x HTTP/1.1\r\nHost: x\r\n\r\n") },
		CPU:  func() (time.Duration, error) { used += time.Second; return used, nil },
	}
}
