package pages_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/gateway/pages"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/mail"
	"github.com/holdplane/holdplane/pkg/rpc"
)

// world is a gateway with the pages, and what is behind them.
type world struct {
	http.Handler
	links *links
	box   *mail.Box
	mails *pages.Mailbox
	log   *syncBuffer
}

// newWorld has one link of each kind. The changes are made to working options.
func newWorld(t *testing.T, changes ...func(*pages.Options)) *world {
	t.Helper()
	valid, err := rpc.NewValidator()
	if err != nil {
		t.Fatal(err)
	}
	local := rpc.NewLocal(valid.Unary)
	w := &world{links: &links{byToken: sample()}, box: &mail.Box{}, log: &syncBuffer{}}
	w.mails = pages.NewMailbox(w.box)
	useradminv1.RegisterLinkServiceServer(local, w.links)
	log := slog.New(slog.NewJSONHandler(w.log, nil))
	o := pages.Options{Links: useradminv1.NewLinkServiceClient(local), Mails: w.mails, Log: log}
	for _, change := range changes {
		change(&o)
	}
	site, err := pages.New(o)
	if err != nil {
		t.Fatal(err)
	}
	w.Handler, err = gateway.New(t.Context(), gateway.Config{
		Sites: []gateway.Site{site}, Conn: func(string) grpc.ClientConnInterface { return local },
		Log: log, Metrics: prometheus.NewRegistry(), PublicURL: o.PublicURL,
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// get opens an address with header pairs.
func (w *world) get(target string, header ...string) *httptest.ResponseRecorder {
	return w.do(httptest.NewRequest(http.MethodGet, target, nil), header)
}

// post sends a form of pairs.
func (w *world) post(target string, pairs ...string) *httptest.ResponseRecorder {
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return w.submit(target, strings.NewReader(form.Encode()))
}

func (w *world) submit(target string, body io.Reader) *httptest.ResponseRecorder {
	return w.do(httptest.NewRequest(http.MethodPost, target, body), []string{"Content-Type", "application/x-www-form-urlencoded"})
}

func (w *world) do(r *http.Request, header []string) *httptest.ResponseRecorder {
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	a := httptest.NewRecorder()
	w.ServeHTTP(a, r)
	return a
}

// syncBuffer is a buffer for concurrent writers.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
