package connect_test

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
	"github.com/holdplane/holdplane/gateway/connect"
	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/rpc"
)

// token is that of the fake's session; page is where its page is.
const (
	token = "eyJhbGciOiJFZERTQSJ9.c2Vzc2lvbg.c2lnbmF0dXJl"
	page  = "/vault/session/" + token
)

// world is a gateway with the pages, and a fake vault behind them.
type world struct {
	http.Handler
	vault     *vault
	log       *syncBuffer
	metrics   *prometheus.Registry
	publicURL string
}

// newWorld has the pages known by an address.
func newWorld(t testing.TB, publicURL string) *world {
	t.Helper()
	valid, err := rpc.NewValidator()
	if err != nil {
		t.Fatal(err)
	}
	local := rpc.NewLocal(valid.Unary)
	w := &world{vault: newVault(publicURL), log: &syncBuffer{}, metrics: prometheus.NewRegistry(), publicURL: publicURL}
	connectionvaultv1.RegisterBrowserServiceServer(local, fakeBrowser{v: w.vault})
	connectionvaultv1.RegisterConnectionServiceServer(local, fakeConnections{v: w.vault})
	connectionvaultv1.RegisterResourceServiceServer(local, fakeResources{v: w.vault})
	connectionvaultv1.RegisterConsentServiceServer(local, fakeConsents{v: w.vault})
	log := slog.New(slog.NewJSONHandler(w.log, nil))
	sites, err := connect.New(connect.Options{Vault: local, PublicURL: publicURL, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	w.Handler, err = gateway.New(t.Context(), gateway.Config{
		Sites: sites, Conn: func(string) grpc.ClientConnInterface { return local },
		Log: log, Metrics: w.metrics, PublicURL: publicURL,
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

// act sends a form of the page with an action and more pairs.
func (w *world) act(target, action string, pairs ...string) *httptest.ResponseRecorder {
	return w.post(target, append([]string{"proof", w.proof(), "action", action}, pairs...)...)
}

// post sends a form of pairs, of which some may have the same name.
func (w *world) post(target string, pairs ...string) *httptest.ResponseRecorder {
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return w.submit(target, strings.NewReader(form.Encode()))
}

func (w *world) submit(target string, body io.Reader, header ...string) *httptest.ResponseRecorder {
	return w.do(httptest.NewRequest(http.MethodPost, target, body), append(header, "Content-Type", "application/x-www-form-urlencoded"))
}

func (w *world) do(r *http.Request, header []string) *httptest.ResponseRecorder {
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	a := httptest.NewRecorder()
	w.ServeHTTP(a, r)
	return a
}

// proof is what the forms of the session's page hold.
func (w *world) proof() string {
	forms := w.get(pipedrive).Body.String() + w.get(bamboo).Body.String()
	_, rest, _ := strings.Cut(forms, `name="proof" value="`)
	proof, _, _ := strings.Cut(rest, `"`)
	return proof
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
