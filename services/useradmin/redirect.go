package useradmin

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// mayLeadTo refuses addresses that are not on an account's list: whoever could choose where
// a mailed link leads could send its user to a page that looks like ours. None is fine.
func mayLeadTo(account *storev1.Account, address string) error {
	if address == "" {
		return nil
	}
	to, ok := parseTarget(address)
	if ok && slices.ContainsFunc(account.GetRedirectUrls(), func(listed string) bool {
		allowed, ok := parseTarget(listed)
		return ok && allowed.covers(to)
	}) {
		return nil
	}
	return fault.Invalid(fault.Violation{Field: "redirect_url", Rule: "redirect.listed", Message: "must be below an address on the tenant's list"})
}

// checkRedirect wants an address that can be on the list: one that a link can lead to.
func checkRedirect(field, address string) error {
	if _, ok := parseTarget(address); ok {
		return nil
	}
	return fault.Invalid(fault.Violation{
		Field: field, Rule: "string.uri", Message: "must be an https address, or an http address on loopback, without user name, fragment or dots in its path",
	})
}

// target is where a link leads, as far as that is compared.
type target struct {
	origin string
	path   []string // segments
}

// parseTarget reads https addresses and, on this machine, http ones. It refuses what two
// programs could read in two ways: user names, fragments, backslashes, paths with dots or
// escaped slashes in them.
func parseTarget(address string) (target, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Opaque != "" || u.User != nil || strings.ContainsAny(address, `#\`) {
		return target{}, false
	}
	if u.Scheme != "https" && !(u.Scheme == "http" && onLoopback(strings.ToLower(u.Hostname()))) {
		return target{}, false
	}
	segments := strings.Split(strings.Trim(u.Path, "/"), "/")
	if strings.Contains(u.Path, `\`) || strings.Contains(u.Path, "//") || strings.Contains(strings.ToLower(u.EscapedPath()), "%2f") ||
		slices.Contains(segments, ".") || slices.Contains(segments, "..") {
		return target{}, false
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	if segments[0] == "" {
		segments = nil
	}
	return target{origin: u.Scheme + "://" + strings.ToLower(u.Hostname()) + ":" + port, path: segments}, true
}

// covers tells whether another target is the same or below this one, in whole segments.
func (t target) covers(to target) bool {
	return t.origin == to.origin && len(to.path) >= len(t.path) && slices.Equal(t.path, to.path[:len(t.path)])
}

func onLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
