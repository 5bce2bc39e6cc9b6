package apideck_test

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	vaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

const noRows = `"meta":{"items_on_page":0,"cursors":{"previous":null,"current":null,"next":null}`

var answers = []struct {
	name, call, body string
	answer           proto.Message
	status           int
	want             string
}{
	{"no connections", "GET /vault/connections", "", nil, 200, `{"status_code":200,"status":"OK","data":[]}`},
	{"a connection", "GET " + pipedrive, "", &vaultv1.GetConnectionResponse{Connection: &vaultv1.Connection{
		Id: "crm+pipedrive", State: "callable", AuthorizeUrl: new("https://a/?b&c"), Settings: `{"n":10.0}`, Configuration: `[]`, CreatedAt: new(int64(1668000000000)),
		UpdatedAt: new(int64(1668000000001)), FormFields: []*vaultv1.FormField{{Id: "k", Type: "password", Sensitive: new(true), Value: `"••"`}}, Health: "ok"}}, 200,
		`{"status_code":200,"status":"OK","data":{"id":"crm+pipedrive","service_id":"","name":"","unified_api":"","state":"callable","auth_type":"","status":"","enabled":false,` +
			`"authorize_url":"https://a/?b&c","revoke_url":null,"settings":{"n":10.0},"metadata":null,"form_fields":[{"id":"k","label":"","type":"text","required":false,"custom_field":false,` +
			`"allow_custom_values":false,"sensitive":true,"value":"••"}],"configuration":[],"configurable_resources":[],"resource_schema_support":[],"resource_settings_support":[],` +
			`"validation_support":false,"schema_support":false,"settings_required_for_authorization":[],"subscriptions":[],"has_guide":false,"custom_mappings":[],"consents":[],` +
			`"health":"ok","credentials_expire_at":0,"last_refresh_failed_at":0,"last_downstream_error_at":0,"created_at":1668000000000,"updated_at":1668000000001}}`},
	{"an import", "POST " + pipedrive + "/import", "{}", &vaultv1.ImportConnectionResponse{Connection: &vaultv1.Connection{State: "added"}}, 200,
		`{"status_code":200,"status":"OK","data":{"id":"","service_id":"","name":"","unified_api":"","state":"added","auth_type":"","status":"","enabled":false,` +
			`"authorize_url":null,"revoke_url":null,"settings":null,"metadata":null,"form_fields":[],"configurable_resources":[],"resource_schema_support":[],"resource_settings_support":[],` +
			`"validation_support":false,"schema_support":false,"settings_required_for_authorization":[],"subscriptions":[],"has_guide":false,"custom_mappings":[],"consents":[],` +
			`"credentials_expire_at":0,"last_refresh_failed_at":0,"last_downstream_error_at":0,"updated_at":null}}`},
	{"a removal", "DELETE " + pipedrive, "", nil, 204, ``},
	{"a mapping's removal", "DELETE /vault/custom-mappings/a/b/c", "", nil, 204, ``},
	{"a check", "POST " + pipedrive + "/validate", "", &vaultv1.ValidateConnectionResponse{Id: "crm+pipedrive", State: "callable"}, 200,
		`{"status_code":200,"status":"OK","data":{"id":"crm+pipedrive","state":"callable"}}`},
	{"a confirmation", "POST " + pipedrive + "/confirm", "{}", &vaultv1.ConfirmConnectionResponse{Confirmed: true}, 200, `{"status_code":200,"status":"OK","data":{"confirmed":true}}`},
	{"a state", "POST " + pipedrive + "/callback-state", "{}", &vaultv1.CreateCallbackStateResponse{State: "s"}, 200, `{"status_code":200,"status":"OK","data":{"state":"s"}}`},
	{"a session", "POST /vault/sessions", "", &vaultv1.CreateSessionResponse{SessionToken: "a.b.c"}, 200,
		`{"status_code":200,"status":"OK","data":{"session_token":"a.b.c","session_uri":"https://vault.example.com/vault/session/a.b.c"}}`},
	{"a consumer that was", "DELETE /vault/consumers/ann", "", &vaultv1.DeleteConsumerResponse{ConsumerId: "ann"}, 200, `{"status_code":200,"status":"OK","data":{"consumer_id":"ann"}}`},
	{"consents", "GET " + pipedrive + "/consent", "", &vaultv1.ListConsentsResponse{Consents: []*vaultv1.ConsentRecord{{Id: "1", Granted: true, Resources: `{"crm.leads":{"name":{"read":true}}}`}}}, 200,
		`{"status_code":200,"status":"OK","data":[{"id":"1","created_at":"","granted":true,"resources":{"crm.leads":{"name":{"read":true}}}}]}`},
	{"no consumers", "GET /vault/consumers", "", nil, 200, `{"status_code":200,"status":"OK","data":[],` + noRows + `,"total_count":0},"links":{"previous":null,"current":"` + public + `/vault/consumers","next":null}}`},
	{"logs, which nobody counts", "GET /vault/logs", "", &vaultv1.ListLogsResponse{Logs: []*vaultv1.Log{{Id: "l", Duration: 1.5}}}, 200,
		`{"status_code":200,"status":"OK","data":[{"id":"l","parent_id":null,"api_style":"","base_url":"","child_request":false,"consumer_id":"","duration":1.5,"error_message":null,"execution":0,` +
			`"has_children":false,"http_method":"","latency":0,"path":"","sandbox":false,"service":{"id":"","name":""},"source_ip":null,"status_code":0,"success":false,"timestamp":"","unified_api":""}],` +
			strings.Replace(noRows, "page\":0", "page\":1", 1) + `},"links":{"previous":null,"current":"` + public + `/vault/logs","next":null}}`},
	{"a webhook", "POST /webhook/webhooks", `{"status":"enabled"}`, &vaultv1.CreateWebhookResponse{Webhook: &vaultv1.Webhook{Id: "w", Events: []string{"*"}}}, 201,
		`{"status_code":201,"status":"OK","data":{"id":"w","unified_api":"","status":"","delivery_url":"","execute_base_url":"` + public + `/webhook/webhooks/w/execute","events":["*"]}}`},
}

