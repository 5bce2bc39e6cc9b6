package apideck_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"google.golang.org/grpc"

	"github.com/holdplane/holdplane/gateway/apideck"
	"github.com/holdplane/holdplane/pkg/fault"
)

// faults are what services answer, with the status and type name of each.
var faults = []struct {
	name   string
	err    error
	status int
	title  string
	typed  string
}{
	{"a bad key", fault.Unauthenticated(fault.ReasonCredentialBad, "no"), 401, "Unauthorized", "UnauthorizedError"},
	{"another application's key", fault.Unauthenticated("APPLICATION_OF_ANOTHER_KEY", "no"), 401, "Unauthorized", "UnauthorizedError"},
	{"another consumer's session", fault.Unauthenticated("CONSUMER_OF_ANOTHER_SESSION", "no"), 401, "Unauthorized", "UnauthorizedError"},
	{"what the session does not allow", fault.PermissionDenied("SESSION_ACTION", "no"), 401, "Unauthorized", "UnauthorizedError"},
	{"no application", fault.InvalidArgument("APPLICATION_ABSENT", "no"), 400, "Bad Request", "RequestHeadersValidationError"},
	{"no consumer", fault.InvalidArgument("CONSUMER_ABSENT", "no"), 400, "Bad Request", "RequestHeadersValidationError"},
	{"a cursor", fault.InvalidArgument("CURSOR_INVALID", "no"), 400, "Bad Request", "InvalidCursorError"},
	{"an address", fault.InvalidArgument("ADDRESS_FORBIDDEN", "no"), 400, "Bad Request", "RequestValidationError"},
	{"JSON of another shape", fault.InvalidArgument("JSON_SHAPE", "no"), 400, "Bad Request", "RequestValidationError"},
	{"a redirect", fault.InvalidArgument("REDIRECT_URI", "no"), 400, "Bad Request", "OAuthRedirectUriError"},
	{"a state", fault.InvalidArgument("OAUTH_STATE", "no"), 400, "Bad Request", "OAuthInvalidStateError"},
	{"a message that is too large", fault.ResourceExhausted(fault.ReasonTooLarge, "no"), 400, "Bad Request", "RequestValidationError"},
	{"no connection", fault.NotFound("CONNECTION_NOT_FOUND", "no"), 404, "Not Found", "ConnectionNotFoundError"},
	{"no integration", fault.NotFound("INTEGRATION_NOT_FOUND", "no"), 404, "Not Found", "IntegrationNotFoundError"},
	{"no connector", fault.NotFound("CONNECTOR_NOT_FOUND", "no"), 404, "Not Found", "ConnectorNotFoundError"},
	{"no mapping", fault.NotFound("MAPPING_NOT_FOUND", "no"), 404, "Not Found", "EntityNotFoundError"},
	{"no such method", fault.From(&fault.Error{Code: 12, Reason: fault.ReasonUnimplemented, Message: "no"}), 404, "Not Found", "EntityNotFoundError"},
	{"an id that breaks a rule", fault.Invalid(fault.Violation{Field: "service_id", Message: "no"}), 404, "Not Found", "EntityNotFoundError"},
	{"a consumer that is there", fault.AlreadyExists("CONSUMER_EXISTS", "no"), 409, "Conflict", "ConflictError"},
	{"settings", fault.FailedPrecondition("CONNECTION_SETTINGS", "no"), 422, "Unprocessable Entity", "ConnectionSettingsError"},
	{"a connection that can't", fault.FailedPrecondition("CONNECTION_STATE", "no"), 422, "Unprocessable Entity", "InvalidStateError"},
	{"a confirm token", fault.FailedPrecondition("CONFIRM_TOKEN", "no"), 422, "Unprocessable Entity", "InvalidStateError"},
	{"no OAuth client", fault.FailedPrecondition("OAUTH_CLIENT_ABSENT", "no"), 422, "Unprocessable Entity", "OAuthCredentialsNotFoundError"},
	{"a limit that stays", fault.ResourceExhausted("CONSUMERS_FULL", "no"), 402, "Payment Required", "RequestLimitError"},
	{"a service that is away", fault.Unavailable("no"), 503, "Service Unavailable", "ServiceUnavailableError"},
}

// Every fault has one of Apideck's statuses and type names, and leads to a page.
func TestFaults(t *testing.T) {
	c := &scripted{}
	h := over(t, c)
	for _, tt := range faults {
		t.Run(tt.name, func(t *testing.T) {
			c.err = tt.err
			w := send(t, h, "GET "+pipedrive, "")
			said := "no"
			if strings.HasPrefix(tt.name, "an id") {
				said = "service_id: no"
			}
			want := fmt.Sprintf(`{"status_code":%d,"error":%q,"type_name":%q,"message":%q,"detail":%q,"ref":"https://developers.apideck.com/errors#%s"}`,
				tt.status, tt.title, tt.typed, said, said, strings.ToLower(tt.typed))
			if w.Code != tt.status || w.Body.String() != want {
				t.Errorf("got %d %s\nwant %s", w.Code, w.Body, want)
			}
			if got := w.Header().Get("X-Error-Doc"); got != public+"/docs/errors/apideck/"+tt.typed {
				t.Errorf("the page is %q", got)
			}
			if got := w.Header().Get("WWW-Authenticate"); (got == "Bearer") != (tt.status == 401) {
				t.Errorf("WWW-Authenticate is %q", got)
			}
		})
	}
}

