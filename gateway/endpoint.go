package gateway

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// endpoint is what the mux finds at a path: the generated code of one RPC. It knows its
// route, so that whatever happens from here on is told of that route.
type endpoint struct {
	next  runtime.HandlerFunc
	route *route
}

// place is a path, or a template of paths, and the method to come with.
type place struct{ method, path string }

// endpoints is the middleware that makes one of each of the mux's handlers.
func endpoints(next runtime.HandlerFunc) runtime.HandlerFunc {
	e := &endpoint{next: next}
	return func(w http.ResponseWriter, r *http.Request, params map[string]string) {
		switch w := w.(type) {
		case *probe:
			w.found = e
		case *exchange:
			e.serve(w, r, params)
		}
	}
}

func (e *endpoint) serve(x *exchange, r *http.Request, params map[string]string) {
	if x.Request.Method == http.MethodHead && x.d.NoHead[e.route.rpc] {
		x.refuseMethod(r)
		return
	}
	x.route, x.RPC = e.route, e.route.rpc
	if x.d.Admit != nil {
		if err := x.d.Admit(&x.Call); err != nil {
			x.fail(err)
			return
		}
	}
	if !e.route.fits(params) {
		x.fail(nothingHere())
		return
	}
	e.next(x, r, params)
}

// fits reports whether what stands in the path can be the values of the route's fields: no
// gRPC message holds text that is not UTF-8, a path with a slash at its end is another one,
// and an integer has one spelling, so that an id does not go by several names. What does not
// fit names nothing that is there.
func (r *route) fits(params map[string]string) bool {
	for name, value := range params {
		if !utf8.ValidString(value) || value == "" && !strings.Contains(r.label, "**") {
			return false
		}
		bits := 0
		switch fd := r.input.Fields().ByName(protoreflect.Name(name)); {
		case fd == nil:
		case fd.Kind() == protoreflect.Int32Kind:
			bits = 32
		case fd.Kind() == protoreflect.Int64Kind:
			bits = 64
		}
		if bits == 0 {
			continue
		}
		if n, err := strconv.ParseInt(value, 10, bits); err != nil || strconv.FormatInt(n, 10) != value {
			return false
		}
	}
	return true
}

// probe asks the mux for an endpoint without calling it.
type probe struct {
	http.ResponseWriter // nil: nothing is written to a probe
	found               *endpoint
}

func (d *dialect) probe(r *http.Request) *endpoint {
	p := &probe{}
	d.mux.ServeHTTP(p, r)
	return p.found
}

// locate tells the endpoints their routes. Those of paths without variables are remembered:
// the mux tries its patterns one by one, and allocates for each.
func (d *dialect) locate() error {
	d.endpoints = map[place]*endpoint{}
	for _, r := range d.routes {
		for _, b := range r.bindings {
			path := anyPath(b.path)
			e := d.probe(&http.Request{Method: b.method, URL: &url.URL{Path: path}})
			if e == nil || e.route != nil && e.route != r {
				return fmt.Errorf("%s %s, the path of %s, leads elsewhere", b.method, b.path, r.rpc)
			}
			e.route = r
			if !strings.ContainsAny(b.path, "{*") {
				d.endpoints[place{b.method, path}] = e
			}
		}
	}
	return nil
}
