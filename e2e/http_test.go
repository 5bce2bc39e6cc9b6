package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// call is a plain HTTP request: a GET, or a POST when it has a body.
type call struct {
	method, path, key, body string
	header                  http.Header
}

// reply is the answer to a call.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (s server) do(t *testing.T, c call) reply {
	t.Helper()
	r, err := s.send(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// send is do for goroutines, which may not end a test.
func (s server) send(ctx context.Context, c call) (reply, error) {
	if c.method == "" {
		c.method = http.MethodGet
		if c.body != "" {
			c.method = http.MethodPost
		}
	}
	req, err := http.NewRequestWithContext(ctx, c.method, s.baseURL+c.path, strings.NewReader(c.body))
	if err != nil {
		return reply{}, err
	}
	if c.header != nil {
		req.Header = c.header.Clone()
	}
	if c.key != "" {
		req.Header.Set("Authorization", "Bearer "+c.key)
	}
	if c.body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	return readReply(http.DefaultClient.Do(req))
}

// readReply reads what a client got.
func readReply(res *http.Response, err error) (reply, error) {
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return reply{}, err
	}
	return reply{status: res.StatusCode, header: res.Header, body: body}, nil
}

// ok does what must succeed with the root key, and returns the answer's body.
func (s server) ok(t *testing.T, path, body string) []byte {
	t.Helper()
	r := s.do(t, call{path: path, key: s.rootKey, body: body})
	if r.status != http.StatusOK {
		t.Fatalf("%s %s: status %d, want 200: %s", path, body, r.status, r.body)
	}
	r.sound(t)
	return r.body
}

// create makes an identity and returns its id.
func (s server) create(t *testing.T, body string) string {
	t.Helper()
	made := decode(t, s.ok(t, "/v1/identities.createIdentity", body)).(map[string]any)
	id, _ := made["identityId"].(string)
	if len(made) != 1 || !strings.HasPrefix(id, "id_") {
		t.Fatalf("create %s: answer %v, want an identityId alone", body, made)
	}
	return id
}

// sound checks what holds for every answer of the API with a body.
func (r reply) sound(t *testing.T) {
	t.Helper()
	if media, _, err := mime.ParseMediaType(r.header.Get("Content-Type")); err != nil || media != "application/json" {
		t.Errorf("content type %q (%v), want application/json", r.header.Get("Content-Type"), err)
	}
	if r.header.Get("Unkey-Request-Id") == "" {
		t.Error("no Unkey-Request-Id header")
	}
	if got := r.header.Get("Access-Control-Allow-Origin"); got != "*" {
		t.Errorf("Access-Control-Allow-Origin is %q, want *", got)
	}
	if got := r.header.Values("Access-Control-Allow-Credentials"); got != nil {
		t.Errorf("Access-Control-Allow-Credentials is %q, want none", got)
	}
}

// refused checks that the answer is an error in Unkey's envelope, and no more.
func (r reply) refused(t *testing.T, status int, code string) (message string) {
	t.Helper()
	if r.status != status {
		t.Errorf("status %d, want %d: %s", r.status, status, r.body)
		return ""
	}
	r.sound(t)
	inner, _ := decode(t, r.body).(map[string]any)["error"].(map[string]any)
	message, _ = inner["message"].(string)
	if message == "" {
		t.Errorf("no message in %s", r.body)
	}
	want := map[string]any{"error": map[string]any{
		"code":      code,
		"docs":      "https://unkey.dev/docs/api-reference/errors/code/" + code,
		"message":   message,
		"requestId": r.header.Get("Unkey-Request-Id"),
	}}
	if diff := cmp.Diff(want, decode(t, r.body)); diff != "" {
		t.Errorf("error body (-want +got):\n%s", diff)
	}
	return message
}

// equal checks that a body is a JSON value; numbers are compared digit by digit.
func equal(t *testing.T, got []byte, want string) {
	t.Helper()
	if diff := cmp.Diff(decode(t, []byte(want)), decode(t, got)); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
}

func decode(t *testing.T, body []byte) (v any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("body %q is not JSON: %v", body, err)
	}
	return v
}
