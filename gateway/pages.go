package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/holdplane/holdplane/pkg/fault"
)

// pages are what the gateway answers itself, by exact path.
type pages struct {
	byPath map[string]*page
}

// page is one of them: a fixed body, or a check with the answer to make of it.
type page struct {
	route       *route
	contentType string
	body        []byte
	check       func(context.Context) error
	degraded    func() string // may be nil
}

// pagePolicy lets documentation load its own style sheet and nothing else.
const pagePolicy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func newPages(cfg Config, m *meters) (*pages, error) {
	docs, err := renderDocs(cfg.Dialects)
	if err != nil {
		return nil, err
	}
	style, err := docFiles.ReadFile("docs/style.css")
	if err != nil {
		return nil, fmt.Errorf("read style sheet: %w", err)
	}
	doc, probe := &route{label: "/docs"}, &route{label: "/healthz", level: slog.LevelDebug}
	ready := &route{label: "/readyz", level: slog.LevelDebug}
	for _, r := range []*route{doc, probe, ready} {
		m.resolve(neutralName, r)
	}
	p := &pages{byPath: map[string]*page{
		"/healthz":        {route: probe, check: func(context.Context) error { return nil }},
		"/readyz":         {route: ready, check: cfg.Ready, degraded: cfg.Degraded},
		"/docs/style.css": {route: doc, contentType: "text/css; charset=utf-8", body: style},
	}}
	if cfg.Ready == nil {
		p.byPath["/readyz"].check = p.byPath["/healthz"].check
	}
	for path, body := range docs {
		p.byPath[path] = &page{route: doc, contentType: "text/html; charset=utf-8", body: body}
	}
	return p, nil
}

// acceptsHTML reports whether a request is one of a browser.
func acceptsHTML(h http.Header) bool {
	for _, v := range h["Accept"] {
		if strings.Contains(strings.ToLower(v), "text/html") {
			return true
		}
	}
	return false
}

// errorDoc is where the page of an error code is; empty when the dialect has none.
func (p *pages) errorDoc(dialect, code string) string {
	path := docPath(dialect, code)
	if code == "" || p.byPath[path] == nil {
		return ""
	}
	return path
}

func (p *page) serve(x *exchange) {
	x.route = p.route
	h := x.Call.Header
	if m := x.Request.Method; m != http.MethodGet && m != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		x.fail(fault.InvalidArgument(ReasonMethod, "the method is not allowed here"))
		return
	}
	x.Status = http.StatusOK
	if p.check != nil {
		p.probe(x)
		return
	}
	h.Set("Content-Type", p.contentType)
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "public, max-age=3600")
	if x.Request.URL.Path == landing {
		h.Set("Vary", "Accept") // others than browsers may get an API's answer
	}
	x.send(p.body)
}

// probe answers whoever decides whether to send requests here. Why not is in the log.
func (p *page) probe(x *exchange) {
	ctx, cancel := context.WithTimeout(x.Request.Context(), x.g.cfg.Timeout)
	defer cancel()
	x.Call.Header.Set("Cache-Control", "no-store")
	answer := struct {
		Status   string `json:"status"`
		Degraded string `json:"degraded,omitempty"`
	}{Status: "ok"}
	if p.degraded != nil {
		answer.Degraded = p.degraded()
	}
	if err := p.check(ctx); err != nil {
		x.cause, x.Status, answer.Status = err, http.StatusServiceUnavailable, "unavailable"
	}
	body, err := json.Marshal(answer)
	if err != nil {
		x.fail(err)
		return
	}
	x.send(body)
}
