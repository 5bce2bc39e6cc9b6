package gateway

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/holdplane/holdplane/pkg/wirejson"
)

// defaultMaxBody is the limit of a request body when the dialect sets none.
const defaultMaxBody = 1 << 20

// The names under which services get the caller's credential, the request's id, and the
// address it came from.
const (
	authorizationKey = "Authorization"
	requestIDKey     = "X-Request-Id"
	clientKey        = "Holdplane-Client"
)

// dialect is a Dialect made ready: patterns parsed, routes known, mux filled.
type dialect struct {
	Dialect
	g         *gateway
	owns      []pattern
	elsewhere []absence // the longest pattern first
	shut      []absence // those with a method
	mux       *runtime.ServeMux
	routes    map[string]*route   // by full method name
	endpoints map[place]*endpoint // of the routes without variables
	methods   []string            // of all routes, sorted
	inbound   []string            // canonical names of the headers that services may see
	metadata  map[string]string   // their metadata keys, and that of the request id
	unmatched *route
	cors      *cors
}

func newDialect(ctx context.Context, conf Dialect, g *gateway) (*dialect, error) {
	d := &dialect{Dialect: conf, g: g, routes: map[string]*route{}, metadata: map[string]string{}, cors: newCORS(conf.CORS)}
	if d.MaxBody == 0 {
		d.MaxBody = defaultMaxBody
	}
	if d.MediaTypes == nil {
		d.MediaTypes = []string{contentType}
	}
	if d.Answer == nil {
		d.Answer = func(dst []byte, _ *Call, m proto.Message) ([]byte, error) { return d.Codec.Append(dst, m) }
	}
	for _, s := range d.Owns {
		p, err := parsePattern(s)
		if err != nil {
			return nil, err
		}
		d.owns = append(d.owns, p)
	}
	if err := d.readElsewhere(); err != nil {
		return nil, err
	}
	if d.Authorization == nil {
		d.inbound = []string{authorizationKey} // the runtime itself knows its key
	}
	d.metadata[requestIDKey] = strings.ToLower(requestIDKey)
	d.metadata[clientKey] = strings.ToLower(clientKey)
	for _, name := range d.Forward {
		name = textproto.CanonicalMIMEHeaderKey(name)
		d.inbound = append(d.inbound, name)
		d.metadata[name] = strings.ToLower(name)
	}
	d.RequestIDHeader = textproto.CanonicalMIMEHeaderKey(d.RequestIDHeader)
	d.unmatched = &route{label: "unmatched"}
	g.meters.resolve(d.Name, d.unmatched)
	if err := d.readRoutes(); err != nil {
		return nil, err
	}
	return d, d.register(ctx)
}

func (d *dialect) readRoutes() error {
	methods, messages := map[string]bool{}, []protoreflect.MessageDescriptor(nil)
	for _, s := range d.Services {
		routes, err := routesOf(s.name)
		if err != nil {
			return err
		}
		for _, r := range routes {
			if status, ok := d.Status[r.rpc]; ok {
				r.status = status
			}
			d.g.meters.resolve(d.Name, r)
			d.routes[r.rpc] = r
			for _, b := range r.bindings {
				methods[b.method] = true
			}
			messages = append(messages, r.input, r.output)
		}
	}
	for rpc := range d.Status {
		if d.routes[rpc] == nil {
			return fmt.Errorf("a status is set for %s, which is no route", rpc)
		}
	}
	for rpc := range d.NoHead {
		if d.routes[rpc] == nil {
			return fmt.Errorf("NoHead names %s, which is no route", rpc)
		}
	}
	d.methods = slices.Sorted(maps.Keys(methods))
	if d.Codec == nil {
		d.Codec = wirejson.New(wirejson.Dialect{})
	}
	return d.Codec.Prepare(messages...)
}

func (d *dialect) register(ctx context.Context) error {
	d.mux = runtime.NewServeMux(
		// Without these two a form POST with X-HTTP-Method-Override runs a DELETE.
		runtime.WithDisablePathLengthFallback(),
		runtime.WithDisableHTTPMethodOverride(),
		runtime.WithUnescapingMode(runtime.UnescapingModeAllExceptReserved),
		runtime.WithIncomingHeaderMatcher(func(name string) (string, bool) { k, ok := d.metadata[name]; return k, ok }),
		runtime.WithOutgoingHeaderMatcher(noHeader),
		runtime.WithOutgoingTrailerMatcher(noHeader),
		runtime.WithMarshalerOption(runtime.MIMEWildcard, marshaler{}),
		runtime.WithMiddlewares(endpoints),
		runtime.WithForwardResponseOption(forward),
		runtime.WithForwardResponseRewriter(func(context.Context, proto.Message) (any, error) { return nil, nil }),
		runtime.WithErrorHandler(failed),
		runtime.WithRoutingErrorHandler(unrouted),
	)
	for _, s := range d.Services {
		if err := s.register(ctx, d.mux, conn{d.g.cfg.Conn(s.name)}); err != nil {
			return fmt.Errorf("register %s: %w", s.name, err)
		}
	}
	return d.locate()
}

func noHeader(string) (string, bool) { return "", false }

// serve lets the mux find the RPC. The request it gets holds what services may see and
// no more: what the runtime would read from headers (time-outs, method overrides,
// metadata) or from the peer is not there.
func (d *dialect) serve(x *exchange) {
	ctx, cancel := context.WithTimeout(x.Request.Context(), d.g.cfg.Timeout)
	defer cancel()
	r := x.Request.WithContext(context.WithValue(ctx, exchangeKey{}, x))
	r.Header = d.header(x)
	r.Body = (*body)(x)
	r.Form, r.PostForm = noValues, noValues
	r.Host, r.RemoteAddr = "", ""
	if r.Method == http.MethodHead {
		r.Method = http.MethodGet
	}
	if d.Path != nil {
		r.URL = at(r.URL, d.Path(x.Request))
	}
	if err := d.refuse(r.Method, r.URL.Path); err != nil {
		x.fail(err)
		return
	}
	if e := d.endpoints[place{r.Method, r.URL.Path}]; e != nil && r.URL.RawPath == "" {
		e.serve(x, r, nil)
		return
	}
	d.mux.ServeHTTP(x, r)
}

// at is a URL at another path, which is escaped. One that is escaped wrongly matches no
// route.
func at(u *url.URL, path string) *url.URL {
	if path == u.EscapedPath() {
		return u
	}
	moved := *u
	moved.Path, moved.RawPath = path, ""
	if plain, err := url.PathUnescape(path); err == nil {
		moved.Path = plain
	}
	if moved.EscapedPath() != path {
		moved.RawPath = path
	}
	return &moved
}

// noValues keeps the runtime from parsing queries and forms: conn parses queries, and
// Dialect.Body forms. Nothing writes to it.
var noValues = url.Values{}

func (d *dialect) header(x *exchange) http.Header {
	h := make(http.Header, 4)
	for _, name := range d.inbound {
		if v := x.Request.Header[name]; v != nil {
			h[name] = v
		}
	}
	if d.Authorization != nil {
		if v := d.Authorization(x.Request); v != "" {
			h[authorizationKey] = []string{v}
		}
	}
	h[requestIDKey] = []string{x.RequestID}
	if client := x.from(); client != "" {
		h[clientKey] = []string{client}
	}
	return h
}
