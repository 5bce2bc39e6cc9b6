package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/gateway/unkey"
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// The page at / is for browsers where a dialect has it, and for everybody where none has.
func TestLandingPage(t *testing.T) {
	everything := sample()
	everything.Owns = []string{"/"}
	for _, tt := range []struct {
		name, method, accept string
		owned, page          bool
	}{
		{"a browser", "GET", "text/html,application/xhtml+xml,*/*;q=0.8", true, true},
		{"a browser, in capitals", "GET", "Text/HTML", true, true},
		{"a browser's HEAD", "HEAD", "text/html", true, true},
		{"a client", "GET", "application/json", true, false},
		{"a client that takes anything", "GET", "*/*", true, false},
		{"no Accept", "GET", "", true, false},
		{"a client's HEAD", "HEAD", "", true, false},
		{"no owner", "GET", "application/json", false, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := start(t, &service{})
			if tt.owned {
				f = start(t, &service{}, dialects(unkey.V1(), everything))
			}
			w := f.do(tt.method, "/", nil, "Accept", tt.accept)
			if page := w.Code == http.StatusOK && w.Header().Get("Vary") == "Accept"; page != tt.page {
				t.Errorf("got %d %v %.80s", w.Code, w.Header(), w.Body)
			}
		})
	}
}

// A dialect that judges its bodies gets those of all types and encodings.
func TestJudgesBody(t *testing.T) {
	d, read := unkey.V1(), ""
	d.MediaTypes, d.JudgesBody = nil, true
	d.Body = func(c *gateway.Call, data []byte, _ proto.Message) error {
		read = c.Request.Header.Get("Content-Type") + " " + c.Request.Header.Get("Content-Encoding") + " " + string(data)
		return fault.InvalidArgument("JUDGED", "no")
	}
	f := start(t, &service{}, dialects(d))
	f.do("POST", createPath, strings.NewReader("x"), "Content-Type", "image/png", "Content-Encoding", "gzip")
	if read != "image/png gzip x" {
		t.Errorf("got %q", read)
	}
}

// What a function of a dialect notes, those that run after it find.
func TestNote(t *testing.T) {
	d, found := unkey.V1(), any(nil)
	d.Admit = func(c *gateway.Call) error { c.Note = "noted"; return fault.Unauthenticated("SHUT", "no") }
	fail := d.Fail
	d.Fail = func(dst []byte, c *gateway.Call, f *fault.Error) []byte { found = c.Note; return fail(dst, c, f) }
	start(t, &service{}, dialects(d)).do("GET", getPath, nil)
	if found != "noted" {
		t.Errorf("got %v", found)
	}
}

// HEAD is refused as other methods are where a dialect says so.
func TestNoHead(t *testing.T) {
	d := unkey.V1()
	d.NoHead = map[string]bool{identityv1.IdentityService_GetIdentity_FullMethodName: true}
	f := start(t, &service{}, dialects(d))
	for _, method := range []string{"HEAD", "PUT"} {
		if w := f.do(method, getPath, nil); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET" {
			t.Errorf("%s: got %d, Allow %q", method, w.Code, w.Header().Get("Allow"))
		}
	}
}
