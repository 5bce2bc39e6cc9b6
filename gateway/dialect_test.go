package gateway_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/gateway/unkey"
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/rpc"
)

func TestDialectShapesAnswers(t *testing.T) {
	var sent metadata.MD
	s := &service{create: func(ctx context.Context, _ *identityv1.CreateIdentityRequest) (*identityv1.CreateIdentityResponse, error) {
		sent, _ = metadata.FromIncomingContext(ctx)
		return &identityv1.CreateIdentityResponse{}, nil
	}}
	f := start(t, s, dialects(sample()), func(c *gateway.Config) { c.PublicURL = "https://api.example.com/" })
	w := f.do("POST", createPath, nil, "X-Auth-Token", "t0k", "X-Request-Id", "mine")
	if w.Code != http.StatusCreated || w.Body.String() != `{"wrapped":true}` {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	if got := w.Header().Get("X-Sample-Request-Id"); got != "mine" {
		t.Errorf("request id %q", got)
	}
	if got := w.Header().Get("Location"); got != "https://api.example.com"+"/"+identityv1.IdentityService_CreateIdentity_FullMethodName {
		t.Errorf("location %q", got)
	}
	if strings.Join(sent["x-auth-token"], ",") != "t0k" || strings.Join(sent["x-request-id"], ",") != "mine" {
		t.Errorf("services got %v", sent)
	}
	if origin := w.Header().Get("Access-Control-Allow-Origin"); origin != "" {
		t.Errorf("without CORS the answer allows %q", origin)
	}
}

func TestDialectShapesFaults(t *testing.T) {
	f := start(t, &service{}, dialects(sample()))
	tests := []struct {
		name, method, path, body string
		want                     int
		title                    string
	}{
		{name: "a status of its own", method: "DELETE", path: getPath, want: 501, title: "Not Implemented"},
		{name: "a limit of its own", method: "POST", path: createPath, body: strings.Repeat(" ", 101), want: 413, title: "Request Entity Too Large"},
		{name: "an unknown route", method: "GET", path: "/v1/other", want: 404, title: "Not Found"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := f.do(tt.method, tt.path, strings.NewReader(tt.body))
			if w.Code != tt.want || w.Body.String() != `{"title":"`+tt.title+`"}` {
				t.Errorf("got %d %s, want %d %s", w.Code, w.Body, tt.want, tt.title)
			}
			if doc := w.Header().Get("X-Error-Doc"); doc != "" {
				t.Errorf("without a code there is a page: %s", doc)
			}
		})
	}
}

func TestNoContentHasNoBody(t *testing.T) {
	local := rpc.NewLocal()
	identityv1.RegisterIdentityServiceServer(local, deleter{})
	f := start(t, &service{}, dialects(sample()), func(c *gateway.Config) {
		c.Conn = func(string) grpc.ClientConnInterface { return local }
	})
	w := f.do("POST", "/v1/identities.deleteIdentity", nil)
	if w.Code != http.StatusNoContent || w.Body.Len() != 0 || w.Header().Get("Content-Type") != "" || w.Header().Get("Content-Length") != "" {
		t.Errorf("got %d %q %v", w.Code, w.Body, w.Header())
	}
}

type deleter struct {
	identityv1.UnimplementedIdentityServiceServer
}

func (deleter) DeleteIdentity(context.Context, *identityv1.DeleteIdentityRequest) (*identityv1.DeleteIdentityResponse, error) {
	return &identityv1.DeleteIdentityResponse{}, nil
}

// An answer that cannot be encoded is an internal error, and says why in the log only.
func TestAnswerThatCannotBeEncoded(t *testing.T) {
	d := unkey.V1()
	d.Answer = func([]byte, *gateway.Call, proto.Message) ([]byte, error) { return nil, errors.New("the ink is out") }
	f := start(t, &service{}, dialects(d))
	w := f.do("GET", getPath, nil)
	if w.Code != http.StatusInternalServerError || code(t, w) != "INTERNAL_SERVER_ERROR" || strings.Contains(w.Body.String(), "ink") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	if !strings.Contains(f.log.String(), "the ink is out") {
		t.Errorf("the log does not say why: %s", f.log)
	}
}

