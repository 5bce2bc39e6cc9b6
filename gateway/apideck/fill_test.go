package apideck_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
)

func TestRequests(t *testing.T) {
	c := &scripted{}
	h := over(t, c)
	for _, tt := range requests {
		t.Run(tt.name, func(t *testing.T) {
			w := send(t, h, tt.call, tt.body)
			if diff := cmp.Diff(tt.want, c.asked, protocmp.Transform()); w.Code >= 300 || diff != "" {
				t.Errorf("got %d %s\n%s", w.Code, w.Body, diff)
			}
		})
	}
}

func TestWhatServicesSee(t *testing.T) {
	c := &scripted{}
	w := send(t, over(t, c), "GET "+pipedrive, "", "X-Apideck-Service-Id", "x", "Cookie", "a=b")
	if got := slices.Sorted(maps.Keys(c.sent)); !slices.Equal(got, []string{"authorization", "holdplane-client", "x-request-id"}) {
		t.Errorf("services got %v", got)
	}
	if id := w.Header().Get("Request-Id"); id == "" || c.sent.Get("x-request-id")[0] != id {
		t.Errorf("the request is %q to the client, %v to services", id, c.sent)
	}
}

// Sessions know whom they are for; applications are told apart by headers.
func TestHeaders(t *testing.T) {
	h := over(t, &scripted{})
	connection, list := "GET "+pipedrive, "GET /vault/connections"
	long := strings.Repeat("é", 255)
	for _, tt := range []struct {
		name, call string
		header     []string
		status     int
		says       string
	}{
		{"a key", connection, nil, 200, ""},
		{"no credential", connection, []string{"Authorization", "", "X-Apideck-App-Id", ""}, 401, "UnauthorizedError"},
		{"another scheme", connection, []string{"Authorization", "Basic YTpi"}, 401, "UnauthorizedError"},
		{"an empty bearer", connection, []string{"Authorization", "Bearer  "}, 401, "UnauthorizedError"},
		{"no application", connection, []string{"X-Apideck-App-Id", ""}, 400, "RequestHeadersValidationError"},
		{"no consumer", connection, []string{"X-Apideck-Consumer-Id", ""}, 400, "RequestHeadersValidationError"},
		{"no consumer of a resource", connection + "/leads/config", []string{"X-Apideck-Consumer-Id", ""}, 400, "RequestHeadersValidationError"},
		{"no consumer of a consent", connection + "/consent", []string{"X-Apideck-Consumer-Id", ""}, 400, "RequestHeadersValidationError"},
		{"a list for nobody", list, []string{"X-Apideck-Consumer-Id", ""}, 200, ""},
		{"consumers need none", "GET /vault/consumers", []string{"X-Apideck-Consumer-Id", ""}, 200, ""},
		{"logs need none", "GET /vault/logs", []string{"X-Apideck-Consumer-Id", ""}, 200, ""},
		{"connectors need none", "GET /connector/apis", []string{"X-Apideck-Consumer-Id", ""}, 200, ""},
		{"a key said to be a session", connection, []string{"X-Apideck-Auth-Type", "JWT", "X-Apideck-App-Id", ""}, 400, "send x-apideck-app-id"},
		{"a session", connection, []string{"Authorization", "Bearer e30.e30.c2ln", "X-Apideck-Auth-Type", "jwt", "X-Apideck-App-Id", "", "X-Apideck-Consumer-Id", ""}, 200, ""},
		{"another type", connection, []string{"X-Apideck-Auth-Type", "key", "X-Apideck-App-Id", ""}, 400, "RequestHeadersValidationError"},
		{"a long consumer", connection, []string{"X-Apideck-Consumer-Id", long}, 200, ""},
		{"too long a consumer", connection, []string{"X-Apideck-Consumer-Id", long + "x"}, 400, "x-apideck-consumer-id must have 255 characters at most"},
		{"no text", connection, []string{"X-Apideck-App-Id", "\xff"}, 400, "x-apideck-app-id must be UTF-8"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := send(t, h, tt.call, "", tt.header...)
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.says) {
				t.Errorf("got %d %s", w.Code, w.Body)
			}
		})
	}
}

// Bodies and parameters are refused by the name of what is wrong.
func TestRefusals(t *testing.T) {
	c := &scripted{}
	h := over(t, c)
	for _, tt := range []struct{ name, call, body, says string }{
		{"an unknown credential", "POST " + pipedrive + "/import", `{"credentials":{"scope":"a"}}`, "credentials.scope: unknown field"},
		{"an unknown setting of a session", "POST /vault/sessions", `{"settings":{"dark":true}}`, "settings.dark: unknown field"},
		{"an unknown member of a session", "POST /vault/sessions", `{"consumer_id":"x"}`, "consumer_id: unknown field"},
		{"an unknown member of a consumer", "POST /vault/consumers", `{"consumer_id":"x","metadata":{"phone":"1"}}`, "metadata.phone: unknown field"},
		{"another consumer's id", "PATCH /vault/consumers/x", `{"consumer_id":"y"}`, "consumer_id: unknown field"},
		{"no object as settings", "PATCH " + pipedrive, `{"settings":[]}`, "settings: expected object"},
		{"a text as a switch", "PATCH " + pipedrive, `{"enabled":"true"}`, "enabled: expected boolean"},
		{"a name that is twice there", "PATCH " + pipedrive, `{"settings":{"a":1,"a":2}}`, "settings.a: given more than once"},
		{"no JSON", "PATCH " + pipedrive, `{`, "body: not JSON"},
		{"a text", "PATCH " + pipedrive, `""`, "body: expected object"},
		{"no answer to a consent", "PATCH " + pipedrive + "/consent", `{"resources":"*"}`, "granted: required"},
		{"an empty consent", "PATCH " + pipedrive + "/consent", ``, "granted: required"},
		{"no end", "GET /vault/consumers/x/stats?start_datetime=a", ``, "end_datetime: required"},
		{"a status in words", "GET /vault/logs?filter[status_codes]=many", ``, "filter[status_codes].0: expected integer"},
		{"two spellings", "GET /vault/logs?filter[http_method]=GET&filter[http_methods]=PUT", ``, "given more than once"},
		{"a switch in words", "GET /vault/connections?configured=yes", ``, "configured: expected boolean"},
		{"a query that is none", "GET /vault/logs?a=%zz", ``, "the query is malformed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := send(t, h, tt.call, tt.body)
			if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), `"type_name":"RequestValidationError"`) || !strings.Contains(w.Body.String(), tt.says) || c.asked != nil {
				t.Errorf("got %d %s, asked for %v", w.Code, w.Body, c.asked)
			}
		})
	}
}
