package unkey

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/holdplane/holdplane/gateway"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

// docsURLV2 is where the product's answers point; ours are behind X-Error-Doc.
const docsURLV2 = "https://unkey.com/docs/errors/"

type envelopeV2 struct {
	Meta  metaV2    `json:"meta"`
	Error problemV2 `json:"error"`
}

type metaV2 struct {
	RequestID string `json:"requestId"`
}

// problemV2 has Errors, empty or not, with status 400 only: typed clients refuse a 400
// without.
type problemV2 struct {
	Title  string    `json:"title"`
	Detail string    `json:"detail"`
	Status int       `json:"status"`
	Type   string    `json:"type"`
	Errors []mistake `json:"errors,omitzero"`
}

// mistake is one thing to change about a request.
type mistake struct {
	Location string `json:"location"`
	Message  string `json:"message"`
	Fix      string `json:"fix,omitempty"`
}

// detailByReason holds texts for what services word for all products alike. v2 refuses an
// absent credential itself.
var detailByReason = map[string]string{
	fault.ReasonCredentialBad:  "key not found",
	fault.ReasonCredentialKind: "root key required",
}

func failV2(dst []byte, c *gateway.Call, f *fault.Error) []byte {
	k := kindOf(f.Reason, c.Status)
	c.Status, c.ErrorCode = k.status, k.name
	tellFault(c)
	p := problemV2{Title: k.title, Detail: cmp.Or(detailByReason[f.Reason], f.Message), Status: c.Status, Type: docsURLV2 + k.name}
	if c.Status == http.StatusBadRequest {
		p.Errors = mistakes(c, f)
		p.Detail = cmp.Or(summary(p.Errors), f.Message)
	}
	if speaksProblem(c, f) {
		c.Header["Content-Type"] = []string{"application/problem+json"}
	}
	return gateway.AppendJSON(dst, envelopeV2{metaV2{c.RequestID}, p})
}

// speaksProblem tells whether a fault goes out as application/problem+json: when the
// client names it or takes anything, though faults of the body are application/json then.
// Unkey's SDK names application/json alone, and knows these by no other type: 429, and
// all faults of one operation.
func speaksProblem(c *gateway.Call, f *fault.Error) bool {
	if c.Status == http.StatusTooManyRequests || c.RPC == identityv2.IdentityService_DeleteIdentity_FullMethodName {
		return true
	}
	anything := false
	for _, accept := range c.Request.Header["Accept"] {
		for part := range strings.SplitSeq(accept, ",") {
			name, _, _ := strings.Cut(part, ";")
			switch strings.ToLower(strings.TrimSpace(name)) {
			case "application/problem+json":
				return true
			case "*/*", "application/*":
				anything = true
			}
		}
	}
	return anything && f.Reason != fault.ReasonInvalid
}

// maxMistakes bounds what a long list full of mistakes is answered with.
const maxMistakes = 100

// mistakes are what a fault says of single fields; empty, and not nil, when nothing.
func mistakes(c *gateway.Call, f *fault.Error) []mistake {
	if p := (*wirejson.Problem)(nil); errors.As(f, &p) {
		return []mistake{ofJSON(p)}
	}
	all := make([]mistake, 0, min(len(f.Violations), maxMistakes))
	for _, v := range f.Violations[:cap(all)] {
		all = append(all, mistake{Location: location(c.Path(v.Field)), Message: cmp.Or(v.Message, "is not valid")})
	}
	return all
}

// summary is the detail of a fault with mistakes: the one there is, or how many.
func summary(all []mistake) string {
	switch len(all) {
	case 0:
		return ""
	case 1:
		return all[0].Location + " " + all[0].Message
	}
	return fmt.Sprintf("%d fields are not valid, the first one is: %s %s", len(all), all[0].Location, all[0].Message)
}

// location is a place in the body: body.ratelimits[0].limit.
func location(p wirejson.Path) string {
	switch path := p.Indexed(); {
	case path == "":
		return "body"
	case path[0] == '[':
		return "body" + path
	default:
		return "body." + path
	}
}
