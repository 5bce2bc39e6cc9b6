package gateway

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"google.golang.org/grpc/metadata"

	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/id"
)

// maxForm bounds what people send to a site, in bytes.
const maxForm = 64 << 10

// A Site is pages for people, under a prefix of paths. It may read cookies: what other
// origins' pages have a browser send is refused, but for GET and HEAD.
type Site struct {
	// Name stands in logs and metrics. No dialect has it.
	Name string
	// Prefix is the first segments of its paths: "/pages". It owns them before any dialect.
	// It stands in logs and metrics for all of them, which may hold secrets.
	Prefix string
	// NoHead has Handler see HEAD, to refuse it: the site's GET does something, and programs
	// that look at links must not.
	NoHead bool
	// Handler answers, with GET for HEAD unless NoHead is set. gRPC calls with the request's context have its
	// deadline, and tell services the request's id and the client's address as those of
	// dialects do. The answer's header has the id under X-Request-Id. The request has neither
	// host nor peer: links come from Config.PublicURL. Bodies end after 64 KiB with an
	// *http.MaxBytesError. The answer leaves when Handler returns. Its pages name their
	// Content-Type, else they are plain text, and their Content-Security-Policy, else they
	// load one style sheet of this host and send no forms; they are neither stored nor told
	// of to others by Referer unless they say so.
	Handler http.Handler
}

// site is a Site made ready. Its faults are pages, too.
type site struct {
	*dialect
	handler http.Handler
	noHead  bool
	origin  *http.CrossOriginProtection
	route   *route
}

func (s *Site) complete() error {
	switch {
	case s.Name == "":
		return errors.New("Name is empty: logs and metrics need one")
	case s.Handler == nil:
		return errors.New("Handler is missing")
	case !strings.HasPrefix(s.Prefix, "/") || s.Prefix == "/" || strings.ContainsAny(s.Prefix, `*?[\`):
		return fmt.Errorf("Prefix %q: it is one or more segments of a path, each behind a slash", s.Prefix)
	}
	return nil
}

func newSite(conf Site, g *gateway) (*site, error) {
	if err := conf.complete(); err != nil {
		return nil, err
	}
	prefix, err := parsePattern(conf.Prefix)
	if err != nil {
		return nil, err
	}
	s := &site{handler: conf.Handler, noHead: conf.NoHead, origin: http.NewCrossOriginProtection(), route: &route{label: conf.Prefix}}
	if u, err := url.Parse(g.cfg.PublicURL); err == nil && u.Host != "" {
		// A proxy may have changed the Host that origins are compared with.
		if err := s.origin.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
			return nil, fmt.Errorf("PublicURL: %w", err)
		}
	}
	s.dialect = &dialect{
		Dialect: Dialect{
			Name: conf.Name, MaxBody: maxForm, Fail: failPage,
			RequestIDHeader: requestIDKey, RequestID: func(*http.Request) string { return id.New("req") },
		},
		g: g, owns: []pattern{prefix}, unmatched: s.route,
	}
	g.meters.resolve(conf.Name, s.route)
	return s, nil
}

// hides refuses a dialect with routes that the site answers instead.
func (s *site) hides(d *dialect) error {
	for _, rpc := range slices.Sorted(maps.Keys(d.routes)) {
		for _, b := range d.routes[rpc].bindings {
			if s.covers(anyPath(b.path)) {
				return fmt.Errorf("%s, the path of %s, is the site's %s", b.path, rpc, s.Name)
			}
		}
	}
	return nil
}

func (s *site) serve(x *exchange) {
	if err := s.origin.Check(x.Request); err != nil {
		x.fail(fault.PermissionDenied(ReasonOrigin, "this form came from another site").Because(err))
		return
	}
	ctx, cancel := context.WithTimeout(x.Request.Context(), s.g.cfg.Timeout)
	defer cancel()
	r := x.Request.WithContext(x.outgoing(ctx))
	r.Body = http.MaxBytesReader(x.w, r.Body, maxForm)
	r.Host, r.RemoteAddr = "", ""
	if r.Method == http.MethodHead && !s.noHead {
		r.Method = http.MethodGet
	}
	a := &reply{header: http.Header{requestIDKey: {x.RequestID}}}
	s.handler.ServeHTTP(a, r)
	careful(x.Call.Header)
	x.Call.Header["Content-Type"] = []string{"text/plain; charset=utf-8"}
	maps.Copy(x.Call.Header, a.header)
	x.Status = cmp.Or(a.status, http.StatusOK)
	x.send(a.body.Bytes())
}

// outgoing has gRPC calls with a context tell what those of dialects tell. Nothing that the
// client wrote is in it.
func (x *exchange) outgoing(ctx context.Context) context.Context {
	md := metadata.Pairs(requestIDKey, x.RequestID)
	if client := x.from(); client != "" {
		md.Set(clientKey, client)
	}
	return metadata.NewOutgoingContext(ctx, md)
}

// reply keeps an answer until the handler is through: of one that panics nothing is seen.
type reply struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *reply) Header() http.Header { return a.header }

func (a *reply) WriteHeader(status int) {
	if a.status == 0 && status >= http.StatusOK {
		a.status = status
	}
}

func (a *reply) Write(b []byte) (int, error) { return a.body.Write(b) }

// careful sets headers for pages whose addresses may hold secrets.
func careful(h http.Header) {
	h["Content-Security-Policy"] = []string{pagePolicy}
	h["Referrer-Policy"] = []string{"no-referrer"}
	h["Cache-Control"] = []string{"no-store"}
}

// failPage is the page of a fault.
func failPage(dst []byte, c *Call, f *fault.Error) []byte {
	careful(c.Header)
	b := bytes.NewBuffer(dst)
	err := docTemplates.ExecuteTemplate(b, "failure.html", map[string]string{
		"Title": http.StatusText(c.Status), "Message": f.Message, "RequestID": c.RequestID,
	})
	if err != nil { // strings always render
		c.Header["Content-Type"] = []string{"text/plain; charset=utf-8"}
		return append(dst, f.Message...)
	}
	c.Header["Content-Type"] = []string{"text/html; charset=utf-8"}
	return b.Bytes()
}
