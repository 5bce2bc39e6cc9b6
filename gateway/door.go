package gateway

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
)

// door is what the mux finds at a path: the generated code of one RPC. It knows its
// route, so that whatever happens from here on is told of that route.
type door struct {
	next  runtime.HandlerFunc
	route *route
}

// place is a path without variables and the method to come with.
type place struct{ method, path string }

// behind is the middleware that puts each of the mux's handlers behind a door.
func behind(next runtime.HandlerFunc) runtime.HandlerFunc {
	d := &door{next: next}
	return func(w http.ResponseWriter, r *http.Request, params map[string]string) {
		switch w := w.(type) {
		case *probe:
			w.found = d
		case *exchange:
			d.serve(w, r, params)
		}
	}
}

func (d *door) serve(x *exchange, r *http.Request, params map[string]string) {
	x.route, x.RPC, x.input = d.route, d.route.rpc, d.route.input
	if x.d.Admit != nil {
		if err := x.d.Admit(&x.Call); err != nil {
			x.fail(err)
			return
		}
	}
	d.next(x, r, params)
}

// probe asks the mux for a door without going through it.
type probe struct {
	http.ResponseWriter // nil: nothing is written to a probe
	found               *door
}

func (d *dialect) probe(r *http.Request) *door {
	p := &probe{}
	d.mux.ServeHTTP(p, r)
	return p.found
}

// locate tells the doors their routes. Those of paths without variables are remembered:
// the mux tries its patterns one by one, and allocates for each.
func (d *dialect) locate() error {
	d.doors = map[place]*door{}
	for _, r := range d.routes {
		for _, template := range r.templates {
			path := anyPath(template)
			door := d.probe(&http.Request{Method: r.method, URL: &url.URL{Path: path}})
			if door == nil || door.route != nil && door.route != r {
				return fmt.Errorf("%s %s, the path of %s, leads elsewhere", r.method, template, r.rpc)
			}
			door.route = r
			if !strings.ContainsAny(template, "{*") {
				d.doors[place{r.method, path}] = door
			}
		}
	}
	return nil
}
