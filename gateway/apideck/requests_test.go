package apideck_test

import (
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	vaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

const firstAid = "/vault/custom-mappings/hris/bamboohr/hris%2Bemployees%2Bfirst_aid_training"

func mask(paths ...string) *fieldmaskpb.FieldMask { return &fieldmaskpb.FieldMask{Paths: paths} }

// requests are what services are asked: headers and paths count, whatever the body says of
// the same.
var requests = []struct {
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
	{"a mapping", "POST " + firstAid, `{"value":"$.a"}`,
		&vaultv1.CreateMappingRequest{ApplicationId: "shop", ConsumerId: "ann", UnifiedApi: "hris", ServiceId: "bamboohr", TargetFieldId: "hris+employees+first_aid_training", Value: "$.a"}},
	{"a mapping as it is", "GET " + strings.ReplaceAll(firstAid, "%2B", "+"), ``,
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
}
