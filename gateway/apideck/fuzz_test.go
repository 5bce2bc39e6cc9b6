package apideck_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	vaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	optionsv1 "github.com/holdplane/holdplane/gen/holdplane/options/v1"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

// FuzzRequest sends anything: whatever it is, the answer is no 5xx, and in the envelope.
func FuzzRequest(f *testing.F) {
	f.Add("GET", "/vault/connections?api=crm&configured=true&api=x", "k", "shop", "ann", "", "", "")
	f.Add("GET", "/vault/connections/%ff/../%2F?x=;", "k", "shop", "ann", "", "", "")
	f.Add("PATCH", pipedrive, "k", "shop", "é", "JWT", "application/json", `{"enabled":true,"settings":{"a":1e400},"configuration":[{"defaults":[{"options":[{"options":[{}]}]}]}]}`)
	f.Add("POST", pipedrive, "k", "shop", "ann", "jwt", "", `{"metadata":null,"custom_mappings":[{"value":"$"},null]}`)
	f.Add("POST", pipedrive+"/import", "k", "shop", "ann", "", "application/json", `{"credentials":{"expires_in":1.5,"refresh_token":null}}`)
	f.Add("POST", pipedrive+"/token", "k", "shop", "ann", "", "application/json", `""`)
	f.Add("HEAD", pipedrive, "", "", "", "", "", "")
	f.Add("DELETE", "/vault/consumers/%00%2f%25", "k", "shop", "\xff", "", "", "x")
	f.Add("GET", "/vault/custom-mappings/a/b/c%2Bd?x", "k", "shop", strings.Repeat("a", 256), "", "", "")
	f.Add("GET", "/vault/logs?filter[status_codes]=1&filter%5Bstatus_codes%5D=99999999999&limit=-1&cursor=%00", "k", "shop", "", "", "", "")
	f.Add("POST", "/vault/sessions", "k", "shop", "ann", "", "text/plain", `{"settings":{}}`)
	f.Add("PATCH", pipedrive+"/consent", "k", "shop", "ann", "", "", `{"granted":true,"resources":"*"}`)
	f.Add("OPTIONS", "/webhook/webhooks/", "", "", "", "", "", "")
	f.Add("POST", "/vault/callback", "", "", "", "", "", "a=b")
	h := over(f, &scripted{})
	f.Fuzz(func(t *testing.T, method, target, key, application, consumer, authType, mediaType, body string) {
		u, err := url.ParseRequestURI(target)
		if err != nil {
			return // net/http refuses it before the handler
		}
		r := &http.Request{
			Method: method, URL: u, RequestURI: target, Host: "a", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, RemoteAddr: "192.0.2.1:1",
			Header: http.Header{"Authorization": {"Bearer " + key}, "X-Apideck-App-Id": {application}, "X-Apideck-Consumer-Id": {consumer}, "X-Apideck-Auth-Type": {authType}, "User-Agent": {key}},
			Body:   io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
		}
		if mediaType != "" {
			r.Header.Set("Content-Type", mediaType)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r.WithContext(t.Context()))
		checkAnswer(t, method, w)
	})
}

func checkAnswer(t *testing.T, method string, w *httptest.ResponseRecorder) {
	t.Helper()
	var e struct {
		StatusCode int `json:"status_code"`
		Status     string
		TypeName   string `json:"type_name"`
		Message    string
		Ref        string
	}
	switch {
	case w.Code >= http.StatusInternalServerError:
		t.Fatalf("status %d: %s", w.Code, w.Body)
	case w.Header().Get("Request-Id") == "": // nobody's path, or a page
	case method == http.MethodHead || w.Code == http.StatusNoContent:
		if w.Body.Len() != 0 {
			t.Fatalf("body %q", w.Body)
		}
	default:
		err := json.Unmarshal(w.Body.Bytes(), &e)
		failed := w.Code >= http.StatusBadRequest
		if err != nil || e.StatusCode != w.Code || failed != (e.Status == "") || failed != (e.TypeName != "" && e.Message != "" && e.Ref != "") {
			t.Fatalf("status %d: %s is no envelope: %v", w.Code, w.Body, err)
		}
		if page := w.Header().Get("X-Error-Doc"); failed != strings.HasSuffix(page, "/"+e.TypeName) {
			t.Fatalf("%s leads to %q", w.Body, page)
		}
	}
}

// FuzzOptions has a service answer any configuration. It stays what it was, but for the types
// of options; what both kinds of clients get is the same without those.
func FuzzOptions(f *testing.F) {
	for _, tt := range optionTexts {
		f.Add(`[{"options":`+tt.with+`}]`, true)
		f.Add(`[{"options":`+tt.without+`}]`, false)
	}
	f.Add(`{"options":[{"\u006fption_type":1,"options":{}}]}`, true)
	f.Add(`[{"options":[{"option_type":"a","option_type":"b"}]}]`, false)
	f.Add(strings.Repeat("[", 70)+"{}"+strings.Repeat("]", 70), false)
	c := &scripted{}
	h := over(f, c)
	f.Fuzz(func(t *testing.T, text string, old bool) {
		if wirejson.CheckRaw(text, optionsv1.RawJSON_RAW_JSON_VALUE) != nil {
			return // services answer JSON
		}
		c.answer = &vaultv1.GetConnectionResponse{Connection: &vaultv1.Connection{Configuration: text}}
		agent := ""
		if old {
			agent = oldGo
		}
		w := send(t, h, "GET "+pipedrive, "", "User-Agent", agent)
		var got struct{ Data struct{ Configuration any } }
		d := json.NewDecoder(w.Body)
		d.UseNumber()
		if err := d.Decode(&got); err != nil || w.Code != http.StatusOK {
			t.Fatalf("%s: got %d %v", text, w.Code, err)
		}
		if was := decoded(t, text); !reflect.DeepEqual(untyped(was, false), untyped(got.Data.Configuration, false)) {
			t.Fatalf("%s became %v", text, got.Data.Configuration)
		}
	})
}

// untyped is a value without the types of its options.
func untyped(v any, option bool) any {
	switch v := v.(type) {
	case map[string]any:
		if option {
			delete(v, "option_type")
		}
		for name, value := range v {
			if list, ok := value.([]any); ok && name == "options" {
				for i := range list {
					list[i] = untyped(list[i], true)
				}
				continue
			}
			v[name] = untyped(value, false)
		}
	case []any:
		for i := range v {
			v[i] = untyped(v[i], false)
		}
	}
	return v
}

func decoded(t *testing.T, text string) (v any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// FuzzPath asks for a consumer of any id: the service is asked for that one.
func FuzzPath(f *testing.F) {
	for _, id := range []string{"ann", "a/b", "a%2Fb", "+ :@?#", "..", ".", "é", "a;b", "\x00", "stats"} {
		f.Add(id)
	}
	c := &scripted{}
	h := over(f, c)
	f.Fuzz(func(t *testing.T, id string) {
		c.asked = nil
		target := "/vault/consumers/" + url.PathEscape(id)
		w := send(t, h, "GET "+target, "")
		checkAnswer(t, http.MethodGet, w)
		if c.asked == nil {
			return
		}
		if got := c.asked.(*vaultv1.GetConsumerRequest).GetConsumerId(); got != id {
			t.Fatalf("asked for %q, not %q", got, id)
		}
		if _, err := proto.Marshal(c.asked); err != nil {
			t.Fatal(err)
		}
	})
}