// Answers by the byte, as strict readers of numbers, nulls and lists want them.
func TestAnswers(t *testing.T) {
	c := &scripted{}
	h := over(t, c)
	for _, tt := range answers {
		t.Run(tt.name, func(t *testing.T) {
			c.answer = tt.answer
			w := send(t, h, tt.call, tt.body)
			if w.Code != tt.status || w.Body.String() != tt.want {
				t.Errorf("got %d %s\nwant %d %s", w.Code, w.Body, tt.status, tt.want)
			}
			if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("the headers are %v", w.Header())
			}
		})
	}
}

// Pages lead to those around them, with the filters and the limit that were asked for.
func TestPages(t *testing.T) {
	c := &scripted{answer: &vaultv1.ListConsumersResponse{
		Consumers: []*vaultv1.Consumer{{ConsumerId: "a"}, {ConsumerId: "b"}}, PreviousCursor: "p", CurrentCursor: "c+/", NextCursor: "n", Total: 1 << 40,
	}}
	w := send(t, over(t, c), "GET /vault/consumers?filter[search]=a%26b&limit=2&cursor=c%2B/", "")
	const page = public + "/vault/consumers?cursor=N&filter%5Bsearch%5D=a%26b&limit=2"
	at := func(cursor string) string { return strings.Replace(page, "N", cursor, 1) }
	want := `"meta":{"items_on_page":2,"cursors":{"previous":"p","current":"c+/","next":"n"},"total_count":1099511627776},` +
		`"links":{"previous":"` + at("p") + `","current":"` + at("c%2B%2F") + `","next":"` + at("n") + `"}}`
	if _, got, _ := strings.Cut(w.Body.String(), `],"meta"`); `"meta"`+got != want {
		t.Errorf("got  %s\nwant %s", w.Body, want)
	}
}

// The paths that browsers are led through are a site's; sessions are not below session.
func TestSites(t *testing.T) {
	c := &scripted{}
	h := over(t, c)
	for call, want := range map[string]bool{
		"GET /vault/authorize/pipedrive/shop?state=x": true, "GET /vault/callback": true, "GET /vault/revoke/pipedrive/shop": true,
		"GET /vault/session/a.b.c": true, "GET /vault.js": true, "POST /vault/sessions": false, "GET /vault": false, "GET /vault/authorization": false,
	} {
		if w := send(t, h, call, ""); (w.Body.String() == "a page") != want {
			t.Errorf("%s: got %d %s", call, w.Code, w.Body)
		}
	}
}
