package pages

import (
	"embed"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/gateway/language"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

const (
	prefix           = "/pages"
	passwordPath     = prefix + "/set-password"
	emailPath        = prefix + "/verify-email"
	secondFactorPath = prefix + "/second-factor"
	mailsPath        = prefix + "/mails"
)

// policy lets a page load the style sheet, show images that are in it, and send its form
// back to where it came from.
const policy = "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

//go:embed templates
var files embed.FS

var templates = template.Must(template.ParseFS(files, "templates/*.html"))

// Options are what the pages are made of. Fields are required unless they say otherwise.
type Options struct {
	// Links is asked with the request's context.
	Links useradminv1.LinkServiceClient
	// PublicURL is the address clients know the gateway by; pages link to each other below
	// its path, and cookies are for TLS only where it is https. Empty is the root of a host.
	PublicURL string
	// Mails are shown at /pages/mails; nil shows none.
	Mails *Mailbox
	// Log gets what went wrong on the way to a service: what goes wrong there is in its log.
	Log *slog.Logger
}

// site answers for all pages.
type site struct {
	Options
	base   string // path of PublicURL
	secure bool   // it is https
	pages  map[string]page
}

// page is what a path does. What goes wrong becomes a page, too.
type page struct{ get, post func(*visit) error }

// New returns the pages as a site at /pages.
func New(o Options) (gateway.Site, error) {
	if o.Links == nil || o.Log == nil {
		return gateway.Site{}, errors.New("pages: Links and Log are required")
	}
	u, err := url.Parse(o.PublicURL)
	if err != nil {
		return gateway.Site{}, fmt.Errorf("pages: PublicURL: %w", err)
	}
	if o.PublicURL != "" && (u.Scheme != "https" && u.Scheme != "http" || u.Host == "") {
		return gateway.Site{}, fmt.Errorf("pages: PublicURL %s is no address like https://example.com", o.PublicURL)
	}
	s := &site{Options: o, base: strings.TrimSuffix(u.EscapedPath(), "/"), secure: u.Scheme == "https"}
	s.pages = map[string]page{
		passwordPath:     {get: s.askPassword, post: s.setPassword},
		emailPath:        {get: s.askEmail, post: s.verifyEmail},
		secondFactorPath: {get: s.askFactor, post: s.enrolFactor},
	}
	if o.Mails != nil {
		s.pages[mailsPath] = page{get: s.showMails, post: s.openMails}
	}
	return gateway.Site{Name: "pages", Prefix: prefix, Handler: s}, nil
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v := &visit{site: s, w: w, r: r, language: language.Preferred(r.Header.Get("Accept-Language"))}
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	if err := v.answer(); err != nil {
		v.fail(err)
	}
}
