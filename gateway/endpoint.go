package gateway

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
)

// endpoint is what the mux finds at a path: the generated code of one RPC. It knows its
// route, so that whatever happens from here on is told of that route.
type endpoint struct {
	next  runtime.HandlerFunc
	route *route
}

// place is a path without variables and the method to come with.
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
	x.route, x.RPC = e.route, e.route.rpc
	if x.d.Admit != nil {
		if err := x.d.Admit(&x.Call); err != nil {
			x.fail(err)
			return
		}
	}
	e.next(x, r, params)
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
		for _, template := range r.templates {
			path := anyPath(template)
			e := d.probe(&http.Request{Method: r.method, URL: &url.URL{Path: path}})
			if e == nil || e.route != nil && e.route != r {
				return fmt.Errorf("%s %s, the path of %s, leads elsewhere", r.method, template, r.rpc)
			}
			e.route = r
			if !strings.ContainsAny(template, "{*") {
				d.endpoints[place{r.method, path}] = e
			}
		}
	}
	return nil
}
