package keystone

import (
	"net/http"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/pkg/fault"
)

type envelope struct {
	Error problem `json:"error"`
}

type problem struct {
	Code     int       `json:"code"`
	Identity *identity `json:"identity,omitempty"`
	Message  string    `json:"message"`
	Title    string    `json:"title"`
}

// identity tells whoever tried another the methods that there are.
type identity struct {
	Methods []string `json:"methods"`
}

var methods = &identity{[]string{"password", "totp", "token", "application_credential"}}

// fail writes the envelope of a fault.
func fail(dst []byte, c *gateway.Call, f *fault.Error) []byte {
	c.Status = statusOf(c, f)
	c.ErrorCode = gateway.NameOf(c.Status)
	tellFault(c, f)
	p := problem{Code: c.Status, Message: text(c, f), Title: gateway.TitleOf(c.Status)}
	if f.Reason == reasonMethod {
		p.Identity = methods
	}
	return gateway.AppendJSON(dst, envelope{p})
}

// statusOf is the status that Keystone has for a fault.
func statusOf(c *gateway.Call, f *fault.Error) int {
	switch {
	case f.Reason == gateway.ReasonRoute && credential(c.Request) == "":
		// Keystone has more paths than are served here, and all of them want a token first
		// (testdata/refusals.txtar).
		return http.StatusUnauthorized
	case f.Reason == gateway.ReasonRoute, impossible(f):
		return http.StatusNotFound
	}
	return c.Status
}

// ids are the fields that name what a call is about.
var ids = map[string]bool{"subject_token": true, "user_id": true, "project_id": true, "credential_id": true}

// impossible reports whether a fault is about an id that breaks a rule: nothing has it.
func impossible(f *fault.Error) bool {
	return len(f.Violations) > 0 && ids[f.Violations[0].Field]
}

// pauses are when to repeat what passes sooner than the limits on strangers, which count
// minutes, by the reason of a fault.
var pauses = map[string]string{
	reasonBusy:              "1",
	fault.ReasonUnavailable: "5",
	fault.ReasonDeadline:    "5",
}

// tellFault sets the headers that go with a fault.
func tellFault(c *gateway.Call, f *fault.Error) {
	c.Header["Vary"] = vary
	c.TellQuota()
	if c.Status == http.StatusUnauthorized {
		c.Header["Www-Authenticate"] = []string{`Keystone uri="` + c.PublicURL + `/v3"`}
	}
	if pause, ok := pauses[f.Reason]; ok {
		c.Header["Retry-After"] = []string{pause}
	}
}
