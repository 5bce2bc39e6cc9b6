package gateway

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"

	"google.golang.org/protobuf/proto"

	"github.com/holdplane/holdplane/pkg/fault"
)

// body is what the runtime takes for the request's body. The codec reads the real one
// whole, so there is nothing to discard after it, nor where a route takes no body.
type body exchange

func (*body) Read([]byte) (int, error) { return 0, io.EOF }
func (*body) Close() error             { return nil }

// decodeBody reads the request's body into a message. It runs after a route has
// matched, and refuses by the header what it can.
func (x *exchange) decodeBody(m proto.Message) error {
	if err := x.admitBody(); err != nil {
		return err
	}
	buf := buffers.Get().(*[]byte)
	defer release(buf)
	data, err := readBody((*buf)[:0], http.MaxBytesReader(x.w, x.Request.Body, x.d.MaxBody), x.Request.ContentLength)
	*buf = data[:0]
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong):
		return x.tooLarge()
	case err != nil:
		return fault.InvalidArgument(ReasonBody, "the body could not be read to its end").Because(err)
	case len(data) == 0 && x.d.EmptyBody:
		return nil
	}
	if x.d.Body != nil {
		return badInput(x.d.Body(&x.Call, data, m))
	}
	return x.DecodeJSON(data, m)
}

func (x *exchange) admitBody() error {
	h := x.Request.Header
	if x.Request.ContentLength > x.d.MaxBody {
		return x.tooLarge()
	}
	if x.d.JudgesBody {
		return nil
	}
	if len(h["Content-Encoding"]) > 0 && !strings.EqualFold(h.Get("Content-Encoding"), "identity") {
		return fault.InvalidArgument(ReasonEncoding, "compressed bodies are not accepted")
	}
	if types := h["Content-Type"]; len(types) > 0 && !x.d.takes(types) {
		return fault.InvalidArgument(ReasonMediaType, "the Content-Type must be %s", strings.Join(x.d.MediaTypes, " or "))
	}
	return nil
}

// tooLarge also ends the connection, so that the rest of the body is never read.
func (x *exchange) tooLarge() error {
	x.Call.Header.Set("Connection", "close")
	return fault.InvalidArgument(fault.ReasonTooLarge, "the body is larger than %d bytes", x.d.MaxBody)
}

// takes reports whether a body of the given Content-Type headers is accepted. Parameters
// such as charset do not count.
func (d *dialect) takes(types []string) bool {
	if len(types) > 1 {
		return false
	}
	name, _, _ := strings.Cut(types[0], ";")
	name = strings.TrimSpace(name)
	for _, t := range d.MediaTypes {
		if strings.EqualFold(name, t) {
			return true
		}
	}
	return false
}

// readBody appends all of r to dst. The hint is the body's length, or below 0; a large
// one is not believed before the bytes come.
func readBody(dst []byte, r io.Reader, hint int64) ([]byte, error) {
	if need := int(min(hint+1, maxKept)); need > cap(dst) { // one more, to read the end without growing
		dst = make([]byte, 0, need)
	}
	for {
		if len(dst) == cap(dst) {
			dst = append(dst, 0)[:len(dst)]
		}
		n, err := r.Read(dst[len(dst):cap(dst)])
		dst = dst[:len(dst)+n]
		if err == io.EOF {
			return dst, nil
		}
		if err != nil {
			return dst, err
		}
	}
}

// buffers holds the memory of bodies read and written.
var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 1024); return &b }}

// maxKept bounds the buffers that are kept, so that one large body does not stay.
const maxKept = 512 << 10

func release(b *[]byte) {
	if cap(*b) <= maxKept {
		buffers.Put(b)
	}
}
