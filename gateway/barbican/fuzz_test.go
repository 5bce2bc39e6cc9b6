package barbican_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	secretv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
)

// FuzzRequest sends anything: whatever it is, the answer is no 5xx, and an error is in one of
// the envelopes.
func FuzzRequest(f *testing.F) {
	f.Add("GET", "/", "", "", "key-manager 1.1", "")
	f.Add("POST", "/v1/secrets/", "application/json", "", "", text)
	f.Add("POST", "/v1/secrets", "application/json", "", "", `{"name":" \u00a0","bit_length":1e400,"expiration":"2114-02-28T19:14:44.180394-05:00"}`)
	f.Add("POST", "/v1/secrets", "application/json", "", "", `{"payload":"A=A=","payload_content_type":"application/pkcs8;charset=utf-8","payload_content_encoding":"base64"}`)
	f.Add("PUT", secret, "text/plain", "", "", "\xff")
	f.Add("GET", secret, "", "text/plain, */*;q=0", "compute 1.0,key-manager latest", "")
	f.Add("GET", "/v1/secrets?created=gt:2026-01-01,lt:2027&sort=name:desc&limit=9e9&offset=-1&x=%ff", "", "*/*", "", "")
	f.Add("DELETE", secret+"?force=1&force", "", "", "key-manager 1.2", "")
	f.Add("POST", "/v1/containers", "application/json", "", "", `{"type":"rsa","secret_refs":[`+ref+`,{"name":null,"secret_ref":"/"}]}`)
	f.Add("DELETE", container+"/secrets", "", "", "", ref)
	f.Add("DELETE", container+"/consumers", "application/json", "application/json", "", `{"name":"n","url":["\ud800'\""]}`)
	f.Add("PATCH", secret+"/acl", "application/json", "", "", `{"read":{"users":["a"],"project-access":null}}`)
	f.Add("PUT", secret+"/metadata", "application/json", "", "", `{"metadata":{"A":"1","a":"2"}}`)
	f.Add("POST", "/v1/orders", "application/json", "", "", key)
	f.Add("PUT", "/v1/project-quotas/%00", "application/json", "", "", `{"project_quotas":{"cas":-1}}`)
	f.Add("PUT", "/v1/orders//", "", "", "key-manager 1.", "[[")
	h := over(f, &scripted{}, public)
	f.Fuzz(func(t *testing.T, method, target, mediaType, accept, version, body string) {
		u, err := url.ParseRequestURI(target)
		if err != nil {
			return // net/http refuses it before the handler
		}
		r := &http.Request{
			Method: method, URL: u, RequestURI: target, Host: "a", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, RemoteAddr: "192.0.2.1:1",
			Header: http.Header{"X-Auth-Token": {"t"}, "Content-Type": {mediaType}, "Accept": {accept}, "Openstack-Api-Version": {version}},
			Body:   io.NopCloser(bytes.NewReader([]byte(body))), ContentLength: int64(len(body)),
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r.WithContext(t.Context()))
		checkAnswer(t, method, w)
	})
}

func checkAnswer(t *testing.T, method string, w *httptest.ResponseRecorder) {
	t.Helper()
	var e struct {
		Code  any
		Title string
	}
	switch {
	case w.Code >= http.StatusInternalServerError:
		t.Fatalf("status %d: %s", w.Code, w.Body)
	case w.Header().Get("X-Openstack-Request-Id") == "": // a page
	case method == http.MethodHead || w.Code == http.StatusNoContent:
		if w.Body.Len() != 0 {
			t.Fatalf("body %q", w.Body)
		}
	case w.Code >= http.StatusBadRequest:
		if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || e.Code == nil || e.Title == "" {
			t.Fatalf("status %d: %s is no envelope", w.Code, w.Body)
		}
	}
}

// FuzzBody sends any value as a new secret: what reaches the service is text, and short enough.
func FuzzBody(f *testing.F) {
	for _, body := range []string{text, `{"name":"\u2028x "}`, `{"expiration":"2114"}`, `[]`, `{"payload":"AA","payload_content_type":"application/octet-stream","payload_content_encoding":"base64"}`} {
		f.Add(body)
	}
	c := &scripted{}
	h := over(f, c, public)
	f.Fuzz(func(t *testing.T, body string) {
		c.asked = nil
		w := send(t, h, "POST /v1/secrets", body, "Content-Type", "application/json")
		m, asked := c.asked.(*secretv1.CreateSecretRequest)
		if asked != (w.Code == http.StatusCreated) {
			t.Fatalf("got %d %s", w.Code, w.Body)
		}
		if len(m.GetPayload()) > 20_000 || len(m.GetName()) > 4*255 || m.GetBitLength() < 0 || m.GetPayloadContentType() == "" && m.GetPayload() != nil {
			t.Fatalf("the service is asked %v", m)
		}
	})
}
