package unkey_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// FuzzRequest sends anything: whatever it is, the answer is no 5xx, and JSON in the
// envelope where it is an error.
func FuzzRequest(f *testing.F) {
	const create = "/v1/identities.createIdentity"
	f.Add("GET", "/v1/liveness", "", "", "")
	f.Add("GET", "/v1/identities.getIdentity?identityId=id_0001&pretty", "Bearer "+rootKey, "", "")
	f.Add("GET", "/v1/identities.listIdentities?limit=1e2&cursor=%00&environment=x", "Bearer "+rootKey, "", "")
	f.Add("HEAD", "/v1/identities.listIdentities?limit=;", "Bearer "+readerKey, "", "")
	f.Add("POST", create, "Bearer "+rootKey, "application/json", `{"externalId":"user_1","meta":{"a":[1e400,null]},"ratelimits":[{"name":"a","limit":1e3,"duration":60000}]}`)
	f.Add("POST", create, "Bearer "+rootKey, "application/json", `{"externalId":"user_1","ratelimits":[{"name":"a","limit":0}],"meta":{"a":1,"a":2}}`)
	f.Add("POST", "/v1/identities.updateIdentity", "Bearer "+rootKey, "", `{"identityId":"id_0001","meta":{},"ratelimits":[]}`)
	f.Add("POST", "/v1/identities.deleteIdentity?pretty=1", "bearer  "+rootKey, "application/json; x", "\xef\xbb\xbf{}")
	f.Add("DELETE", "/v1%2fidentities.getIdentity/../%ff", "Basic \x00\xff", "a/b", "[[[[")
	f.Add("OPTIONS", "/v1/.", "", "", "")
	f.Add("POST", "/v2/identities.createIdentity", "Bearer "+rootKey, "application/json", `{"externalId":"user_1","ratelimits":[{"name":"abc","limit":1,"duration":1e3,"autoApply":true}]}`)
	f.Add("POST", "/v2/identities.listIdentities", "Bearer "+readerKey, "", `{"limit":1,"x":[]}`)
	f.Add("POST", "/v2/ratelimit.multiLimit", "bearer x", "application/json", `[{"namespace":"a","identifier":"b","limit":1,"duration":1000},{}]`)
	f.Add("POST", "/v2/keys.updateKey", "Bearer "+rootKey, "application/json", `{"keyId":"abc","credits":{"remaining":null},"meta":null}`)
	f.Add("GET", "/v2/analytics.x", "", "", "")
	h := handler(f)
	f.Fuzz(func(t *testing.T, method, target, authorization, mediaType, body string) {
		u, err := url.ParseRequestURI(target)
		if err != nil {
			return // net/http refuses it before the handler
		}
		r := &http.Request{
			Method: method, URL: u, Host: "a", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, RemoteAddr: "192.0.2.1:1",
			Header: http.Header{"Authorization": {authorization}}, Body: http.NoBody, ContentLength: int64(len(body)),
		}
		if mediaType != "" {
			r.Header.Set("Content-Type", mediaType)
		}
		if body != "" {
			r.Body = readCloser{bytes.NewReader([]byte(body))}
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r.WithContext(t.Context()))
		checkAnswer(t, method, w)
	})
}

type readCloser struct{ *bytes.Reader }

func (readCloser) Close() error { return nil }

func checkAnswer(t *testing.T, method string, w *httptest.ResponseRecorder) {
	t.Helper()
	h := w.Header()
	switch {
	case w.Code >= http.StatusInternalServerError:
		t.Fatalf("status %d: %s", w.Code, w.Body)
	case h.Get("Unkey-Request-Id") == "": // nobody's path, or a page
		return
	case method == http.MethodHead || w.Code == http.StatusNoContent:
		if w.Body.Len() != 0 {
			t.Fatalf("body %q", w.Body)
		}
		return
	}
	if strings.HasPrefix(w.Body.String(), `{"meta":{`) {
		if w.Code != http.StatusOK {
			readV2(t, w)
		}
		return
	}
	var e struct {
		Error *struct{ Code, Docs, Message, RequestID string }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil {
		t.Fatalf("%q is not JSON: %v", w.Body, err)
	}
	codes := []string{
		"BAD_REQUEST", "UNAUTHORIZED", "FORBIDDEN", "NOT_FOUND", "METHOD_NOT_ALLOWED", "CONFLICT", "PRECONDITION_FAILED", "TOO_MANY_REQUESTS",
	}
	if w.Code == http.StatusOK {
		return
	}
	if e.Error == nil || !slices.Contains(codes, e.Error.Code) || e.Error.Message == "" || e.Error.RequestID != h.Get("Unkey-Request-Id") {
		t.Fatalf("status %d: %s is no envelope", w.Code, w.Body)
	}
}
