package connectionvault

import (
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

var (
	// applicationID is what may stand in a permission.
	applicationID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	// keyText is what identity takes for a root key.
	keyText = regexp.MustCompile(`^(hp_root|sk)_[A-Za-z0-9_-]{16,128}$`)
	// hostText is what stands for a host, and its port, in an origin: nothing in it ends a
	// header or a policy.
	hostText = regexp.MustCompile(`^([A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$`)
)

// checkApplication refuses what could not work.
func (s *Service) checkApplication(r *connectionvaultv1.AddApplicationRequest) error {
	if r.GetId() != "" && !applicationID.MatchString(r.GetId()) {
		return invalid("id", "string.pattern", "must be letters, digits, hyphens and underscores")
	}
	if r.GetApiKey() != "" && !keyText.MatchString(r.GetApiKey()) {
		return invalid("api_key", "string.pattern", "must begin with hp_root_ or sk_, and then have 16 to 128 letters, digits, hyphens and underscores")
	}
	for i, uri := range r.GetRedirectUris() {
		if !leadsBack(uri) {
			return invalid(fmt.Sprintf("redirect_uris[%d]", i), "string.uri",
				"must be an https address, or an http address on loopback, without user name and fragment, its host in ASCII (xn--… for others)")
		}
	}
	if uri := r.GetDefaultRedirectUri(); uri != "" && !slices.Contains(r.GetRedirectUris(), uri) {
		return invalid("default_redirect_uri", "redirect.listed", "must be one of redirect_uris")
	}
	if scopes := r.GetDataScopes(); scopes != "" && !wholeOrObject(scopes) {
		return invalid("data_scopes", "json", `must be "*" or an object`)
	}
	seen := map[string]bool{}
	for i, n := range r.GetIntegrations() {
		field := fmt.Sprintf("integrations[%d]", i)
		if err := s.checkIntegration(field, n); err != nil {
			return err
		}
		if seen[n.GetServiceId()] {
			return invalid(field+".service_id", "unique", "is here twice")
		}
		seen[n.GetServiceId()] = true
	}
	return nil
}

// checkIntegration refuses services that the catalog doesn't have, and scopes that are
// several.
func (s *Service) checkIntegration(field string, n *connectionvaultv1.NewIntegration) error {
	if _, ok := s.deps.Catalog.Connector(n.GetServiceId()); !ok {
		return fault.NotFound(reasonConnectorUnknown, "%s: the catalog has no connector %s", field, n.GetServiceId())
	}
	if n.GetClientSecret() != "" && n.GetClientId() == "" {
		return invalid(field+".client_id", "required", "must be given with a client_secret")
	}
	for i, one := range n.GetScopes() {
		if one == "" || strings.ContainsAny(one, " \t\r\n\"\\") {
			return invalid(fmt.Sprintf("%s.scopes[%d]", field, i), "string.pattern", "must be one scope, without blanks, quotes and backslashes")
		}
	}
	return nil
}

// leadsBack tells whether a browser may be sent to an address: over https, or over http to
// this machine.
func leadsBack(address string) bool {
	u, err := url.Parse(address)
	if err != nil || !hostText.MatchString(u.Host) || u.Opaque != "" || u.User != nil || strings.ContainsAny(address, "#\\ \t\r\n") {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && onLoopback(u.Hostname())
}

func onLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.IsLoopback()
}

// wholeOrObject tells whether JSON that was checked is what stands for resources.
func wholeOrObject(text string) bool {
	text = strings.TrimSpace(text)
	return text == `"*"` || strings.HasPrefix(text, "{")
}

func invalid(field, rule, message string) error {
	return fault.Invalid(fault.Violation{Field: field, Rule: rule, Message: message})
}
