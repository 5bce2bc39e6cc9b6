package barbican_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	secretv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
)

func page(offset int64, limit int32) proto.Message {
	return &secretv1.ListContainersRequest{Offset: offset, Limit: limit}
}

func tenSecrets(m *secretv1.ListSecretsRequest) proto.Message {
	m.Limit = 10
	return m
}

var queries = []struct {
	name, call string
	header     []string
	want       proto.Message
}{
	{"nothing", "GET /v1/containers/?", nil, page(0, 10)},
	{"the last of two", "GET /v1/containers?limit=1&limit=2&offset=3&offset=4", nil, page(4, 2)},
	{"more than int64 holds", "GET /v1/containers?limit=9223372036854775808&offset=9223372036854775808", nil, page(0, 100)},
	{"less than int64 holds", "GET /v1/containers?limit=-9223372036854775809&offset=-1", nil, page(0, 1)},
	{"blanks", "GET /v1/containers?limit=+5+&offset=%2B6", nil, page(6, 5)},
	{"what is no text", "GET /v1/containers?name=%ff", nil, &secretv1.ListContainersRequest{Limit: 10, Name: "\uFFFD"}},
	{"the wire of other products", "GET /v1/containers?container_id=x&pageLimit=1", nil, page(0, 10)},
	{"orders", "GET /v1/orders?meta=k&limit=3", nil, &secretv1.ListOrdersRequest{Limit: 3, Meta: "k"}},
	{"consumers", "GET " + container + "/consumers?offset=1", nil, &secretv1.ListConsumersRequest{ContainerId: one, Offset: 1, Limit: 10}},
	{"a secret's consumers", "GET " + secret + "/consumers?limit=1", nil, &secretv1.ListSecretConsumersRequest{SecretId: one, Limit: 1}},
	{"quotas", "GET /v1/project-quotas?limit=1", nil, &secretv1.ListProjectQuotasRequest{Limit: 1}},
	{"filters", "GET /v1/secrets?name=a%25&alg=aes&mode=cbc&bits=256&secret_type=opaque&acl_only=True", nil,
		tenSecrets(&secretv1.ListSecretsRequest{Name: "a%", Alg: "aes", Mode: "cbc", Bits: 256, SecretType: "opaque", AclOnly: true})},
	{"filters that mean nothing", "GET /v1/secrets?bits=many&acl_only=1&created=&sort=", nil, tenSecrets(&secretv1.ListSecretsRequest{})},
	{"a range of time", "GET /v1/secrets?created=gte:2026-01-01,lt:2027-01-01T00:00:00Z", nil, tenSecrets(&secretv1.ListSecretsRequest{Created: []*secretv1.TimeBound{
		{Comparison: secretv1.Comparison_COMPARISON_GTE, Time: on(2026, 1, 1, 0, 0, 0, 0)}, {Comparison: secretv1.Comparison_COMPARISON_LT, Time: on(2027, 1, 1, 0, 0, 0, 0)},
	}})},
	{"a time", "GET /v1/secrets?expiration=2026-01-01&updated=gt:2026-01-01", nil, tenSecrets(&secretv1.ListSecretsRequest{
		Expiration: []*secretv1.TimeBound{{Time: on(2026, 1, 1, 0, 0, 0, 0)}},
		Updated:    []*secretv1.TimeBound{{Comparison: secretv1.Comparison_COMPARISON_GT, Time: on(2026, 1, 1, 0, 0, 0, 0)}},
	})},
	{"an order", "GET /v1/secrets?sort=name:desc,created,bit_length:asc", nil, tenSecrets(&secretv1.ListSecretsRequest{Sort: []*secretv1.SortKey{
		{Key: "name", Descending: true}, {Key: "created"}, {Key: "bit_length"},
	}})},
	{"consumers, too", "GET /v1/secrets", []string{"OpenStack-API-Version", "key-manager 1.1"}, tenSecrets(&secretv1.ListSecretsRequest{WithConsumers: true})},
	{"a secret with them", "GET " + secret, []string{"OpenStack-API-Version", "compute 2.1, Key-Manager latest"}, &secretv1.GetSecretRequest{SecretId: one, WithConsumers: true}},
	{"a secret without", "GET " + secret + "?with_consumers=true", nil, &secretv1.GetSecretRequest{SecretId: one}},
	{"the old way to a payload", "GET " + secret + "/", []string{"Accept", "text/plain;charset=utf-8"}, &secretv1.GetPayloadRequest{SecretId: one, Accept: "text/plain"}},
	{"any payload", "GET " + secret + "/payload/", []string{"Accept", "*/*"}, &secretv1.GetPayloadRequest{SecretId: one}},
	{"one nobody has", "GET " + secret + "/payload", []string{"Accept", strings.Repeat("x", 300)}, &secretv1.GetPayloadRequest{SecretId: one, Accept: strings.Repeat("x", 255)}},
	{"a secret to delete", "DELETE " + secret + "?unused_only=true", nil, &secretv1.DeleteSecretRequest{SecretId: one}},
	{"one that is not used", "DELETE " + secret, []string{"OpenStack-API-Version", "key-manager 1.2"}, &secretv1.DeleteSecretRequest{SecretId: one, UnusedOnly: true}},
	{"one by force", "DELETE " + secret + "?force=no&force=Yes", []string{"OpenStack-API-Version", "key-manager 1.2"}, &secretv1.DeleteSecretRequest{SecretId: one}},
}

// Queries are read as far as they mean something; nothing in them is an error but dates,
// orders, and what is no boolean.
func TestQueries(t *testing.T) {
	for _, tt := range queries {
		t.Run(tt.name, func(t *testing.T) {
			c := &scripted{}
			w := send(t, over(t, c, public), tt.call, "", tt.header...)
			if diff := cmp.Diff(tt.want, c.asked, protocmp.Transform()); diff != "" || w.Code >= http.StatusMultipleChoices {
				t.Errorf("got %d %s: %s", w.Code, w.Body, diff)
			}
		})
	}
}

func TestQueriesAreRefused(t *testing.T) {
	for _, query := range []string{
		"created=yesterday", "updated=gt:", "expiration=gt:2026-01-01,gte:2026-01-01", "created=lt:2026-01-01,lte:2026-01-01", "created=2026,2026",
		"created=gt:2026,lt:2027,2026", "created=ge:2026-01-01", "sort=name,name:desc", "sort=owner", "sort=name:up", "sort=name:asc:desc", "sort=,name",
	} {
		w := send(t, over(t, &scripted{}, public), "GET /v1/secrets?"+query, "")
		if w.Code != 400 || !strings.Contains(w.Body.String(), "URI provided invalid query string parameters.") {
			t.Errorf("%s: got %d %s", query, w.Code, w.Body)
		}
	}
	if w := send(t, over(t, &scripted{}, public), "GET /v1/secrets?name=%zz", ""); w.Code != 400 || !strings.Contains(w.Body.String(), "the query is malformed") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	w := send(t, over(t, &scripted{}, public), "DELETE "+secret+"?force=maybe", "", "OpenStack-API-Version", "key-manager 1.2")
	if w.Code != 400 || !strings.Contains(w.Body.String(), "URI provided invalid query string parameters.") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}
