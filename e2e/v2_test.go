package e2e_test

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
)

// v2 does what must succeed in v2 and returns the data.
func (s server) v2(t *testing.T, operation, body string) map[string]any {
	t.Helper()
	data, _ := s.data(t, operation, body).(map[string]any)
	return data
}

func (s server) v2list(t *testing.T, operation, body string) []any {
	t.Helper()
	data, _ := s.data(t, operation, body).([]any)
	return data
}

func (s server) data(t *testing.T, operation, body string) any {
	t.Helper()
	r := s.do(t, call{path: "/v2/" + operation, key: s.rootKey, body: body})
	answer, _ := decode(t, r.body).(map[string]any)
	if r.status != http.StatusOK || answer["meta"] == nil || answer["data"] == nil {
		t.Fatalf("%s %s: status %d, want 200 with meta and data: %s", operation, body, r.status, r.body)
	}
	return answer["data"]
}

// name is one that nobody else uses.
func (s server) name() string { return "name-" + strings.ToLower(rand.Text()) }

// newAPIKey makes a key with some fields, in an API of its own.
func (s server) newAPIKey(t *testing.T, fields string) (id, key string) {
	t.Helper()
	body := s.v2(t, "apis.createApi", `{"name":"keys"}`)
	maps.Copy(body, decode(t, []byte(fields)).(map[string]any))
	made := s.v2(t, "keys.createKey", encode(t, body))
	return made["keyId"].(string), made["key"].(string)
}

// verify returns the verdict on a key.
func (s server) verify(t *testing.T, key, fields string) map[string]any {
	t.Helper()
	body := decode(t, []byte(fields)).(map[string]any)
	body["key"] = key
	return s.v2(t, "keys.verifyKey", encode(t, body))
}

// limit asks for the limit of "user", without counting.
func (s server) limit(t *testing.T, namespace string, limit int) json.Number {
	t.Helper()
	body := `{"namespace":%q,"identifier":"user","limit":%d,"duration":86400000,"cost":0}`
	got, _ := s.v2(t, "ratelimit.limit", fmt.Sprintf(body, namespace, limit))["limit"].(json.Number)
	return got
}

// override sets the limit of "user".
func (s server) override(t *testing.T, namespace string, limit int) {
	t.Helper()
	body := `{"namespace":%q,"identifier":"user","limit":%d,"duration":86400000}`
	s.v2(t, "ratelimit.setOverride", fmt.Sprintf(body, namespace, limit))
}

func encode(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// fill reads JSON whose fields are named as a Go value's, whatever the case.
func fill(t *testing.T, b []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatalf("%s: %v", b, err)
	}
}
