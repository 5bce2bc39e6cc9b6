package barbican_test

import (
	"net/http"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	secretv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
)

var answers = []struct {
	name, call, body string
	header           []string
	answer           proto.Message
	status           int
	want             string // of the body
	location         string
}{
	{"a secret", "GET " + secret, "", nil, &secretv1.GetSecretResponse{Secret: &secretv1.Secret{
		Created: on(2026, 11, 22, 2, 51, 2, 614275), Updated: on(2026, 11, 22, 2, 51, 2, 0), Status: "ACTIVE", SecretType: "opaque", CreatorId: "u",
		Consumers: []*secretv1.SecretConsumer{{}}, ContentTypes: &secretv1.ContentTypes{Default: "text/plain"}, SecretId: one,
	}}, 200, `{"created":"2026-11-22T02:51:02.614275","updated":"2026-11-22T02:51:02","status":"ACTIVE","name":null,"secret_type":"opaque","expiration":null,` +
		`"algorithm":null,"bit_length":null,"mode":null,"creator_id":"u","content_types":{"default":"text/plain"},"secret_ref":"` + public + secret + `"}`, ""},
	{"a secret with consumers", "GET " + secret, "", []string{"OpenStack-API-Version", "key-manager 1.1"}, &secretv1.GetSecretResponse{Secret: &secretv1.Secret{
		Name: proto.String("n"), BitLength: proto.Int32(8), Consumers: []*secretv1.SecretConsumer{{Service: "s"}},
	}}, 200, `{"status":"","name":"n","secret_type":"","expiration":null,"algorithm":null,"bit_length":8,"mode":null,"creator_id":"",` +
		`"consumers":[{"status":"","service":"s","resource_type":"","resource_id":""}],"secret_ref":""}`, ""},
	{"a consumer of a secret", "POST " + secret + "/consumers", `{"service":"s","resource_type":"t","resource_id":"i"}`, nil,
		&secretv1.RegisterSecretConsumerResponse{Secret: &secretv1.Secret{SecretId: one}}, 200,
		`{"status":"","name":null,"secret_type":"","expiration":null,"algorithm":null,"bit_length":null,"mode":null,"creator_id":"","consumers":[],"secret_ref":"` + public + secret + `"}`,
		public + "/v1/consumers/" + one + "/consumers"},
	{"metadata", "PUT " + secret + "/metadata", `{"metadata":{}}`, nil, &secretv1.ReplaceMetadataResponse{SecretId: one}, 201, `{"metadata_ref":"` + public + secret + `/metadata"}`, ""},
	{"a metadatum", "POST " + secret + "/metadata", `{"key":"k","value":"v"}`, nil, &secretv1.AddMetadatumResponse{SecretId: one, Key: "k", Value: "v"}, 201,
		`{"key":"k","value":"v"}`, public + secret + "/metadata/k"},
	{"no list of readers", "GET " + secret + "/acl", "", nil, &secretv1.GetSecretAclResponse{Acl: &secretv1.Acl{Read: &secretv1.ReadAcl{ProjectAccess: true}}}, 200,
		`{"read":{"project-access":true}}`, ""},
	{"a list of nobody", "GET " + container + "/acl", "", nil, &secretv1.GetContainerAclResponse{Acl: &secretv1.Acl{Read: &secretv1.ReadAcl{
		Users: &secretv1.Users{}, Created: on(2026, 1, 1, 0, 0, 0, 0), Updated: on(2026, 1, 1, 0, 0, 0, 1),
	}}}, 200, `{"read":{"project-access":false,"users":[],"created":"2026-01-01T00:00:00","updated":"2026-01-01T00:00:00.000001"}}`, ""},
	{"an order", "GET /v1/orders/" + one, "", nil, &secretv1.GetOrderResponse{Order: &secretv1.Order{
		Status: "ACTIVE", Type: "key", Meta: &secretv1.OrderMeta{Algorithm: "aes", BitLength: 256}, OrderId: one, SecretId: one,
	}}, 200, `{"status":"ACTIVE","type":"key","meta":{"name":null,"algorithm":"aes","bit_length":256,"expiration":null},"creator_id":"","order_ref":"` +
		public + "/v1/orders/" + one + `","secret_ref":"` + public + secret + `"}`, ""},
	{"an order to wait for", "POST /v1/orders", `{"type":"key","meta":{"algorithm":"aes","bit_length":256}}`, nil, &secretv1.CreateOrderResponse{OrderId: one}, 202,
		`{"order_ref":"` + public + "/v1/orders/" + one + `"}`, public + "/v1/orders/" + one},
	{"quotas that are not set", "GET /v1/project-quotas/p", "", nil, &secretv1.GetProjectQuotasResponse{ProjectQuotas: &secretv1.Quotas{Secrets: proto.Int32(1)}}, 200,
		`{"project_quotas":{"secrets":1,"orders":null,"containers":null,"consumers":null,"cas":null}}`, ""},
	{"transport keys", "GET /v1/transport_keys", "", nil, nil, 200, `{"transport_keys":[],"total":0}`, ""},
	{"a page in the middle", "GET /v1/secrets?name=a%26b&limit=2&offset=1&sort=name%3Adesc", "", nil,
		&secretv1.ListSecretsResponse{Secrets: []*secretv1.Secret{{SecretId: one}}, Total: 4}, 200, `"total":4,"previous":"` + public + `/v1/secrets?limit=2&offset=0&name=a%26b&sort=name%3Adesc","next":"` +
			public + `/v1/secrets?limit=2&offset=3&name=a%26b&sort=name%3Adesc"}`, ""},
	{"the first page", "GET /v1/orders/?limit=1&meta=x", "", nil, &secretv1.ListOrdersResponse{Orders: []*secretv1.Order{{}}, Total: 2}, 200,
		`"total":2,"next":"` + public + `/v1/orders?limit=1&offset=1"}`, ""},
	{"a page behind the end", "GET /v1/project-quotas?offset=9", "", nil, &secretv1.ListProjectQuotasResponse{Total: 2}, 200, `{"project_quotas":[],"total":2}`, ""},
	{"the last page there can be", "GET /v1/orders?offset=9223372036854775807", "", nil, &secretv1.ListOrdersResponse{Orders: []*secretv1.Order{{}}, Total: 2}, 200,
		`"previous":"` + public + `/v1/orders?limit=10&offset=9223372036854775797"}`, ""},
}

