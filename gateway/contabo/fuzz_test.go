package contabo_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

// FuzzRequest sends anything: whatever it is, the answer is no 5xx, and JSON in the
// envelope where it is an error.
func FuzzRequest(f *testing.F) {
	const credential = "/v1/users/" + annID + "/object-storages/" + storageID + "/credentials/"
	bearer := "Bearer " + session
	f.Add("GET", "/v1/users?page=1&size=10&orderBy=a:asc&email=%ff&enabled=", bearer, requestUUID, "t", "", "")
	f.Add("GET", "/v1/users/%ff/../%2F?x=;", bearer, requestUUID, "", "", "")
	f.Add("HEAD", "/v1/roles/012", "bearer  "+rootKey, strings.ToUpper(requestUUID), "", "", "")
	f.Add("PUT", "/v1/roles/12", bearer, requestUUID, "", "application/json", `{"name":"a","admin":false,"accessAllResources":1e3,"permissions":[{"apiName":"","actions":[null]}]}`)
	f.Add("POST", "/v1/users", bearer, requestUUID, "\xff", "", `{"email":"a@b.c","enabled":true,"totp":false,"locale":"en","roles":[1e400,-0]}`)
	f.Add("PATCH", "/v1/users/"+annID, bearer, requestUUID, "", "application/json; x", " ")
	f.Add("PATCH", credential+"12345", bearer, requestUUID, "", "a/b", "[[[[")
	f.Add("GET", credential+"-9223372036854775809", "Basic \x00\xff", "", "", "", "")
	f.Add("GET", "/v1/users/audits?startDate=2026-13-01&page=99999999999999999999", bearer, requestUUID, "", "", "")
	f.Add("POST", "/v1/object-storages/x", "", "", "", "", "{}")
	f.Add("OPTIONS", "/v1/tags/", "", "", "", "", "")
	f.Add("POST", tokenPath, "Basic YTpi", "", "", "application/x-www-form-urlencoded", "grant_type=password")
	f.Add("GET", "/auth/realms/contabo/.well-known/openid-configuration", "", "x", "", "", "")
	h := over(f, behind(f))
	f.Fuzz(func(t *testing.T, method, target, authorization, requestID, traceID, mediaType, body string) {
		u, err := url.ParseRequestURI(target)
		if err != nil {
			return // net/http refuses it before the handler
		}
		r := &http.Request{
			Method: method, URL: u, Host: "a", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, RemoteAddr: "192.0.2.1:1", ContentLength: int64(len(body)),
			Header: http.Header{"Authorization": {authorization}, "X-Request-Id": {requestID}, "X-Trace-Id": {traceID}}, Body: http.NoBody,
		}
		if mediaType != "" {
			r.Header.Set("Content-Type", mediaType)
		}
		if body != "" {
			r.Body = io.NopCloser(strings.NewReader(body))
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r.WithContext(t.Context()))
		checkAnswer(t, u.Path, method, w)
	})
}

// FuzzLogin sends any form with any client: of what the header holds nothing but text gets
// through, and what the form says of the client is never replaced by something else.
func FuzzLogin(f *testing.F) {
	f.Add("Basic REUtNTQzMjE6YSBiK2M=", "grant_type=password&client_id=DE-54321&username=a&password=b+c")
	f.Add("Basic YTpiJWZm", "client_secret=%ff")
	f.Add("basic", "client_id=a&client_id=b")
	f.Add("Bearer x", "a=b;c=d&%zz")
	c := &scripted{}
	h := over(f, c)
	f.Fuzz(func(t *testing.T, authorization, form string) {
		c.asked = nil
		w := login(t, h, authorization, form)
		checkAnswer(t, tokenPath, http.MethodPost, w)
		r, asked := c.asked.(*useradminv1.CreateTokenRequest)
		if asked != (w.Code == http.StatusOK) {
			t.Fatalf("got %d, asked %v", w.Code, c.asked)
		}
		if !asked {
			return
		}
		if _, err := proto.Marshal(r); err != nil {
			t.Fatalf("this can't be sent: %v", err)
		}
		values, err := url.ParseQuery(form)
		if id := values.Get("client_id"); err != nil || id != "" && id != r.GetClientId() {
			t.Fatalf("the form has client %q, the service got %q (%v)", id, r.GetClientId(), err)
		}
	})
}

func checkAnswer(t *testing.T, path, method string, w *httptest.ResponseRecorder) {
	t.Helper()
	switch {
	case w.Code >= http.StatusInternalServerError:
		t.Fatalf("status %d: %s", w.Code, w.Body)
	case method == http.MethodHead || w.Code == http.StatusNoContent:
		if w.Body.Len() != 0 {
			t.Fatalf("body %q", w.Body)
		}
		return
	case !strings.HasPrefix(path, "/v1/") && !strings.HasPrefix(path, "/auth/"):
		return // nobody's path, or a page
	}
	var e struct {
		StatusCode     int
		Message, Error json.RawMessage
	}
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil {
		t.Fatalf("%q is not JSON: %v", w.Body, err)
	}
	ours := e.StatusCode == w.Code && strings.HasPrefix(string(e.Message), `"`) && len(e.Message) > 2
	oauth := strings.HasPrefix(string(e.Error), `"`) && len(e.Error) > 2
	neutral := strings.HasPrefix(string(e.Error), `{`) // a path that no dialect owns
	if w.Code >= http.StatusBadRequest && !ours && !oauth && !neutral {
		t.Fatalf("status %d: %s is no envelope", w.Code, w.Body)
	}
}