func TestFirstOwnerAnswers(t *testing.T) {
	everything := sample()
	everything.Owns = []string{"/"}
	f := start(t, &service{}, dialects(unkey.V1(), everything))
	for path, want := range map[string]string{
		"/v1/identities.other": "unkey", "/v1/identities.other/below": "unkey", "/v1/.": "unkey", "/v1/liveness/x": "unkey",
		"/v1/identities": "sample", "/v1": "sample", "/v1/": "sample", "//v1/liveness": "sample", "/v1//identities.x": "sample",
		"/v2/identities.other": "sample", "/V1/liveness": "sample", "/v1%2Fa.b": "unkey", "/x": "sample",
	} {
		f.do("GET", path, nil)
		lines := f.lines(t)
		if got := lines[len(lines)-1]["dialect"]; got != want {
			t.Errorf("%s is answered by %v, want %s", path, got, want)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	broken := func(change func(*gateway.Dialect)) func(*gateway.Config) {
		return func(c *gateway.Config) {
			d := unkey.V1()
			change(&d)
			c.Dialects = []gateway.Dialect{d}
		}
	}
	tests := []struct {
		name   string
		change func(*gateway.Config)
		says   string
	}{
		{"no connection", func(c *gateway.Config) { c.Conn = nil }, "required"},
		{"no log", func(c *gateway.Config) { c.Log = nil }, "required"},
		{"two dialects of one name", func(c *gateway.Config) { c.Dialects = append(c.Dialects, unkey.V1()) }, "Name"},
		{"the name of what is nobody's", broken(func(d *gateway.Dialect) { d.Name = "gateway" }), "Name"},
		{"no name", broken(func(d *gateway.Dialect) { d.Name = "" }), "Name"},
		{"a name that is a path", broken(func(d *gateway.Dialect) { d.Name = "a/b" }), "Name"},
		{"no envelope", broken(func(d *gateway.Dialect) { d.Fail = nil }), "Fail"},
		{"no request id", broken(func(d *gateway.Dialect) { d.RequestID = nil }), "RequestID "},
		{"no header for the request id", broken(func(d *gateway.Dialect) { d.RequestIDHeader = "" }), "RequestIDHeader"},
		{"no paths", broken(func(d *gateway.Dialect) { d.Owns = nil }), "Owns"},
		{"paths that leave a route out", broken(func(d *gateway.Dialect) { d.Owns = []string{"/v1/*.*"} }), "Owns does not cover /v1/liveness"},
		{"an error code twice", broken(func(d *gateway.Dialect) { d.Errors = append(d.Errors, d.Errors[2]) }), "Errors[10]"},
		{"an error without a code", broken(func(d *gateway.Dialect) { d.Errors = []gateway.ErrorDoc{{}} }), "Errors[0]"},
		{"a status of no route", broken(func(d *gateway.Dialect) { d.Status = map[string]int{"/a/B": 201} }), "no route"},
		{"no HEAD at no route", broken(func(d *gateway.Dialect) { d.NoHead = map[string]bool{"/a/B": true} }), "NoHead names /a/B"},
		{"bodies that nobody judges", broken(func(d *gateway.Dialect) { d.JudgesBody = true }), "JudgesBody"},
		{"bodies that two judge", broken(func(d *gateway.Dialect) {
			d.JudgesBody, d.Body, d.MediaTypes = true, (*gateway.Call).DecodeForm, []string{"a/b"}
		}), "JudgesBody"},
		{"a pattern without a slash", broken(func(d *gateway.Dialect) { d.Owns = []string{"v1"} }), "slash"},
		{"a malformed pattern", broken(func(d *gateway.Dialect) { d.Owns = []string{"/v1/[a"} }), "malformed"},
		{"a header that services get from the gateway", broken(func(d *gateway.Dialect) { d.Forward = []string{"holdplane-client"} }), "Forward names Holdplane-Client"},
		{"a header that is the credential's", broken(func(d *gateway.Dialect) { d.Forward = []string{"authorization"} }), "Forward names Authorization"},
		{"a malformed pattern of what is elsewhere", broken(func(d *gateway.Dialect) { d.Elsewhere = map[string]string{"/v1/[a": "x"} }), "malformed"},
		{"what is elsewhere and another's", broken(func(d *gateway.Dialect) { d.Elsewhere = map[string]string{"/v2/a.*": "x"} }), "Owns does not cover /v2/a.*"},
		{"two services of one path", broken(func(d *gateway.Dialect) {
			d.Services = append(d.Services, routed(t, "/v1/a.b"), routed(t, "/v1/a.b"))
		}), "leads elsewhere"},
		{"a service that does not exist", broken(func(d *gateway.Dialect) {
			d.Services = []gateway.Service{gateway.Bind[any]("holdplane.None", nil, nil)}
		}), "holdplane.None"},
		{"metrics that are taken", func(c *gateway.Config) {
			c.Metrics.MustRegister(prometheus.NewCounter(prometheus.CounterOpts{Name: "holdplane_gateway_panics_total"}))
		}, "register metrics"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := gateway.Config{
				Dialects: []gateway.Dialect{unkey.V1()}, Conn: func(string) grpc.ClientConnInterface { return rpc.NewLocal() },
				Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry(),
			}
			tt.change(&cfg)
			if _, err := gateway.New(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want an error that says %q", err, tt.says)
			}
		})
	}
}

// Statuses follow the code of a fault, and a reason where it says more.
func TestStatusOfFaults(t *testing.T) {
	tests := []struct {
		give   *fault.Error
		status int
		code   string
	}{
		{fault.InvalidArgument("X", "x"), 400, "BAD_REQUEST"},
		{fault.Unauthenticated("X", "x"), 401, "UNAUTHORIZED"},
		{fault.PermissionDenied("X", "x"), 403, "FORBIDDEN"},
		{fault.NotFound("X", "x"), 404, "NOT_FOUND"},
		{fault.AlreadyExists("X", "x"), 409, "CONFLICT"},
		{fault.FailedPrecondition("X", "x"), 412, "PRECONDITION_FAILED"},
		{fault.ResourceExhausted("X", "x"), 429, "TOO_MANY_REQUESTS"},
		{fault.ResourceExhausted(fault.ReasonTooLarge, "x"), 413, "BAD_REQUEST"},
		{fault.Unavailable("x"), 503, "INTERNAL_SERVER_ERROR"},
		{fault.From(errors.New("x")), 500, "INTERNAL_SERVER_ERROR"},
	}
	for _, tt := range tests {
		s := &service{get: func(context.Context, *identityv1.GetIdentityRequest) (*identityv1.GetIdentityResponse, error) {
			return nil, tt.give
		}}
		w := start(t, s).do("GET", getPath, nil)
		if got := code(t, w); w.Code != tt.status || got != tt.code {
			t.Errorf("%v: got %d %s, want %d %s", tt.give.Code, w.Code, got, tt.status, tt.code)
		}
	}
}