// Answers have addresses under the gateway's own, whatever the request's host.
func TestAnswers(t *testing.T) {
	for _, tt := range answers {
		t.Run(tt.name, func(t *testing.T) {
			w := send(t, over(t, &scripted{answer: tt.answer}, public), ""+tt.call, tt.body, tt.header...)
			body := w.Body.String()
			whole := strings.HasPrefix(tt.want, "{")
			if w.Code != tt.status || whole && body != tt.want || !strings.HasSuffix(body, tt.want) || w.Header().Get("Location") != tt.location {
				t.Errorf("got %d at %q: %s\nwant %s", w.Code, w.Header().Get("Location"), body, tt.want)
			}
		})
	}
}

// Payloads leave as they are, with the type that was asked for.
func TestPayloadTypes(t *testing.T) {
	for _, tt := range []struct{ path, accept, kept, want string }{
		{secret + "/payload", "", "text/plain", "application/octet-stream"},
		{secret + "/payload", "*/*", "text/plain", "text/plain; charset=UTF-8"},
		{secret + "/payload", "*/*", "application/pkcs8", "application/pkcs8"},
		{secret + "/payload", "text/plain", "text/plain", "text/plain; charset=UTF-8"},
		{secret + "/payload", "text/plain;charset=utf-8", "text/plain", "text/plain; charset=utf-8"},
		{secret, "application/pkcs8", "application/pkcs8", "application/pkcs8"},
		{secret, "text/html", "application/octet-stream", "application/octet-stream"}, // which the service would refuse
	} {
		c := &scripted{answer: &secretv1.GetPayloadResponse{Payload: []byte("\x00<b>"), ContentType: tt.kept}}
		w := send(t, over(t, c, public), "GET "+tt.path, "", "Accept", tt.accept)
		if w.Code != http.StatusOK || w.Body.String() != "\x00<b>" || w.Header().Get("Content-Type") != tt.want || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s of %s: got %d %q, want %q", tt.accept, tt.kept, w.Code, w.Header().Get("Content-Type"), tt.want)
		}
	}
}
