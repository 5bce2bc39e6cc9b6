package unkey_test

import (
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/gateway/gatewaytest"
)

func TestRecordings(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			vars := map[string]string{"key": rootKey, "reader": readerKey, "session": sessionKey}
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
