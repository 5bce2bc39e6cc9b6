package barbican

import (
	"errors"
	"net/http"
	"strings"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

// Reasons of faults that are found here.
const (
	// reasonSaid is of those whose message is Barbican's text.
	reasonSaid             = "BARBICAN_SAID"
	reasonType             = "CONTENT_TYPE_UNEXPECTED" // its message is Barbican's, too
	reasonAccept           = "ACCEPT_REFUSED"
	reasonVersionUnknown   = "MICROVERSION_UNKNOWN"
	reasonVersionMalformed = "MICROVERSION_MALFORMED"
)

const noToken = "The request you have made requires authentication."

// statusOf is the status that Barbican has for a fault.
func statusOf(c *gateway.Call, f *fault.Error) int {
	if told, ok := tellings[f.Reason]; ok && told.status != 0 {
		return told.status
	}
	if f.Reason == gateway.ReasonMethod && !tellsMethod(c.Request) {
		return http.StatusNotAcceptable
	}
	return c.Status
}

// tellsMethod reports whether a method is refused as one. Most of Barbican's paths have only
// HTML to say so, and refuse who accepts none (testdata/recorded/consumers.txtar).
func tellsMethod(r *http.Request) bool {
	segments := strings.Split(strings.TrimPrefix(path(r), "/v1/"), "/")
	switch {
	case accepts(r, "text/html"):
		return true
	case len(segments) <= 2 && segments[0] == "containers", len(segments) == 1 && segments[0] == "orders":
		return true
	case segments[0] == "secrets":
		return len(segments) == 3 && segments[2] == "payload" || len(segments) == 4 && segments[2] == "metadata"
	}
	return false
}

// description is Barbican's text for a fault.
func description(c *gateway.Call, f *fault.Error) string {
	told := tellings[f.Reason]
	switch {
	case told.text != "":
		return told.text
	case told.issue != "":
		return issueText(c, told.issue)
	case told.say != nil:
		return told.say(c, f)
	case c.Status == http.StatusUnauthorized:
		return noToken
	case c.Status == http.StatusForbidden:
		return operationOf(c) + " attempt not allowed - please review your user/project privileges"
	case f.Reason == gateway.ReasonRoute:
		return ""
	case f.Reason == gateway.ReasonMethod:
		return ofMethod(c.Request)
	case gateway.NameOf(c.Status) == gateway.NameOf(http.StatusInternalServerError):
		return operationOf(c) + " failure seen - please contact site administrator."
	}
	return ofInput(c, f)
}

func ofMethod(r *http.Request) string {
	if r.Method == http.MethodPut && path(r) == "/v1/orders" {
		return "Order update is not supported."
	}
	return ""
}

// ofInput says what is wrong with the input, or what the service says.
func ofInput(c *gateway.Call, f *fault.Error) string {
	var p *wirejson.Problem
	switch {
	case len(f.Violations) > 0 && schemaOf[c.RPC] != "":
		return mismatchText(schemaOf[c.RPC], f.Violations[0].Message, c.Path(f.Violations[0].Field).String())
	case errors.As(f, &p):
		return "URI provided invalid query string parameters." // bodies are not read by the codec
	}
	return f.Message
}

// issueText is Barbican's text for what goes wrong in an operation.
func issueText(c *gateway.Call, reason string) string {
	return operationOf(c) + " issue seen - " + reason + "."
}
