package connect

import (
	"embed"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"google.golang.org/grpc"

	"github.com/holdplane/holdplane/gateway"
	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

// Paths, below that of PublicURL.
const (
	authorizePath = "/vault/authorize"
	callbackPath  = "/vault/callback"
	revokePath    = "/vault/revoke"
	sessionPath   = "/vault/session"
	assetsPath    = "/vault/assets"
	scriptPath    = "/vault.js"
	// returnPath is where the browser comes back to from a provider. A session's token can't
	// be mistaken for its last segment: it has dots.
	returnPath = sessionPath + "/return"
)

//go:embed templates assets
var files embed.FS

var templates = template.Must(template.ParseFS(files, "templates/*.html"))

// Options are what the pages are made of. Fields are required unless they say otherwise.
type Options struct {
	// Vault reaches connection-vault's public services. It is asked with the request's context.
	Vault grpc.ClientConnInterface
	// PublicURL is the address clients know the gateway by; pages link to each other below
	// its path, and cookies are for TLS only where it is https. Providers send browsers back
	// to it.
	PublicURL string
	// Log gets what went wrong on the way to a service: what goes wrong there is in its log.
	Log *slog.Logger
}

// site answers for all pages.
type site struct {
	Options
	browser     connectionvaultv1.BrowserServiceClient
	connections connectionvaultv1.ConnectionServiceClient
	resources   connectionvaultv1.ResourceServiceClient
	consents    connectionvaultv1.ConsentServiceClient
	base        string // path of PublicURL
	secure      bool   // it is https
	assets      map[string]asset
}

// New returns the sites.
func New(o Options) ([]gateway.Site, error) {
	if o.Vault == nil || o.Log == nil {
		return nil, errors.New("connect: Vault and Log are required")
	}
	u, err := url.Parse(o.PublicURL)
	if err != nil {
		return nil, fmt.Errorf("connect: PublicURL: %w", err)
	}
	if u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return nil, fmt.Errorf("connect: PublicURL %q is no address like https://example.com", o.PublicURL)
	}
	o.PublicURL = strings.TrimSuffix(o.PublicURL, "/")
	s := &site{
		Options:     o,
		browser:     connectionvaultv1.NewBrowserServiceClient(o.Vault),
		connections: connectionvaultv1.NewConnectionServiceClient(o.Vault),
		resources:   connectionvaultv1.NewResourceServiceClient(o.Vault),
		consents:    connectionvaultv1.NewConsentServiceClient(o.Vault),
		base:        strings.TrimSuffix(u.EscapedPath(), "/"), secure: u.Scheme == "https",
	}
	if s.assets, err = readAssets(); err != nil {
		return nil, err
	}
	var sites []gateway.Site
	for path, answer := range map[string]func(*visit) error{
		authorizePath: s.authorize, callbackPath: s.callback, revokePath: s.revoke,
		sessionPath: s.session, assetsPath: s.asset, scriptPath: s.asset,
	} {
		name := strings.ReplaceAll(strings.TrimPrefix(path, "/"), "/", "-")
		sites = append(sites, gateway.Site{Name: name, Prefix: path, NoHead: acts(path), Handler: s.handler(path, answer)})
	}
	return sites, nil
}

// acts tells whether GET does something at a path: the product has it so.
func acts(path string) bool {
	return path == authorizePath || path == callbackPath || path == revokePath
}

// handler answers below a path, of which visits know the segments that follow.
func (s *site) handler(path string, answer func(*visit) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := newVisit(s, w, r, path)
		v.acts = acts(path)
		if err := v.readable(); err != nil {
			v.fail(err)
			return
		}
		if err := answer(v); err != nil {
			v.fail(err)
		}
	})
}
