package egress

import (
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const (
	// maxHost is DNS's limit on the length of a name.
	maxHost = 253
	label   = `[a-zA-Z0-9_]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?`
)

var (
	// name is a host name in ASCII. The underscore is no letter of host names, but of some
	// that exist.
	name = regexp.MustCompile(`^` + label + `(\.` + label + `)*$`)
	// number is a last label with which resolvers take the whole name for an IPv4 address:
	// 127.1, 0x7f000001, 017700000001.
	number = regexp.MustCompile(`^(0[xX][0-9a-fA-F]*|[0-9]+)$`)
)

// check refuses a URL for what it says itself. http, other ports and short names pass
// where some addresses are allowed; whether theirs is among them is known when it is dialled.
func (g *guard) check(u *url.URL) error {
	open := len(g.allow) > 0
	switch {
	case u.Scheme == "https", u.Scheme == "http" && open:
	default:
		return forbid("the URL has to begin with https://")
	}
	switch {
	case u.Opaque != "" || u.Host == "":
		return forbid("the URL has no host; write it like https://host.example/path")
	case u.User != nil:
		return forbid("the URL must not have a user or a password before its host")
	case u.Fragment != "" || u.RawFragment != "":
		return forbid("the URL must not have a fragment, the part after #")
	}
	port, err := portOf(u)
	if err != nil {
		return forbid("the URL's port is not a number from 1 to 65535")
	}
	if !open && !slices.Contains(ports, port) {
		return forbid("the URL's port has to be 443 or 8443")
	}
	return g.checkHost(u, port, open)
}

func (g *guard) checkHost(u *url.URL, port uint16, open bool) error {
	host := u.Hostname()
	if a, err := netip.ParseAddr(host); err == nil {
		if !g.permits(a, port, u.Scheme == "https") {
			return notPublic(host, nil)
		}
		return nil
	}
	last := host[strings.LastIndexByte(host, '.')+1:]
	switch {
	case len(host) > maxHost || !name.MatchString(host):
		return forbid("the URL's host has to be a host name in ASCII (xn--… for others) without a dot at its end, or an address in its usual spelling")
	case number.MatchString(last):
		return forbid("the URL's host has to be a host name, or an address in its usual spelling")
	case !open && last == host:
		return notPublic(host, nil)
	}
	return nil
}

// portOf is the port that a URL leads to.
func portOf(u *url.URL) (uint16, error) {
	switch {
	case u.Port() != "":
		p, err := strconv.ParseUint(u.Port(), 10, 16)
		return uint16(p), err
	case u.Scheme == "https":
		return 443, nil
	}
	return 80, nil
}
