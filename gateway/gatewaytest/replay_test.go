package gatewaytest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/gateway/gatewaytest"
)

// echo answers with the request's body and its header X-Echo.
func echo(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if v := r.Header.Get("X-Echo"); v != "" {
		w.Header().Set("X-Echo", v)
	}
	_, _ = io.Copy(w, r.Body)
}

func TestReplay(t *testing.T) {
	tests := []struct {
		name, sent, want string
		differs          string // what the error says; empty when there is none
	}{
		{name: "the same JSON in other order", sent: `{"a": 1, "b": [true, null]}`, want: `{"b":[true,null],"a":1}`},
		{name: "a variable", sent: `{"id": "x1"}`, want: `{"id": "x{{n}}"}`},
		{name: "a variable that is known", sent: `{"id": "beta"}`, want: `{"id": "{{known}}"}`, differs: "beta"},
		{name: "text", sent: `plain`, want: `pl{{_}}n`},
		{name: "another number", sent: `{"a": 10}`, want: `{"a": 10.0}`, differs: "want 10.0"},
		{name: "a number for a string", sent: `{"a": 1}`, want: `{"a": "1"}`, differs: `want "1"`},
		{name: "a missing member", sent: `{}`, want: `{"a": null}`, differs: "is missing"},
		{name: "a further member", sent: `{"a": null}`, want: `{}`, differs: "not in the recording"},
		{name: "a shorter list", sent: `[1]`, want: `[1, 2]`, differs: "want 2 elements"},
		{name: "text many times over", sent: `a{{b*3}}c`, want: `abbbc`},
		{name: "text that is not there as often", sent: `bb`, want: `{{b*3}}`, differs: "the texts differ"},
		{name: "bytes", sent: `{{hex:00ff}}`, want: "\x00\xff"},
		{name: "other bytes", sent: `{{hex:00fe}}`, want: "{{hex:00ff}}", differs: "the texts differ"},
		{name: "an empty variable", sent: `{"id": ""}`, want: `{"id": "{{id}}"}`, differs: ".id"},
	}
	server := httptest.NewServer(http.HandlerFunc(echo))
	defer server.Close()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := write(t, "-- request --\nPOST /\n\n"+tt.sent+"\n-- response --\n200\nContent-Type: application/json\n\n"+tt.want+"\n")
			check(t, gatewaytest.Replay(t.Context(), server.URL, file, map[string]string{"known": "alpha"}), tt.differs)
		})
	}
}

func TestReplayHeadersAndStatus(t *testing.T) {
	tests := []struct{ name, file, differs string }{
		{"shared headers", "-- headers --\nContent-Type: application/json\n-- request --\nGET /\n-- response --\n200\n", ""},
		{"another status", "-- request --\nGET /\n-- response --\n404\n", "status is 200"},
		{"a further header", "-- headers --\nContent-Type: application/json\n-- request --\nGET /\nX-Echo: a\n-- response --\n200\n", "header X-Echo"},
		{"another value", "-- headers --\nContent-Type: application/json\n-- request --\nGET /\nX-Echo: a\n-- response --\n200\nX-Echo: b\n", `want "b"`},
		{"no response", "-- request --\nGET /\n", "has no response"},
		{"a request of its own name", "-- request 042 --\nGET /\n-- response --\n404\n", "request 042 GET /: status"},
		{"no request", "-- response --\n200\n", "not a status behind a request"},
		{"an unknown section", "-- answer --\n200\n", "no section"},
		{"nothing", "", "has no request"},
	}
	server := httptest.NewServer(http.HandlerFunc(echo))
	defer server.Close()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			check(t, gatewaytest.Replay(t.Context(), server.URL, write(t, tt.file), nil), tt.differs)
		})
	}
}

func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "case.txtar")
	if err := os.WriteFile(file, []byte("A comment.\n"+text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func check(t *testing.T, err error, differs string) {
	t.Helper()
	switch {
	case differs == "" && err != nil:
		t.Errorf("got %v, want no difference", err)
	case differs != "" && (err == nil || !strings.Contains(err.Error(), differs)):
		t.Errorf("got %v, want an error that says %q", err, differs)
	}
}
