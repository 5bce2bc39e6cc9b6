package apideck_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	vaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

// What services are asked: headers and paths count, whatever the body says of the same.
func TestRequests(t *testing.T) {
	const mapping = "/vault/custom-mappings/hris/bamboohr/hris%2Bemployees%2Bfirst_aid_training"
	mask := func(paths ...string) *fieldmaskpb.FieldMask { return &fieldmaskpb.FieldMask{Paths: paths} }
	for _, tt := range []struct {
		name, call, body string
		want             proto.Message
	}{
		{"a list", "GET /vault/connections?api=crm&configured=true&raw=true&consumer_id=x", "",
			&vaultv1.ListConnectionsRequest{ApplicationId: "shop", ConsumerId: "ann", Api: "crm", Configured: new(true)}},
		{"a change", "PATCH " + pipedrive, `{"enabled":false,"settings":{"n":1.50,"N":9007199254740993},"service_id":5,"consumer_id":"x","id":null,"state":"callable"}`,
			&vaultv1.UpdateConnectionRequest{ApplicationId: "shop", ConsumerId: "ann", UnifiedApi: "crm", ServiceId: "pipedrive", Enabled: new(false),
				Settings: `{"n":1.50,"N":9007199254740993}`, UpdateMask: mask("enabled", "settings")}},
		{"a change to nothing", "PATCH " + pipedrive, `{"settings":null,"metadata":null,"custom_mappings":null,"enabled":null}`,
			&vaultv1.UpdateConnectionRequest{ApplicationId: "shop", ConsumerId: "ann", UnifiedApi: "crm", ServiceId: "pipedrive", UpdateMask: mask("metadata")}},
		{"mappings", "POST " + pipedrive, `{"custom_mappings":[{"value":"$.a"}],"consent_state":"granted"}`,
			&vaultv1.UpdateConnectionRequest{ApplicationId: "shop", ConsumerId: "ann", UnifiedApi: "crm", ServiceId: "pipedrive",
				CustomMappings: []*vaultv1.CustomMappingChange{{Value: "$.a"}}, UpdateMask: mask("custom_mappings")}},
		{"an import", "POST " + pipedrive + "/import", `{"consumer_id":"x","credentials":{"refresh_token":null,"access_token":"a","issued_at":"2026-11-22T02:51:02.614Z","expires_in":3.6e3},"metadata":{"a":1}}`,
			&vaultv1.ImportConnectionRequest{ApplicationId: "shop", ConsumerId: "ann", UnifiedApi: "crm", ServiceId: "pipedrive", Metadata: `{"a":1}`,
				Credentials: &vaultv1.ImportedCredentials{AccessToken: new("a"), IssuedAt: new("2026-11-22T02:51:02.614Z"), ExpiresIn: new(int64(3600))}}},
		{"a token without a body", "POST " + pipedrive + "/token", ``, &vaultv1.AuthorizeConnectionRequest{ApplicationId: "shop", ConsumerId: "ann", UnifiedApi: "crm", ServiceId: "pipedrive"}},
		{"a token with an empty body", "POST " + pipedrive + "/token", `{}`, &vaultv1.AuthorizeConnectionRequest{ApplicationId: "shop", ConsumerId: "ann", UnifiedApi: "crm", ServiceId: "pipedrive"}},
		{"a check with an empty text", "POST " + pipedrive + "/validate", ` "" `, &vaultv1.ValidateConnectionRequest{ApplicationId: "shop", ConsumerId: "ann", UnifiedApi: "crm", ServiceId: "pipedrive"}},
		{"a consent", "PATCH " + pipedrive + "/consent", `{"granted":false,"resources":"*"}`,
			&vaultv1.RecordConsentRequest{ApplicationId: "shop", ConsumerId: "ann", UnifiedApi: "crm", ServiceId: "pipedrive", Resources: `"*"`}},
		{"a mapping", "POST " + mapping, `{"value":"$.a"}`,
			&vaultv1.CreateMappingRequest{ApplicationId: "shop", ConsumerId: "ann", UnifiedApi: "hris", ServiceId: "bamboohr", TargetFieldId: "hris+employees+first_aid_training", Value: "$.a"}},
		{"a mapping as it is", "GET " + strings.ReplaceAll(mapping, "%2B", "+"), ``,
			&vaultv1.GetMappingRequest{ApplicationId: "shop", ConsumerId: "ann", UnifiedApi: "hris", ServiceId: "bamboohr", TargetFieldId: "hris+employees+first_aid_training"}},
		{"a resource", "GET " + pipedrive + "/leads/config", ``, &vaultv1.GetResourceConfigRequest{ApplicationId: "shop", ConsumerId: "ann", UnifiedApi: "crm", ServiceId: "pipedrive", Resource: "leads"}},
		{"an odd consumer", "GET /vault/consumers/a%2Fb%40c%2525%3A1", ``, &vaultv1.GetConsumerRequest{ApplicationId: "shop", ConsumerId: "a/b@c%25:1"}},
		{"a new consumer", "POST /vault/consumers", `{"consumer_id":"ben","metadata":{"email":"b@c"}}`,
			&vaultv1.CreateConsumerRequest{ApplicationId: "shop", ConsumerId: "ben", Metadata: &vaultv1.ConsumerMetadata{Email: new("b@c")}}},
		{"consumers", "GET /vault/consumers?filter[consumer_id]=a&filter%5Bsearch%5D=b&filter[x]=y&limit=7&cursor=z", ``,
			&vaultv1.ListConsumersRequest{ApplicationId: "shop", IdPrefix: "a", Search: "b", Limit: new(int32(7)), Cursor: "z"}},
		{"statistics", "GET /vault/consumers/ben/stats?start_datetime=a&end_datetime=b", ``,
			&vaultv1.GetConsumerStatsRequest{ApplicationId: "shop", ConsumerId: "ben", StartDatetime: "a", EndDatetime: "b"}},
		{"logs", "GET /vault/logs?filter[connector_id]=c&filter[path]=/p&filter[path_match_mode]=EXACT&filter[http_methods]=GET&filter[http_methods]=PUT&filter[status_codes][]=200&filter[exclude_unified_apis]=crm,vault&filter[start_date]=s&filter[end_date]=e", ``,
			&vaultv1.ListLogsRequest{ApplicationId: "shop", ConsumerId: "ann", ConnectorId: "c", Path: "/p", PathMatchMode: "EXACT", HttpMethods: []string{"GET", "PUT"},
				StatusCodes: []int32{200}, ExcludeUnifiedApis: "crm,vault", StartDate: "s", EndDate: "e"}},
		{"logs of one kind", "GET /vault/logs?filter[http_method]=GET&filter[status_code]=404", ``,
			&vaultv1.ListLogsRequest{ApplicationId: "shop", ConsumerId: "ann", HttpMethods: []string{"GET"}, StatusCodes: []int32{404}}},
		{"connectors", "GET /connector/connectors?filter[unified_api]=crm&filter[status]=live", ``, &vaultv1.ListConnectorsRequest{ApplicationId: "shop", UnifiedApi: "crm", Status: "live"}},
		{"a webhook", "PATCH /webhook/webhooks/w1", `{"description":null,"status":"disabled","unified_api":"x","id":"y"}`,
			&vaultv1.UpdateWebhookRequest{ApplicationId: "shop", Id: "w1", Status: new("disabled")}},
		{"a session", "POST /vault/sessions", ``, &vaultv1.CreateSessionRequest{ApplicationId: "shop", ConsumerId: "ann"}},
		{"a session with a theme", "POST /vault/sessions", `{"settings":{"session_length":"30m","allow_actions":["delete"]},"theme":{"vault_name":"v","font":"x"},"custom_consumer_settings":{"a":1}}`,
			&vaultv1.CreateSessionRequest{ApplicationId: "shop", ConsumerId: "ann", CustomConsumerSettings: `{"a":1}`, Theme: &vaultv1.SessionTheme{VaultName: new("v")},
				Settings: &vaultv1.SessionSettings{SessionLength: new("30m"), AllowActions: []string{"delete"}}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := &scripted{}
			w := send(t, over(t, c), tt.call, tt.body)
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
		{"a session", connection, []string{"X-Apideck-Auth-Type", "jwt", "X-Apideck-App-Id", "", "X-Apideck-Consumer-Id", ""}, 200, ""},
		{"another type", connection, []string{"X-Apideck-Auth-Type", "key", "X-Apideck-App-Id", ""}, 400, "RequestHeadersValidationError"},
		{"a long consumer", connection, []string{"X-Apideck-Consumer-Id", long}, 200, ""},
		{"too long a consumer", connection, []string{"X-Apideck-Consumer-Id", long + "x"}, 400, "x-apideck-consumer-id must have 255 characters at most"},
		{"no text", connection, []string{"X-Apideck-App-Id", "\xff"}, 400, "x-apideck-app-id must be UTF-8"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := send(t, over(t, &scripted{}), tt.call, "", tt.header...)
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.says) {
				t.Errorf("got %d %s", w.Code, w.Body)
			}
		})
	}
}

// Bodies and parameters are refused by the name of what is wrong.
func TestRefusals(t *testing.T) {
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
			c := &scripted{}
			w := send(t, over(t, c), tt.call, tt.body)
			if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), `"type_name":"RequestValidationError"`) || !strings.Contains(w.Body.String(), tt.says) || c.asked != nil {
				t.Errorf("got %d %s, asked for %v", w.Code, w.Body, c.asked)
			}
		})
	}
}
