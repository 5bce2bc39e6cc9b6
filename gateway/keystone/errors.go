package keystone

import (
	"net/http"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/pkg/fault"
)

// The codes. Keystone has none: they name pages and stand in logs.
const (
	codeBadRequest   = "BAD_REQUEST"
	codeUnauthorized = "UNAUTHORIZED"
	codeForbidden    = "FORBIDDEN"
	codeNotFound     = "NOT_FOUND"
	codeMethod       = "METHOD_NOT_ALLOWED"
	codeConflict     = "CONFLICT"
	codeTooLarge     = "REQUEST_ENTITY_TOO_LARGE"
	codeMediaType    = "UNSUPPORTED_MEDIA_TYPE"
	codeTooMany      = "TOO_MANY_REQUESTS"
	codeInternal     = "INTERNAL_SERVER_ERROR"
	codeUnavailable  = "SERVICE_UNAVAILABLE"
)

// codeByStatus holds the statuses with a code of their own. Others are BAD_REQUEST below
// 500 and INTERNAL_SERVER_ERROR from there.
var codeByStatus = map[int]string{
	http.StatusUnauthorized:          codeUnauthorized,
	http.StatusForbidden:             codeForbidden,
	http.StatusNotFound:              codeNotFound,
	http.StatusMethodNotAllowed:      codeMethod,
	http.StatusConflict:              codeConflict,
	http.StatusRequestEntityTooLarge: codeTooLarge,
	http.StatusUnsupportedMediaType:  codeMediaType,
	http.StatusTooManyRequests:       codeTooMany,
	http.StatusServiceUnavailable:    codeUnavailable,
	http.StatusGatewayTimeout:        codeUnavailable,
}

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
	c.ErrorCode = codeOf(c.Status)
	tellFault(c, f)
	p := problem{Code: c.Status, Message: text(c, f), Title: title(c.Status)}
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

func codeOf(status int) string {
	if code, ok := codeByStatus[status]; ok {
		return code
	}
	if status < http.StatusInternalServerError {
		return codeBadRequest
	}
	return codeInternal
}

// title is the reason phrase of a status.
func title(status int) string {
	if t := http.StatusText(status); t != "" {
		return t
	}
	return "Client Closed Request" // 499, which nobody receives
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
