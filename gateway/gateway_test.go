package gateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/gateway/unkey"
	gw "github.com/holdplane/holdplane/gen/gateway/holdplane/identity/v1"
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/rpc"
)

const (
	getPath    = "/v1/identities.getIdentity"
	createPath = "/v1/identities.createIdentity"
)

// service is an identity service whose answers a test writes. Without one it answers
// empty messages.
type service struct {
	identityv1.UnimplementedIdentityServiceServer
	get    func(context.Context, *identityv1.GetIdentityRequest) (*identityv1.GetIdentityResponse, error)
	create func(context.Context, *identityv1.CreateIdentityRequest) (*identityv1.CreateIdentityResponse, error)
}

func (s *service) GetIdentity(ctx context.Context, r *identityv1.GetIdentityRequest) (*identityv1.GetIdentityResponse, error) {
	if s.get == nil {
		return &identityv1.GetIdentityResponse{}, nil
	}
	return s.get(ctx, r)
}

func (s *service) CreateIdentity(ctx context.Context, r *identityv1.CreateIdentityRequest) (*identityv1.CreateIdentityResponse, error) {
	if s.create == nil {
		return &identityv1.CreateIdentityResponse{}, nil
	}
	return s.create(ctx, r)
}

// fixture is a gateway under test with what it logs and counts.
type fixture struct {
	http.Handler
	log     *syncBuffer
	metrics *prometheus.Registry
}

// start makes a gateway in front of s. The changes are made to a working configuration.
func start(t *testing.T, s *service, changes ...func(*gateway.Config)) *fixture {
	t.Helper()
	local := rpc.NewLocal()
	identityv1.RegisterIdentityServiceServer(local, s)
	f := &fixture{log: &syncBuffer{}, metrics: prometheus.NewRegistry()}
	cfg := gateway.Config{
		Dialects: []gateway.Dialect{unkey.V1()},
		Conn:     func(string) grpc.ClientConnInterface { return local },
		Log:      slog.New(slog.NewJSONHandler(f.log, nil)),
		Metrics:  f.metrics,
	}
	for _, change := range changes {
		change(&cfg)
	}
	h, err := gateway.New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	f.Handler = h
	return f
}

func dialects(d ...gateway.Dialect) func(*gateway.Config) {
	return func(c *gateway.Config) { c.Dialects = d }
}

// do sends one request with header pairs.
func (f *fixture) do(method, target string, body io.Reader, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, body)
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	return f.send(r)
}

func (f *fixture) send(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	return w
}

// lines returns what was logged.
func (f *fixture) lines(t *testing.T) []map[string]any {
	t.Helper()
	var all []map[string]any
	for line := range strings.Lines(f.log.String()) {
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatalf("log line %q: %v", line, err)
		}
		all = append(all, m)
	}
	return all
}

// counter returns the value of the counter with these labels, in the order of their names.
func (f *fixture) counter(t *testing.T, name string, labels ...string) float64 {
	t.Helper()
	families, err := f.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			var got []string
			for _, l := range m.GetLabel() {
				got = append(got, l.GetValue())
			}
			if family.GetName() == name && strings.Join(got, " ") == strings.Join(labels, " ") {
				return m.GetCounter().GetValue()
			}
		}
	}
	return 0
}

// code reads the error code of an answer in Unkey's or the neutral envelope.
func code(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	var e struct {
		Error struct {
			Code, Message, RequestID string
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || e.Error.Code == "" || e.Error.Message == "" || e.Error.RequestID == "" {
		t.Fatalf("status %d: %q is no envelope (%v)", w.Code, w.Body, err)
	}
	return e.Error.Code
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

// sample is a dialect that uses what unkey's does not. It is registered under the same
// paths, as the routes are in the protos.
func sample() gateway.Dialect {
	return gateway.Dialect{
		Name: "sample",
		Owns: []string{"/v1"},
		Services: []gateway.Service{
			gateway.Bind(identityv1.IdentityService_ServiceDesc.ServiceName, gw.RegisterIdentityServiceHandlerClient, identityv1.NewIdentityServiceClient),
		},
		Status: map[string]int{
			identityv1.IdentityService_CreateIdentity_FullMethodName: http.StatusCreated,
			identityv1.IdentityService_DeleteIdentity_FullMethodName: http.StatusNoContent,
		},
		Forward:         []string{"X-Auth-Token"},
		RequestIDHeader: "x-sample-request-id",
		RequestID:       func(r *http.Request) string { return r.Header.Get("X-Request-Id") },
		Fail: func(dst []byte, c *gateway.Call, f *fault.Error) []byte {
			if f.Reason == gateway.ReasonMethod {
				c.Status = http.StatusNotImplemented
			}
			return append(dst, `{"title":"`+http.StatusText(c.Status)+`"}`...)
		},
		Answer: func(dst []byte, c *gateway.Call, m proto.Message) ([]byte, error) {
			c.Header.Set("Location", c.PublicURL+"/"+c.RPC)
			return append(dst, `{"wrapped":true}`...), nil
		},
		MaxBody:   100,
		EmptyBody: true,
	}
}
