package apideck

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/pkg/fault"
)

// refs is where Apideck explains its errors; our pages are behind X-Error-Doc.
const refs = "https://developers.apideck.com/errors#"

type envelope struct {
	StatusCode int    `json:"status_code"`
	Error      string `json:"error"`
	TypeName   string `json:"type_name"`
	Message    string `json:"message"`
	Detail     any    `json:"detail"` // a text, or one of the types below
	Ref        string `json:"ref"`
}

// refusal is the detail of a connector's fault. Its type is the only one in Apideck's
// documents.
type refusal struct {
	Type    string   `json:"type"`
	Message string   `json:"message"`
	Debug   debugged `json:"debug"`
}

type debugged struct {
	Response json.RawMessage `json:"response,omitempty"`
	Message  string          `json:"message"`
	Code     string          `json:"code,omitempty"`
	Cooldown *int64          `json:"cooldown_remaining_ms,omitempty"`
}

// excess is the detail of too many requests.
type excess struct {
	Context string `json:"context"`
	Error   string `json:"error"`
}

func fail(dst []byte, c *gateway.Call, f *fault.Error) []byte {
	c.Status = statusOf(c, f)
	c.ErrorCode = typeOf(c.Status, f.Reason)
	c.TellQuota()
	c.Header["Cache-Control"] = noStore
	if c.Status == http.StatusUnauthorized {
		c.Header.Set("WWW-Authenticate", "Bearer")
	}
	says := text(c, f)
	return gateway.AppendJSON(dst, envelopeOf(c.Status, c.ErrorCode, says, detail(c, f, says)))
}

func envelopeOf(status int, name, message string, detail any) envelope {
	return envelope{
		StatusCode: status, Error: cmp.Or(http.StatusText(status), "Client Closed Request"), // 499, which nobody receives
		TypeName: name, Message: message, Detail: detail, Ref: refs + strings.ToLower(name),
	}
}

// statuses are those of Apideck's for HTTP's own that its SDKs don't know.
var statuses = map[int]int{
	http.StatusForbidden:             http.StatusUnauthorized,
	http.StatusPreconditionFailed:    http.StatusUnprocessableEntity,
	http.StatusRequestEntityTooLarge: http.StatusBadRequest,
	http.StatusUnsupportedMediaType:  http.StatusBadRequest,
	http.StatusMisdirectedRequest:    http.StatusBadRequest,
}

// passing are the reasons of limits that waiting helps with.
var passing = map[string]bool{fault.ReasonQuota: true, "RATE_LIMITED": true}

// statusOf takes ids in paths that break a rule for unknown ones.
func statusOf(c *gateway.Call, f *fault.Error) int {
	switch {
	case slices.ContainsFunc(f.Violations, func(v fault.Violation) bool { return c.InPath(v.Field) }):
		return http.StatusNotFound
	case c.Status == http.StatusTooManyRequests && !passing[f.Reason]:
		return http.StatusPaymentRequired
	}
	return cmp.Or(statuses[c.Status], c.Status)
}

func typeOf(status int, reason string) string {
	if t, ok := typeByReason[reason]; ok && t.status == status {
		return t.name
	}
	if name, ok := typeByStatus[status]; ok {
		return name
	}
	if status < http.StatusInternalServerError {
		return typeRequest
	}
	return typeInternal
}

// maxTexts bounds what a long list full of mistakes is answered with.
const maxTexts = 100

// text says what is wrong, with each field by its name on the wire.
func text(c *gateway.Call, f *fault.Error) string {
	if len(f.Violations) == 0 {
		return f.Message
	}
	all := make([]string, 0, min(len(f.Violations), maxTexts))
	for _, v := range f.Violations[:cap(all)] {
		says := cmp.Or(v.Message, "is not valid")
		if path := c.Path(v.Field).Indexed(); path != "" {
			says = path + ": " + says
		}
		all = append(all, says)
	}
	return strings.Join(all, ", ")
}

// detail is what is told beside the text: all there is to know of a provider's refusal.
func detail(c *gateway.Call, f *fault.Error, says string) any {
	switch {
	case c.ErrorCode == typeConnector:
		d := debugged{Message: says, Code: f.Metadata["error"]}
		if response := f.Metadata["response"]; strings.HasPrefix(response, "{") && json.Valid([]byte(response)) {
			d.Response = json.RawMessage(response)
		}
		if ms, err := strconv.ParseInt(f.Metadata["cooldown_ms"], 10, 64); err == nil {
			d.Cooldown = &ms
		}
		return refusal{Type: "refresh_token_connector_error", Message: says, Debug: d}
	case c.Status == http.StatusTooManyRequests:
		return excess{Context: says, Error: http.StatusText(c.Status)}
	}
	return says
}
