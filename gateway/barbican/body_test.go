package barbican_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	secretv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
)

const (
	one       = "11111111-1111-4111-8111-111111111111"
	secret    = "/v1/secrets/" + one
	container = "/v1/containers/" + one
)

func on(year, month, day, hour, minute, second, micros int) *timestamppb.Timestamp {
	return timestamppb.New(time.Date(year, time.Month(month), day, hour, minute, second, micros*1000, time.UTC))
}

func expires(at *timestamppb.Timestamp) proto.Message {
	return &secretv1.CreateSecretRequest{Expiration: at}
}

func plain(payload string) proto.Message {
	return &secretv1.CreateSecretRequest{Payload: []byte(payload), PayloadContentType: "text/plain"}
}

func pkcs8(payload string) proto.Message {
	return &secretv1.CreateSecretRequest{Payload: []byte(payload), PayloadContentType: "application/pkcs8"}
}

var bodies = []struct {
	name, call, body string
	want             proto.Message
}{
	{"everything null that can be", "POST /v1/secrets", `{"name":null,"a":[{}]}`, &secretv1.CreateSecretRequest{}},
	{"the last of two members", "POST /v1/secrets", `{"name":"a","name":" b\u00a0"}`, &secretv1.CreateSecretRequest{Name: proto.String("b")}},
	{"a pair of surrogates", "POST /v1/secrets", `{"name":"\ud83d\uDE00\\ud800\ufffd"}`, &secretv1.CreateSecretRequest{Name: proto.String("😀\\ud800\ufffd")}},
	{"an integer with a fraction of nothing", "POST /v1/secrets/", `{"bit_length":2.56e2}`, &secretv1.CreateSecretRequest{BitLength: proto.Int32(256)}},
	{"a charset without blank", "POST /v1/secrets", `{"payload":"ü","payload_content_type":"Text/Plain;Charset=UTF-8"}`, plain("ü")},
	{"base64 with what means nothing", "POST /v1/secrets", `{"payload":"A!A\nEC/f7/==","payload_content_type":"application/pkcs8","payload_content_encoding":"base64"}`, pkcs8("\x00\x01\x02\xfd\xfe\xff")},
	{"base64 with padding", "POST /v1/secrets", `{"payload":"AA==AA","payload_content_type":"application/pkcs8","payload_content_encoding":"base64"}`, pkcs8("\x00")},
	{"an encoding of no payload", "POST /v1/secrets", `{"payload_content_encoding":"base64","transport_key_needed":"false"}`, &secretv1.CreateSecretRequest{}},
	{"an end with a zone", "POST /v1/secrets", `{"expiration":"2114-02-28T19:14:44,1803949-05:30"}`, expires(on(2114, 3, 1, 0, 44, 44, 180394))},
	{"an end that is a day", "POST /v1/secrets", `{"expiration":"2114-2-8"}`, expires(on(2114, 2, 8, 0, 0, 0, 0))},
	{"an end without punctuation", "POST /v1/secrets", `{"expiration":"21140228 191444Z"}`, expires(on(2114, 2, 28, 19, 14, 44, 0))},
	{"an end that is a year", "POST /v1/secrets", `{"expiration":"2114"}`, expires(on(2114, 1, 1, 0, 0, 0, 0))},
	{"an order", "POST /v1/orders", `{"type":"key","meta":{"name":"k","algorithm":"aes","bit_length":256,"payload_content_type":"application/octet-stream","expiration":""}}`,
		&secretv1.CreateOrderRequest{Type: "key", Meta: &secretv1.OrderMeta{
			Name: proto.String("k"), Algorithm: "aes", BitLength: 256, PayloadContentType: proto.String("application/octet-stream"),
		}}},
	{"a container", "POST /v1/containers", `{"type":"certificate","secret_refs":[{"name":"certificate","secret_ref":"` + public + secret + `/"}]}`,
		&secretv1.CreateContainerRequest{Type: "certificate", SecretRefs: []*secretv1.ContainerSecret{{Name: proto.String("certificate"), SecretId: one}}}},
	{"a secret to add", "POST " + container + "/secrets", `{"secret_ref":"` + public + secret + `"}`, &secretv1.AddContainerSecretRequest{ContainerId: one, SecretId: one}},
	{"a secret to remove", "DELETE " + container + "/secrets/", `{"name":"n","secret_ref":"` + public + secret + `"}`,
		&secretv1.RemoveContainerSecretRequest{ContainerId: one, Name: proto.String("n"), SecretId: one}},
	{"a consumer as the documentation has it", "POST " + container + "/consumers", `{"name":"n","url":"u","container_id":"x"}`,
		&secretv1.RegisterConsumerRequest{ContainerId: one, Name: "n", Url: "u"}},
	{"a consumer to remove", "DELETE " + container + "/consumers", `{"name":"n","URL":"u","url":"v"}`, &secretv1.UnregisterConsumerRequest{ContainerId: one, Name: "n", Url: "u"}},
	{"a consumer of a secret", "POST " + secret + "/consumers", `{"service":"s","resource_type":"t","resource_id":"i"}`,
		&secretv1.RegisterSecretConsumerRequest{SecretId: one, Service: "s", ResourceType: "t", ResourceId: "i"}},
	{"one to remove", "DELETE " + secret + "/consumers", `{"service":"s","resource_type":"t","resource_id":"i"}`,
		&secretv1.UnregisterSecretConsumerRequest{SecretId: one, Service: "s", ResourceType: "t", ResourceId: "i"}},
	{"nobody who may read", "PUT " + secret + "/acl", `{"read":{}}`, &secretv1.ReplaceSecretAclRequest{SecretId: one}},
	{"no users any more", "PATCH " + container + "/acl", `{"read":{"users":[]}}`,
		&secretv1.UpdateContainerAclRequest{ContainerId: one, Read: &secretv1.ReadChange{Users: &secretv1.Users{}}}},
	{"who may read", "PATCH " + secret + "/acl", `{"read":{"users":["a ","b"],"project-access":false}}`,
		&secretv1.UpdateSecretAclRequest{SecretId: one, Read: &secretv1.ReadChange{Users: &secretv1.Users{Ids: []string{"a", "b"}}, ProjectAccess: proto.Bool(false)}}},
	{"the project may read", "PUT " + container + "/acl", `{"read":{"project-access":true}}`,
		&secretv1.ReplaceContainerAclRequest{ContainerId: one, Read: &secretv1.ReadChange{ProjectAccess: proto.Bool(true)}}},
	{"metadata", "PUT " + secret + "/metadata", `{"metadata":{"A-b":" 1 ","c_D":""}}`, &secretv1.ReplaceMetadataRequest{SecretId: one, Metadata: map[string]string{"a-b": "1", "c_d": ""}}},
	{"a metadatum", "POST " + secret + "/metadata", `{"key":"A","value":"1"}`, &secretv1.AddMetadatumRequest{SecretId: one, Key: "a", Value: "1"}},
	{"a metadatum again", "PUT " + secret + "/metadata/a", `{"key":"A","value":"2"}`, &secretv1.SetMetadatumRequest{SecretId: one, MetadatumKey: "a", Key: "a", Value: "2"}},
	{"quotas", "PUT /v1/project-quotas/p", `{"project_quotas":{"secrets":-1,"cas":0}}`,
		&secretv1.SetProjectQuotasRequest{ProjectId: "p", ProjectQuotas: &secretv1.Quotas{Secrets: proto.Int32(-1), Cas: proto.Int32(0)}}},
}