// falling is a connection that panics.
type falling struct{ grpc.ClientConnInterface }

func (falling) Invoke(context.Context, string, any, any, ...grpc.CallOption) error { panic("secret") }

// What is wrong inside is told to nobody.
func TestDefects(t *testing.T) {
	for name, conn := range map[string]grpc.ClientConnInterface{"an error": &scripted{err: errors.New("secret")}, "a panic": falling{}} {
		w := send(t, over(t, conn), "GET "+pipedrive, "")
		if w.Code != 500 || strings.Contains(w.Body.String(), "secret") || !strings.Contains(w.Body.String(), `"type_name":"InternalServerError"`) {
			t.Errorf("%s: got %d %s", name, w.Code, w.Body)
		}
		if got := w.Header().Get("X-Error-Doc"); got != public+"/docs/errors/apideck/InternalServerError" {
			t.Errorf("%s: the page is %q", name, got)
		}
	}
}

// Pages show answers as clients see them.
func TestExamples(t *testing.T) {
	for _, d := range apideck.Dialect().Errors {
		var e struct {
			StatusCode int    `json:"status_code"`
			TypeName   string `json:"type_name"`
			Message    string
		}
		err := json.Unmarshal([]byte(d.Example), &e)
		if err != nil || e.StatusCode != d.Status || e.TypeName != d.Code || e.Message == "" || d.Title == "" || d.Cause == "" || d.Fix == "" {
			t.Errorf("%s: the example is %s: %v", d.Code, d.Example, err)
		}
	}
}

// Providers' refusals are told in full, and are never an error of the server.
func TestRefusalsOfProviders(t *testing.T) {
	c := &scripted{}
	h := over(t, c)
	refused := fault.Unauthenticated("PROVIDER_REFUSED", "it refused").With("error", "invalid_grant").With("cooldown_ms", "30000")
	const rest = `"message":"it refused","code":"invalid_grant","cooldown_remaining_ms":30000}}`
	for response, want := range map[string]string{
		``:                        `{"type":"refresh_token_connector_error","message":"it refused","debug":{` + rest,
		`{"error":"invalid_a<b"}`: `{"type":"refresh_token_connector_error","message":"it refused","debug":{"response":{"error":"invalid_a<b"},` + rest,
		`{"cut`:                   `{"type":"refresh_token_connector_error","message":"it refused","debug":{` + rest,
		`"a text"`:                `{"type":"refresh_token_connector_error","message":"it refused","debug":{` + rest,
	} {
		c.err = refused.With("response", response)
		w := send(t, h, "POST "+pipedrive+"/token", "")
		want = `{"status_code":401,"error":"Unauthorized","type_name":"ConnectorCredentialsError","message":"it refused","detail":` + want +
			`,"ref":"https://developers.apideck.com/errors#connectorcredentialserror"}`
		if w.Code != http.StatusUnauthorized || w.Body.String() != want {
			t.Errorf("%s: got %d %s\nwant %s", response, w.Code, w.Body, want)
		}
	}
	c.err = fault.Unauthenticated("PROVIDER_UNREACHABLE", "it is away")
	w := send(t, h, "POST "+pipedrive+"/validate", "{}")
	if w.Code != http.StatusUnauthorized || !strings.Contains(w.Body.String(), `"debug":{"message":"it is away"}}`) {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

func TestViolations(t *testing.T) {
	many := make([]fault.Violation, 1000)
	for i := range many {
		many[i] = fault.Violation{Field: fmt.Sprintf("custom_mappings[%d].value", i), Message: "is odd"}
	}
	w := send(t, over(t, &scripted{err: fault.Invalid(many...)}), "PATCH "+pipedrive, "{}")
	body := w.Body.String()
	if w.Code != 400 || !strings.Contains(body, `"message":"custom_mappings[0].value: is odd, custom_mappings[1]`) || strings.Count(body, "is odd") != 200 {
		t.Errorf("got %d %s", w.Code, body)
	}
	w = send(t, over(t, &scripted{err: fault.Invalid(fault.Violation{Field: "id_prefix"})}), "GET /vault/consumers", "")
	if w.Code != 400 || !strings.Contains(w.Body.String(), `"message":"filter[consumer_id]: is not valid"`) {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

func TestQuota(t *testing.T) {
	for _, tt := range []struct {
		name, left string
		err        error
		status     int
		want       [4]string
	}{
		{"no quota", "", nil, 200, [4]string{}},
		{"some left", "7", nil, 200, [4]string{"100", "7", "30", ""}},
		{"used up", "0", fault.ResourceExhausted(fault.ReasonQuota, "wait"), 429, [4]string{"100", "0", "30", "30"}},
	} {
		w := send(t, over(t, &scripted{left: tt.left, err: tt.err}), "GET "+pipedrive, "")
		var got [4]string
		for i, name := range []string{"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After"} {
			got[i] = w.Header().Get(name)
		}
		if w.Code != tt.status || got != tt.want {
			t.Errorf("%s: got %d %q: %s", tt.name, w.Code, got, w.Body)
		}
		if says := `"type_name":"ConnectorRateLimitError","message":"wait","detail":{"context":"wait","error":"Too Many Requests"}`; tt.status == 429 && !strings.Contains(w.Body.String(), says) {
			t.Errorf("got %s", w.Body)
		}
	}
}
