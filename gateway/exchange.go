package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/holdplane/holdplane/pkg/fault"
)

const contentType = "application/json"

// exchange is one request and its answer. It is the ResponseWriter that the runtime
// sees; all that reaches the client goes through send.
type exchange struct {
	Call
	g       *gateway
	d       *dialect
	w       http.ResponseWriter
	start   time.Time
	client  string // the address it came from; empty before it was needed, or unknown
	refused error  // why the body was not decoded
	cause   error  // what the client is not told, for the log
	bytes   int
	sent    bool
}

// Header returns the response's header, Write and WriteHeader do nothing: the runtime
// has nothing left to write when answer and fail are through.
func (x *exchange) Header() http.Header         { return x.Call.Header }
func (x *exchange) Write(b []byte) (int, error) { return len(b), nil }
func (x *exchange) WriteHeader(int)             {}

// admit refuses what no dialect takes.
func (x *exchange) admit() error {
	r := x.Request
	if allow := x.g.cfg.AllowHost; allow != nil && !allow(hostname(r.Host)) {
		return fault.InvalidArgument(ReasonHost, "requests for this host are not answered here")
	}
	if len(r.RequestURI) > maxURL {
		return fault.InvalidArgument(ReasonQuery, "the URL is longer than %d bytes", maxURL)
	}
	for _, name := range x.d.inbound {
		if len(r.Header[name]) > 1 { // two readers could believe different ones
			return fault.InvalidArgument(ReasonHeader, "the header %s is given more than once", name)
		}
	}
	return nil
}

// answer writes a success.
func (x *exchange) answer(m proto.Message) error {
	buf := buffers.Get().(*[]byte)
	defer release(buf)
	x.Status = x.route.status
	body, err := x.d.Answer((*buf)[:0], &x.Call, m)
	if err != nil {
		return fmt.Errorf("encode the answer of %s: %w", x.RPC, err)
	}
	*buf = body
	x.send(x.indented(body))
	return nil
}

// fail writes a fault in the dialect's envelope.
func (x *exchange) fail(err error) {
	f := fault.From(err)
	if f.Code == codes.Canceled && x.Request.Context().Err() == nil {
		// The client is still there: it was a service that gave up, so trying again helps.
		f = fault.Unavailable("the service is not reachable; try again").Because(err)
	}
	buf := buffers.Get().(*[]byte)
	defer release(buf)
	x.Status = statusOf(f)
	delete(x.Call.Header, "Content-Type") // of the answer that failed
	body := x.d.Fail((*buf)[:0], &x.Call, f)
	*buf = body
	if known := (*fault.Error)(nil); !errors.As(err, &known) {
		x.cause = f.Unwrap() // a service's own faults are logged where they arise
	}
	if doc := x.g.pages.errorDoc(x.d.Name, x.ErrorCode); doc != "" {
		x.Call.Header["X-Error-Doc"] = []string{x.PublicURL + doc}
	}
	x.send(x.indented(body))
}

// send writes the answer: once, whole, with its length.
func (x *exchange) send(body []byte) {
	if x.sent {
		return
	}
	x.sent = true
	x.drain()
	h := x.Call.Header
	h[x.d.RequestIDHeader] = []string{x.RequestID}
	h["X-Content-Type-Options"] = noSniff
	if x.d.cors != nil {
		x.d.cors.onAnswer(h)
	}
	bare := x.Status == http.StatusNoContent || x.Status == http.StatusNotModified
	if bare {
		delete(h, "Content-Type")
	} else {
		if h["Content-Type"] == nil {
			h["Content-Type"] = jsonType
		}
		h["Content-Length"] = []string{strconv.Itoa(len(body))}
	}
	x.w.WriteHeader(x.Status)
	if bare || x.Request.Method == http.MethodHead {
		return
	}
	n, err := x.w.Write(body)
	if x.bytes = n; err != nil {
		x.cause = err
	}
}

// drain reads what is left of a body that may be large but not too large. A client that
// is still sending it would see a reset connection instead of the answer.
func (x *exchange) drain() {
	if n := x.Request.ContentLength; n == 0 || n > x.d.MaxBody {
		return
	}
	// An error ends the connection; the answer is tried all the same.
	_, _ = io.CopyN(io.Discard, x.Request.Body, x.d.MaxBody)
}

// Header values that all answers share; net/http does not write to them.
var (
	noSniff  = []string{"nosniff"}
	jsonType = []string{contentType}
)

// indented is the body for people, when the query asks for it.
func (x *exchange) indented(body []byte) []byte {
	raw := x.Request.URL.RawQuery
	if x.d.Pretty == "" || !strings.Contains(raw, x.d.Pretty) {
		return body
	}
	for pair := range strings.SplitSeq(raw, "&") {
		if name, _, _ := strings.Cut(pair, "="); name != x.d.Pretty {
			continue
		}
		var b bytes.Buffer
		if err := json.Indent(&b, body, "", "  "); err != nil {
			return body // not JSON
		}
		return b.Bytes()
	}
	return body
}
