package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
)

// defaultTimeout is the deadline of a request when Config sets none.
const defaultTimeout = 10 * time.Second

// Config is what a gateway is made of. Fields are required unless they say otherwise.
type Config struct {
	// Dialects in the order of precedence: the first that owns a path answers it.
	Dialects []Dialect
	// Sites are pages for people; they come before dialects. May be empty.
	Sites []Site
	// Conn returns the connection to a gRPC service by its full name.
	Conn func(service string) grpc.ClientConnInterface
	// Log gets one line per request, and panics.
	Log *slog.Logger
	// Metrics is where the gateway's counters are registered.
	Metrics prometheus.Registerer
	// Ready says why requests cannot be served yet, for /readyz. Nil means always ready.
	Ready func(context.Context) error
	// Degraded says, for /readyz, what works less well than it should while requests are
	// served all the same; nothing when it is empty. Anybody can read it. May be nil.
	Degraded func() string
	// PublicURL is the address clients know the gateway by: https://api.example.com. When
	// empty, links to error pages are relative. It never comes from a request.
	PublicURL string
	// AllowHost reports whether to answer requests for a host name. Nil allows all;
	// LoopbackHost is for development.
	AllowHost func(host string) bool
	// TrustedProxies are the peers whose X-Forwarded-For is believed. May be empty.
	TrustedProxies []netip.Prefix
	// Timeout is the deadline of every request; 10 s when 0.
	Timeout time.Duration
}

// gateway is the handler: it finds who owns a path and lets it answer.
type gateway struct {
	cfg      Config
	meters   *meters
	pages    *pages
	own      *dialect // answers what is nobody's: pages and unowned paths
	sites    []*site
	dialects []*dialect
}

// server answers an exchange: a page, a site or a dialect.
type server interface{ serve(x *exchange) }

// New returns the gateway's handler. It fails when a dialect lacks something or
// contradicts its protos.
func New(ctx context.Context, cfg Config) (http.Handler, error) {
	if cfg.Conn == nil || cfg.Log == nil || cfg.Metrics == nil {
		return nil, errors.New("gateway: Conn, Log and Metrics are required")
	}
	cfg.PublicURL = strings.TrimSuffix(cfg.PublicURL, "/")
	if cfg.Timeout == 0 {
		cfg.Timeout = defaultTimeout
	}
	if err := cfg.distinct(); err != nil {
		return nil, err
	}
	for _, d := range cfg.Dialects {
		if err := d.complete(); err != nil {
			return nil, fmt.Errorf("dialect %s: %w", d.Name, err)
		}
	}
	m, err := newMeters(cfg.Metrics)
	if err != nil {
		return nil, err
	}
	g := &gateway{cfg: cfg, meters: m}
	if g.pages, err = newPages(cfg, m); err != nil {
		return nil, err
	}
	if g.own, err = newDialect(ctx, neutral(), g); err != nil {
		return nil, err
	}
	if err := g.addSites(); err != nil {
		return nil, err
	}
	if err := g.addDialects(ctx); err != nil {
		return nil, err
	}
	return g, nil
}

func (g *gateway) addSites() error {
	for _, conf := range g.cfg.Sites {
		s, err := newSite(conf, g)
		if err != nil {
			return fmt.Errorf("site %s: %w", conf.Name, err)
		}
		g.sites = append(g.sites, s)
	}
	return nil
}

func (g *gateway) addDialects(ctx context.Context) error {
	for _, conf := range g.cfg.Dialects {
		d, err := newDialect(ctx, conf, g)
		if err == nil {
			err = d.reachable()
		}
		for _, s := range g.sites {
			if err == nil {
				err = s.hides(d)
			}
		}
		if err != nil {
			return fmt.Errorf("dialect %s: %w", conf.Name, err)
		}
		g.dialects = append(g.dialects, d)
	}
	return nil
}

// ServeHTTP answers a request. Whatever happens, it is one answer in the envelope of
// the path's owner and one log line.
func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	owner, d := g.find(r)
	x := &exchange{g: g, d: d, w: w, start: time.Now()}
	x.Call = Call{Request: r, PublicURL: g.cfg.PublicURL, Header: w.Header(), codec: d.Codec, route: d.unmatched}
	defer x.end()
	x.RequestID = d.RequestID(r)
	switch err := x.admit(); {
	case err != nil:
		x.fail(err)
	case d.CORS != nil && r.Method == http.MethodOptions:
		x.preflight()
	default:
		owner.serve(x)
	}
}

// find returns who answers a request, and in whose words.
func (g *gateway) find(r *http.Request) (server, *dialect) {
	path := r.URL.Path
	if p := g.pages.byPath[path]; p != nil && !g.cedes(r) {
		return p, g.own
	}
	for _, s := range g.sites {
		if s.covers(path) {
			return s, s.dialect
		}
	}
	d := g.owner(path)
	return d, d
}

// cedes reports whether a request for the page at / is from no browser and a dialect's: clients
// find out there which versions of a product's API there are.
func (g *gateway) cedes(r *http.Request) bool {
	return r.URL.Path == landing && !acceptsHTML(r.Header) && g.owner(landing) != g.own
}

func (g *gateway) owner(path string) *dialect {
	for _, d := range g.dialects {
		if d.covers(path) {
			return d
		}
	}
	return g.own
}
