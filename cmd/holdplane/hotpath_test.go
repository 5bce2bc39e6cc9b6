package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/seal"
)

// BenchmarkGet is one request through all of a process but its sockets: what make bench
// weighs against a floor, without net/http's share.
func BenchmarkGet(b *testing.B) {
	h, key := newHandler(b)
	send(b, h, key, http.MethodPost, "/v1/identities.createIdentity",
		`{"externalId":"user_1","meta":{"plan":"enterprise","region":"eu-central-1"},"ratelimits":[{"name":"requests","limit":1000,"duration":60000}]}`)
	page := send(b, h, key, http.MethodGet, "/v1/identities.listIdentities", "")
	_, after, _ := strings.Cut(page, `"id":"`)
	name, _, _ := strings.Cut(after, `"`)
	r := newRequest(key, http.MethodGet, "/v1/identities.getIdentity?identityId="+name, "")
	b.ReportAllocs()
	for b.Loop() {
		w := &discard{header: http.Header{}}
		if h.ServeHTTP(w, r); w.status != http.StatusOK {
			b.Fatal(w.status)
		}
	}
}

// BenchmarkCreate is the same for a durable write.
func BenchmarkCreate(b *testing.B) {
	h, key := newHandler(b)
	b.ReportAllocs()
	b.SetParallelism(32)
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			w := &discard{header: http.Header{}}
			h.ServeHTTP(w, newRequest(key, http.MethodPost, "/v1/identities.createIdentity",
				`{"externalId":"`+id.New("user")+`","meta":{"plan":"enterprise","region":"eu-central-1"},"ratelimits":[{"name":"requests","limit":1000,"duration":60000}]}`))
			if w.status != http.StatusOK {
				b.Error(w.status)
			}
		}
	})
}

func newHandler(b *testing.B) (http.Handler, string) {
	dir := b.TempDir()
	master := filepath.Join(dir, "key")
	if _, err := seal.CreateMasterFile(master); err != nil {
		b.Fatal(err)
	}
	flags := serverFlags{DataDir: filepath.Join(dir, "data"), MasterKey: master}
	if err := makeDataDir(flags.DataDir); err != nil {
		b.Fatal(err)
	}
	log, _ := newLog(io.Discard, "info")
	p, err := newProcess(b.Context(), flags, everything(), log)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := p.close(); err != nil {
			b.Error(err)
		}
	})
	key := id.Secret("hp_root")
	start := &bootstrap{Tenants: []bootstrapTenant{{ID: "t", RootKeys: []bootstrapRootKey{{Key: secret{text: key}, Permissions: []text{"*"}}}}}}
	if err := start.apply(context.Background(), p); err != nil {
		b.Fatal(err)
	}
	h, err := gateway.New(b.Context(), gateway.Config{Dialects: dialects(), Conn: p.publicConn, Log: log, Metrics: prometheus.NewRegistry()})
	if err != nil {
		b.Fatal(err)
	}
	return h, key
}

func newRequest(key, method, target, body string) *http.Request {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+key)
	r.Header.Set("Content-Type", "application/json")
	return r
}

func send(b *testing.B, h http.Handler, key, method, target, body string) string {
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, newRequest(key, method, target, body)); w.Code != http.StatusOK {
		b.Fatal(w.Code, w.Body)
	}
	return w.Body.String()
}

// discard is a ResponseWriter that keeps the status.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(status int)      { d.status = status }
