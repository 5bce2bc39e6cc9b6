package unkey_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/gateway/gatewaytest"
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/rpc"
)

func TestRecordings(t *testing.T) {
	v1, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(v1) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	v2, err := filepath.Glob("testdata/v2/*.txtar")
	if err != nil || len(v2) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	for _, file := range append(v1, v2...) {
		t.Run(filepath.ToSlash(file), func(t *testing.T) {
			vars := map[string]string{"key": rootKey, "reader": readerKey, "session": sessionKey, "base": ""}
			if err := gatewaytest.Replay(t.Context(), serve(t), file, vars); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestMetaIsKeptByteForByte(t *testing.T) {
	base := serve(t)
	meta := `{ "a":10, "b":10.0,"c":9007199254740993, "d":1e400,"e":"é\u00e9\/", "f":[ null,{}] ,"g":-0}`
	create := post(t, base+"/v1/identities.createIdentity", `{"externalId":"user_1","meta":`+meta+`}`)
	if create.StatusCode != http.StatusOK {
		t.Fatalf("create: %d", create.StatusCode)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/v1/identities.getIdentity?externalId=user_1", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := do(t, req); !strings.Contains(got.body, meta) {
		t.Errorf("got %s, want it to hold %s", got.body, meta)
	}
}

// Every code that an answer can carry has a page behind X-Error-Doc.
func TestErrorDocsExist(t *testing.T) {
	base := serve(t)
	for _, path := range []string{"/v1/nothing.here", "/v1/identities.getIdentity", "/v1/identities.createIdentity"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		doc := do(t, req).Header.Get("X-Error-Doc")
		if req, err = http.NewRequestWithContext(t.Context(), http.MethodGet, base+doc, nil); err != nil {
			t.Fatal(err)
		}
		if page := do(t, req); page.StatusCode != http.StatusOK || !strings.Contains(page.body, "<h2>Fix</h2>") {
			t.Errorf("%s points at %q, which answers %d", path, doc, page.StatusCode)
		}
	}
}

// refusing is a service that breaks a constraint, whatever it is asked.
type refusing struct {
	identityv1.UnimplementedIdentityServiceServer
	violation fault.Violation
}

func (s refusing) CreateIdentity(context.Context, *identityv1.CreateIdentityRequest) (*identityv1.CreateIdentityResponse, error) {
	return nil, fault.Invalid(s.violation)
}

func TestViolationsInZodsWords(t *testing.T) {
	tests := []struct {
		violation fault.Violation
		want      string
	}{
		{fault.Violation{Field: "external_id", Rule: "string.max_len", Limit: "256"}, "externalId: String must contain at most 256 character(s)"},
		{fault.Violation{Field: "external_id", Rule: "required"}, "externalId: Required"},
		{fault.Violation{Field: "ratelimits", Rule: "repeated.max_items", Limit: "50"}, "ratelimits: Array must contain at most 50 element(s)"},
		{fault.Violation{Field: "ratelimits[12].limit", Rule: "int64.gte", Limit: "1"}, "ratelimits.12.limit: Number must be greater than or equal to 1"},
		{fault.Violation{Field: "ratelimits[0].limit", Rule: "int64.lte", Limit: "9"}, "ratelimits.0.limit: Number must be less than or equal to 9"},
		{fault.Violation{Field: "ratelimits[0].limit", Rule: "int64.gte_lte", Limit: "1", Message: "must be 1 to 9"}, "ratelimits.0.limit: Number must be 1 to 9"},
		{fault.Violation{Field: "meta", Rule: "json", Message: "must be an object"}, "meta: must be an object"},
		{fault.Violation{Field: "meta", Rule: "cel"}, "meta: Invalid"},
	}
	for _, tt := range tests {
		local := rpc.NewLocal()
		identityv1.RegisterIdentityServiceServer(local, refusing{violation: tt.violation})
		s := httptest.NewServer(over(t, local, slog.DiscardHandler))
		if got := post(t, s.URL+"/v1/identities.createIdentity", `{"externalId":"abc"}`); !strings.Contains(got.body, `"message":"`+tt.want+`"`) {
			t.Errorf("%s: got %s, want %s", tt.violation.Rule, got.body, tt.want)
		}
		s.Close()
	}
}

type answer struct {
	*http.Response
	body string
}

func post(t *testing.T, url, body string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	return do(t, req)
}

func do(t *testing.T, req *http.Request) answer {
	t.Helper()
	req.Header.Set("Authorization", "Bearer "+rootKey)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp, string(body)}
}
