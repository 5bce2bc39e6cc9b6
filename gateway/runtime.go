package gateway

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/protobuf/proto"

	"github.com/holdplane/holdplane/pkg/fault"
)

// unrouted answers for the mux when no route matched.
func unrouted(_ context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, r *http.Request, status int) {
	x, ok := w.(*exchange)
	if !ok {
		return // a probe
	}
	if status != http.StatusMethodNotAllowed {
		x.fail(x.d.absent(r.URL.Path))
		return
	}
	x.refuseMethod(r)
}

func (x *exchange) refuseMethod(r *http.Request) {
	x.Call.Header.Set("Allow", x.d.allow(r))
	x.fail(fault.InvalidArgument(ReasonMethod, "the method is not allowed here"))
}

// failed answers for the generated code when a call did not succeed.
func failed(ctx context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, _ *http.Request, err error) {
	x, ok := w.(*exchange)
	if !ok {
		return // a probe
	}
	x.Quota = quotaOf(ctx)
	var routing *runtime.HTTPStatusError
	switch {
	case x.refused != nil: // generated code turned it into text
		err = x.witnessed(ctx)
	case errors.As(err, &routing):
		err = fault.InvalidArgument(ReasonRoute, "the path is malformed").Because(err)
	}
	x.fail(err)
}

// forward writes the whole answer before the runtime encodes one of its own, so that
// bodies are encoded into a reused buffer. The rewriter then leaves nothing to encode.
func forward(ctx context.Context, w http.ResponseWriter, m proto.Message) error {
	x, ok := w.(*exchange)
	if !ok {
		return errWriter
	}
	x.Quota = quotaOf(ctx)
	return x.answer(m)
}

// allow lists the methods that have a route at the request's path.
func (d *dialect) allow(r *http.Request) string {
	var allowed []string
	for _, m := range d.methods {
		q := *r
		q.Method = m
		e := d.probe(&q)
		if e == nil {
			continue
		}
		allowed = append(allowed, m)
		if m == http.MethodGet && !d.NoHead[e.route.rpc] {
			allowed = append(allowed, http.MethodHead)
		}
	}
	return strings.Join(allowed, ", ")
}

// marshaler is the runtime's view of the codec: it decodes bodies. Answers are written
// by forward.
type marshaler struct{}

func (marshaler) ContentType(any) string               { return contentType }
func (marshaler) Marshal(any) ([]byte, error)          { return nil, nil }
func (marshaler) Unmarshal([]byte, any) error          { return errWriter }
func (marshaler) NewEncoder(io.Writer) runtime.Encoder { return refusing }

func (marshaler) NewDecoder(r io.Reader) runtime.Decoder {
	return runtime.DecoderFunc(func(v any) error {
		b, ok := r.(*body)
		m, isMessage := v.(proto.Message)
		if !ok || !isMessage {
			return errWriter
		}
		x := (*exchange)(b)
		x.refused = x.decodeBody(m)
		return x.refused
	})
}

var (
	refusing  = runtime.EncoderFunc(func(any) error { return errWriter })
	errWriter = errors.New("gateway: only whole messages of a request of its own")
)
