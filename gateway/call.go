package gateway

import (
	"net/http"
	"net/textproto"
	"net/url"

	"google.golang.org/protobuf/proto"

	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

// Call is one request as a dialect's functions see it.
type Call struct {
	// Request is the client's request. Its body is not to be read.
	Request *http.Request
	// RequestID is the id that RequestID gave.
	RequestID string
	// RPC is the full method name; empty when no route matched.
	RPC string
	// PublicURL is the address clients know the gateway by, without a slash at its end;
	// empty when it is not configured.
	PublicURL string
	// Header is the response's header.
	Header http.Header
	// Status is the response's status: the RPC's, or the usual one of a fault.
	Status int
	// ErrorCode is the product's code of the fault being written. It names the page that
	// X-Error-Doc points at; a code that Errors lacks has none.
	ErrorCode string
	// Note is the dialect's own: what its functions keep for those that run after them.
	Note any
	// Quota is what the service told of the caller's own quota; nil when it told nothing.
	Quota *Quota

	codec *wirejson.Codec
	route *route
}

// Path translates the field of a violation, a path in proto names, to names of the wire.
func (c *Call) Path(field string) wirejson.Path { return c.codec.Path(c.route.input, field) }

// InPath reports whether a field, by its proto name, comes from the path.
func (c *Call) InPath(field string) bool { return c.route.inPath(field) }

// DecodeJSON reads a JSON body as the dialect's codec has it.
func (c *Call) DecodeJSON(data []byte, m proto.Message) error {
	return badInput(c.codec.Decode(data, m))
}

// DecodeForm reads a body of the type application/x-www-form-urlencoded as the dialect's
// codec reads queries, but refuses a field that is given more than once and is no list:
// the product and what stands before it could believe different ones.
func (c *Call) DecodeForm(data []byte, m proto.Message) error {
	form, err := url.ParseQuery(string(data))
	if err != nil {
		return fault.InvalidArgument(ReasonBody, "the form is malformed").Because(err)
	}
	return badInput(c.codec.DecodeForm(form, m, c.route.inPath))
}

// Bearer is a Dialect.Authorization for products whose clients send the bare credential in
// a header of the product's own. A header that is empty or given more than once is none.
func Bearer(header string) func(*http.Request) string {
	header = textproto.CanonicalMIMEHeaderKey(header)
	return func(r *http.Request) string {
		if v := r.Header[header]; len(v) == 1 && v[0] != "" {
			return "Bearer " + v[0]
		}
		return ""
	}
}
