package catalog

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// Endpoint is one of a provider's OAuth URLs.
type Endpoint string

// The endpoints. RefreshURL is the token URL where a connector has no other.
const (
	AuthorizeURL Endpoint = "authorize_url"
	TokenURL     Endpoint = "token_url"
	RefreshURL   Endpoint = "refresh_url"
	RevokeURL    Endpoint = "revoke_url"
)

// ErrNoURL says that a connector has no URL for an endpoint, whatever the settings.
var ErrNoURL = errors.New("the connector has no such URL")

const maxHost = 253

// hostLabel is a label of a host, as hosts says what may stand for a whole one.
const hostLabel = `[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?`

var (
	label = regexp.MustCompile(`^` + hostLabel + `$`)
	hosts = regexp.MustCompile(`^` + hostLabel + `(?:\.` + hostLabel + `)*$`)
)

// URL returns the URL of an endpoint with the settings in its places. Values go through
// Accepts; those in a host without option or pattern are one label of it; those in path
// and query are escaped. The error is a *SettingError or ErrNoURL.
func (c *Connector) URL(e Endpoint, settings map[string]string) (string, error) {
	alternatives := c.urls[e]
	if len(alternatives) == 0 && e == RefreshURL {
		alternatives = c.urls[TokenURL]
	}
	if len(alternatives) == 0 {
		return "", fmt.Errorf("%s of %s: %w", e, c.ServiceID, ErrNoURL)
	}
	x := expansion{c, settings}
	for _, t := range alternatives {
		if x.missing(t) == "" {
			return x.url(t)
		}
	}
	last := alternatives[len(alternatives)-1]
	return "", &SettingError{ID: x.missing(last), Missing: true, reason: "is missing"}
}

// AuthorizeParams returns the extra parameters of the authorize URL, not yet escaped. The
// error is a *SettingError.
func (c *Connector) AuthorizeParams(settings map[string]string) (map[string]string, error) {
	return expansion{c, settings}.params(c.authorizeParams)
}

// TokenParams returns the extra parameters of token requests. The error is a *SettingError.
func (c *Connector) TokenParams(settings map[string]string) (map[string]string, error) {
	return expansion{c, settings}.params(c.tokenParams)
}

// expansion puts settings in the places of templates.
type expansion struct {
	*Connector
	settings map[string]string
}

// raw is a setting's value, or its field's default; empty when there is none.
func (x expansion) raw(name string) string {
	if v := x.settings[name]; v != "" {
		return v
	}
	if f, ok := x.Field(name); ok {
		return f.Default
	}
	return ""
}

// missing is the first name of a template without value.
func (x expansion) missing(t template) string {
	for name := range t.names() {
		if x.raw(name) == "" {
			return name
		}
	}
	return ""
}

func (x expansion) params(templates map[string]text) (map[string]string, error) {
	filled := make(map[string]string, len(templates))
	for key, t := range templates {
		v, err := t.fill(x.value)
		if err != nil {
			return nil, err
		}
		filled[key] = v
	}
	return filled, nil
}

// value is what a name stands for where nothing else is asked of it.
func (x expansion) value(name string) (string, error) {
	v := x.raw(name)
	if v == "" {
		return "", &SettingError{ID: name, Missing: true, reason: "is missing"}
	}
	return v, x.Accepts(name, v)
}

// inHost is a value that is labels of a host: one, unless the field says more.
func (x expansion) inHost(name string) (string, error) {
	v, err := x.value(name)
	if err != nil {
		return "", err
	}
	allowed := label
	if f, ok := x.Field(name); ok && (f.pattern != nil || len(f.Options) > 0) {
		allowed = hosts
	}
	if !allowed.MatchString(v) {
		return "", wrong(name, "must be the part of a host name that it stands for: lower-case letters, digits and hyphens")
	}
	return v, nil
}

// origin is a value that is a scheme and host.
func (x expansion) origin(name string) (string, error) {
	v, err := x.value(name)
	if err != nil {
		return "", err
	}
	host, ok := strings.CutPrefix(v, "https://")
	if !ok || !hosts.MatchString(host) {
		return "", wrong(name, "must be https:// and a host name, with nothing behind it")
	}
	return host, nil
}

func (x expansion) url(t template) (string, error) {
	scheme, inHost := t.scheme, x.inHost
	if scheme == "" {
		scheme, inHost = "https", x.origin
	}
	host, err := t.host.fill(inHost)
	if err != nil {
		return "", err
	}
	path, err := t.path.fill(x.escaped(url.PathEscape))
	if err != nil {
		return "", err
	}
	query, err := t.query.fill(x.escaped(url.QueryEscape))
	if err != nil {
		return "", err
	}
	return reparsed(t, scheme, host, path, query)
}

func (x expansion) escaped(escape func(string) string) func(string) (string, error) {
	return func(name string) (string, error) {
		v, err := x.value(name)
		return escape(v), err
	}
}

// reparsed is the URL, provided that a parser finds in it what was put into it. Each of
// its refusals is a second one behind those of the values.
func reparsed(t template, scheme, host, path, query string) (string, error) {
	var first string
	for name := range t.names() {
		first = name
		break
	}
	whole := scheme + "://" + host + path + query
	u, err := url.Parse(whole)
	if err != nil || u.Scheme != scheme || u.Host != host || u.User != nil || u.Opaque != "" || u.Fragment != "" {
		return "", wrong(first, "does not fit into the URL that it is part of")
	}
	if len(u.Hostname()) > maxHost || !hosts.MatchString(u.Hostname()) {
		return "", wrong(first, "makes a host name that cannot be: labels have 63 characters at most, names %d", maxHost)
	}
	for segment := range strings.SplitSeq(u.EscapedPath(), "/") {
		if segment == "." || segment == ".." {
			return "", wrong(first, "makes a path with . or .. in it")
		}
	}
	return whole, nil
}
