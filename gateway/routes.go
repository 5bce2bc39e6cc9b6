package gateway

import (
	"fmt"
	"log/slog"
	"net/http"
	"path"
	"regexp"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// route is what the gateway knows of an RPC before the first request comes.
type route struct {
	rpc   string          // full method name; empty for what matches no route
	label string          // path pattern, for logs and metrics
	query bool            // whether the message's fields come from the query
	path  map[string]bool // fields that come from the path
	// bindings are all methods and paths that lead here, the label's first.
	bindings []place
	status   int
	level    slog.Level

	input, output protoreflect.MessageDescriptor

	classes [6]prometheus.Counter // by status / 100
	seconds prometheus.Observer
}

// inPath reports whether a field of the message comes from the path.
func (r *route) inPath(field string) bool { return r.path[field] }

// pathField finds the field names in a template: /v1/users/{user_id}/roles/{role=*}.
var pathField = regexp.MustCompile(`\{([^}=]+)`)

// routesOf reads the routes of a service from the google.api.http options of its
// descriptor. RPCs without one are not on the wire.
func routesOf(service string) ([]*route, error) {
	d, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(service))
	if err != nil {
		return nil, fmt.Errorf("find service %s: %w", service, err)
	}
	sd, ok := d.(protoreflect.ServiceDescriptor)
	if !ok {
		return nil, fmt.Errorf("%s is not a service", service)
	}
	var routes []*route
	for i := range sd.Methods().Len() {
		md := sd.Methods().Get(i)
		rule, ok := proto.GetExtension(md.Options(), annotations.E_Http).(*annotations.HttpRule)
		if !ok || rule == nil {
			continue
		}
		r, err := routeOf("/"+service+"/"+string(md.Name()), rule)
		if err != nil {
			return nil, err
		}
		r.input, r.output = md.Input(), md.Output()
		routes = append(routes, r)
	}
	return routes, nil
}

// routeOf reads a rule. Further bindings may repeat the route under other paths and
// methods, but must bind the same fields: a call does not tell which of them it came by.
func routeOf(rpc string, rule *annotations.HttpRule) (*route, error) {
	r := &route{rpc: rpc, status: http.StatusOK, path: map[string]bool{}, query: rule.GetBody() == ""}
	first := bindingOf(rule)
	if r.label = first.path; r.label == "" {
		return nil, fmt.Errorf("%s has no path", rpc)
	}
	r.bindings = []place{first}
	for _, name := range pathField.FindAllStringSubmatch(r.label, -1) {
		r.path[name[1]] = true
	}
	if rule.GetBody() != "" && rule.GetBody() != "*" {
		return nil, fmt.Errorf("%s: body must be absent or \"*\", the gateway decodes whole messages", rpc)
	}
	for _, more := range rule.GetAdditionalBindings() {
		b := bindingOf(more)
		if more.GetBody() != rule.GetBody() || len(pathField.FindAllString(b.path, -1)) != len(r.path) {
			return nil, fmt.Errorf("%s: %s binds other fields than %s", rpc, b.path, r.label)
		}
		r.bindings = append(r.bindings, b)
	}
	return r, nil
}

// bindingOf is the method and the path template of a rule, without further ones.
func bindingOf(rule *annotations.HttpRule) place {
	switch p := rule.GetPattern().(type) {
	case *annotations.HttpRule_Get:
		return place{http.MethodGet, p.Get}
	case *annotations.HttpRule_Put:
		return place{http.MethodPut, p.Put}
	case *annotations.HttpRule_Post:
		return place{http.MethodPost, p.Post}
	case *annotations.HttpRule_Delete:
		return place{http.MethodDelete, p.Delete}
	case *annotations.HttpRule_Patch:
		return place{http.MethodPatch, p.Patch}
	case *annotations.HttpRule_Custom:
		return place{p.Custom.GetKind(), p.Custom.GetPath()}
	}
	return place{}
}

// pattern is one entry of Dialect.Owns.
type pattern []segment

type segment struct {
	text string
	glob bool
}

func parsePattern(s string) (pattern, error) {
	rest, ok := strings.CutPrefix(s, "/")
	if !ok {
		return nil, fmt.Errorf("pattern %q does not begin with a slash", s)
	}
	if rest == "" {
		return pattern{}, nil
	}
	var p pattern
	for text := range strings.SplitSeq(rest, "/") {
		if _, err := path.Match(text, ""); err != nil || text == "" {
			return nil, fmt.Errorf("pattern %q is malformed", s)
		}
		p = append(p, segment{text, strings.ContainsAny(text, `*?[\`)})
	}
	return p, nil
}

// owns reports whether the path lies under the pattern. The path is unescaped: that
// decides about envelopes only, routes are matched by what came.
func (p pattern) owns(rest string) bool {
	for _, want := range p {
		if !strings.HasPrefix(rest, "/") {
			return false
		}
		got := rest[1:]
		if i := strings.IndexByte(got, '/'); i >= 0 {
			got, rest = got[:i], got[i:]
		} else {
			rest = ""
		}
		if want.glob {
			if ok, err := path.Match(want.text, got); !ok || err != nil {
				return false
			}
		} else if want.text != got {
			return false
		}
	}
	return true
}