// What services are asked is what clients said, as Barbican reads it.
func TestBodies(t *testing.T) {
	for _, tt := range bodies {
		t.Run(tt.name, func(t *testing.T) {
			c := &scripted{}
			w := send(t, over(t, c, public), tt.call, tt.body)
			if diff := cmp.Diff(tt.want, c.asked, protocmp.Transform()); diff != "" {
				t.Errorf("got %d %s: %s", w.Code, w.Body, diff)
			}
			if got := strings.Join(c.sent["authorization"], " "); got != "Bearer t" {
				t.Errorf("the credential is %q", got)
			}
		})
	}
}

// Payloads are bodies of two types, of which one may be encoded.
func TestPayloads(t *testing.T) {
	const updating = "Secret update issue seen - "
	for _, tt := range []struct {
		name, mediaType, encoding, body string
		payload, says                   string
	}{
		{"text", "text/plain; charset=utf-8", "", " ü ", " ü ", ""},
		{"text that says it is encoded", "TEXT/PLAIN", "base64", "AAEC", "AAEC", ""},
		{"bytes", "application/octet-stream", "", "\x00\xff", "\x00\xff", ""},
		{"bytes in base64", "application/octet-stream", "BASE64", "AAEC/f7/\n", "\x00\x01\x02\xfd\xfe\xff", ""},
		{"no base64", "application/octet-stream", "base64", "A", "", updating + "Problem decoding payload."},
		{"text that is none", "text/plain", "", "\xff", "", updating + "Problem decoding payload."},
		{"nothing", "text/plain", "", "", "", updating + "No data supplied to process.."},
		{"another encoding", "application/octet-stream", "gzip", "x", "", "must specify a content-encoding of 'base64'."},
		{"another type", "application/pkcs8", "", "x", "", "Expected content types are: ['application/octet-stream', 'text/plain']"},
		{"too much", "application/octet-stream", "", strings.Repeat("x", 20_001), "", updating + "Provided information too large to process."},
		{"as much as fits", "application/octet-stream", "", strings.Repeat("x", 20_000), strings.Repeat("x", 20_000), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := &scripted{}
			w := send(t, over(t, c, public), "PUT "+secret, tt.body, "Content-Type", tt.mediaType, "Content-Encoding", tt.encoding)
			if tt.says != "" {
				if !strings.Contains(w.Body.String(), tt.says) || c.asked != nil {
					t.Errorf("got %d %s, want %s", w.Code, w.Body, tt.says)
				}
				return
			}
			want := &secretv1.StorePayloadRequest{SecretId: one, Payload: []byte(tt.payload), ContentType: strings.ToLower(strings.Split(tt.mediaType, ";")[0])}
			if diff := cmp.Diff(proto.Message(want), c.asked, protocmp.Transform()); diff != "" || w.Code != http.StatusNoContent {
				t.Errorf("got %d %s: %s", w.Code, w.Body, diff)
			}
		})
	}
}
