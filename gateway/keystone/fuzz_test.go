package keystone_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
)

// FuzzRequest sends anything: whatever it is, the answer is no 5xx, and an error is in the
// envelope.
func FuzzRequest(f *testing.F) {
	const login = `{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"project_a_creator","domain":{"id":"default"},"password":"barbican"}}},"scope":{"project":{"name":"project_a"}}}}`
	f.Add("GET", "/v3/", "", "", "", "")
	f.Add("POST", "/v3/auth/tokens?nocatalog", "", "", "application/json", login)
	f.Add("POST", "/v3/auth/tokens", "token-0", "", "", `{"auth":{"identity":{"methods":["banana",null]},"scope":7}}`)
	f.Add("GET", "/v3/auth/tokens//", "token-0", "token-0", "", "")
	f.Add("HEAD", "/v3/auth/tokens", "token-0", "\xff", "", "")
	f.Add("GET", "/v3/users/%ff%2F/application_credentials?name=%00;", "token-0", "", "", "")
	f.Add("POST", "/v3/users/a/application_credentials/", "token-0", "", "application/json", `{"application_credential":{"name":"a","roles":[{"id":1}]}}`)
	f.Add("DELETE", "/v3/users/%2e%2e/application_credentials/%zz", "token-0", "", "text/plain", "x")
	f.Add("GET", "/v3/auth/projects?a=\xff\"", "token-0", "", "", "")
	f.Add("OPTIONS", "/v3/none", "a b", "", "", "[[")
	h := handler(f, public)
	send(f, h, "POST /v3/auth/tokens", login) // makes token-0
	f.Fuzz(func(t *testing.T, method, target, token, subject, mediaType, body string) {
		u, err := url.ParseRequestURI(target)
		if err != nil {
			return // net/http refuses it before the handler
		}
		r := &http.Request{
			Method: method, URL: u, RequestURI: target, Host: "a", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, RemoteAddr: "192.0.2.1:1",
			Header: http.Header{"X-Auth-Token": {token}, "X-Subject-Token": {subject}, "Content-Type": {mediaType}},
			Body:   io.NopCloser(bytes.NewReader([]byte(body))), ContentLength: int64(len(body)),
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r.WithContext(t.Context()))
		checkAnswer(t, method, w)
	})
}

func checkAnswer(t *testing.T, method string, w *httptest.ResponseRecorder) {
	t.Helper()
	switch {
	case w.Code >= http.StatusInternalServerError:
		t.Fatalf("status %d: %s", w.Code, w.Body)
	case w.Header().Get("X-Openstack-Request-Id") == "": // nobody's path, or a page
	case w.Header().Get("Vary") != "X-Auth-Token":
		t.Fatalf("headers %v", w.Header())
	case method == http.MethodHead || w.Code == http.StatusNoContent:
		if w.Body.Len() != 0 {
			t.Fatalf("body %q", w.Body)
		}
	case w.Code >= http.StatusBadRequest:
		if code, message, title := envelope(t, w.Body.Bytes()); code != w.Code || message == "" || title != http.StatusText(code) {
			t.Fatalf("status %d: %s is no envelope", w.Code, w.Body)
		}
	}
}
