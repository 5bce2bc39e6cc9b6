package gateway

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// ClientAddr is the address a request came from. Behind trusted proxies it is the
// right-most hop of X-Forwarded-For that is not one of them: what stands left of it
// was written by the client. It is the zero Addr when the peer has none, as on a unix
// socket.
func ClientAddr(r *http.Request, trusted []netip.Prefix) netip.Addr {
	addr := parseHop(r.RemoteAddr)
	hops := r.Header["X-Forwarded-For"]
	for i := len(hops) - 1; i >= 0 && isTrusted(addr, trusted); i-- {
		for list := hops[i]; list != "" && isTrusted(addr, trusted); {
			var hop string
			if j := strings.LastIndexByte(list, ','); j >= 0 {
				list, hop = list[:j], list[j+1:]
			} else {
				list, hop = "", list
			}
			next := parseHop(strings.TrimSpace(hop))
			if !next.IsValid() {
				return addr // the last hop that can be believed
			}
			addr = next
		}
	}
	return addr
}

// from is the address that the request came from, as text; empty when it has none.
func (x *exchange) from() string {
	if x.client == "" {
		if a := ClientAddr(x.Request, x.g.cfg.TrustedProxies); a.IsValid() {
			x.client = a.String()
		}
	}
	return x.client
}

func isTrusted(a netip.Addr, trusted []netip.Prefix) bool {
	return a.IsValid() && slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Contains(a) })
}

// parseHop reads an address with or without a port. IPv4 in IPv6 is IPv4.
func parseHop(s string) netip.Addr {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap().WithZone("")
	}
	a, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]"))
	if err != nil {
		return netip.Addr{}
	}
	return a.Unmap().WithZone("")
}

// LoopbackHost reports whether a host names this machine only: localhost, a name under
// it, or a loopback address. A gateway that answers no other host is safe from pages
// that rebind their own name to 127.0.0.1.
func LoopbackHost(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	a, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && a.Unmap().IsLoopback()
}

// hostname is the Host header without its port.
func hostname(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		return h
	}
	return host
}
