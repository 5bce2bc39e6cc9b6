package egress

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"syscall"
	"time"
)

const (
	// dialLimit is for one address, so that a dead one leaves time for the next.
	dialLimit = 3 * time.Second
	// maxDials keeps a name with thousands of addresses from being a port scanner.
	maxDials = 4
)

// ports are those of https that may be called on public addresses.
var ports = []uint16{443, 8443}

// guard knows where a client may go.
type guard struct {
	allow    []netip.Prefix
	own      []netip.AddrPort
	resolver Resolver
	dial     func(ctx context.Context, network, addr string) (net.Conn, error)
	timeout  time.Duration
}

func newGuard(o Options) *guard {
	g := &guard{allow: slices.Clone(o.Allow), resolver: o.Resolver, dial: o.Dial, timeout: o.Timeout}
	for _, l := range o.Own {
		g.own = append(g.own, netip.AddrPortFrom(l.Addr().Unmap(), l.Port()))
	}
	return g
}

// permits tells whether the address may be connected to, for https if secure.
func (g *guard) permits(a netip.Addr, port uint16, secure bool) bool {
	if !a.IsValid() || a.Zone() != "" {
		return false
	}
	a = a.Unmap()
	inner, embeds := embedded(a)
	switch {
	case within(never, a), g.isOwn(a, port):
		return false
	case embeds && (within(never, inner) || g.isOwn(inner, port)):
		return false
	case within(g.allow, a):
		// Who allows NAT64 allows the Internet behind it, and not what is private there.
		return !embeds || public(inner) || within(g.allow, inner)
	}
	return secure && slices.Contains(ports, port) && public(a)
}

// isOwn tells whether we listen there ourselves.
func (g *guard) isOwn(a netip.Addr, port uint16) bool {
	return slices.ContainsFunc(g.own, func(l netip.AddrPort) bool {
		return l.Port() == port && (l.Addr() == a || l.Addr().IsUnspecified() && isLocal(a))
	})
}

// isLocal tells whether packets to the address stay on this machine.
func isLocal(a netip.Addr) bool {
	if a.IsLoopback() {
		return true
	}
	addrs, err := net.InterfaceAddrs()
	return err != nil || slices.ContainsFunc(addrs, func(i net.Addr) bool {
		p, err := netip.ParsePrefix(i.String())
		return err == nil && p.Addr().Unmap().WithZone("") == a
	})
}

// dialer connects to hosts that a URL names. The name is resolved once, and what is
// checked is what is dialled: another answer a moment later changes nothing.
func (g *guard) dialer(secure bool) func(ctx context.Context, network, addr string) (net.Conn, error) {
	dial := g.dial
	if dial == nil {
		dial = (&net.Dialer{Control: g.control(secure)}).DialContext
	}
	return func(ctx context.Context, _, addr string) (net.Conn, error) {
		// The transport dials on when the request has gone, for the next one.
		ctx, cancel := context.WithTimeout(ctx, g.timeout)
		defer cancel()
		targets, err := g.targets(ctx, addr, secure)
		if err != nil {
			return nil, err
		}
		for _, target := range targets {
			var conn net.Conn
			if conn, err = dialOne(ctx, dial, target); err == nil {
				return conn, nil
			}
		}
		return nil, err
	}
}

func dialOne(ctx context.Context, dial func(context.Context, string, string) (net.Conn, error), target netip.AddrPort) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialLimit)
	defer cancel()
	return dial(ctx, "tcp", target.String())
}

// targets are the addresses of host:port, of which there is at least one. One that is
// not permitted refuses them all: such a name is a mistake or an attack.
func (g *guard) targets(ctx context.Context, addr string, secure bool) ([]netip.AddrPort, error) {
	host, portText, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	port, err := strconv.ParseUint(portText, 10, 16)
	if err != nil {
		return nil, err
	}
	addrs, err := g.lookup(ctx, host)
	if err != nil {
		return nil, err
	}
	var targets []netip.AddrPort
	for _, a := range addrs {
		if !g.permits(a, uint16(port), secure) {
			return nil, notPublic(host, errors.New("egress: "+host+" is "+a.String()))
		}
		targets = append(targets, netip.AddrPortFrom(a.Unmap(), uint16(port)))
	}
	return targets[:min(len(targets), maxDials)], nil
}

// lookup finds the addresses of a host, of which there is at least one.
func (g *guard) lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}, nil
	}
	addrs, err := g.resolver.LookupNetIP(ctx, "ip", host)
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound || err == nil && len(addrs) == 0 {
		return nil, notPublic(host, err)
	}
	return addrs, err
}

// control sees the address that a socket is about to connect to, whatever came before.
func (g *guard) control(secure bool) func(network, address string, _ syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		a, err := netip.ParseAddrPort(address)
		if err != nil {
			return err
		}
		if !g.permits(a.Addr(), a.Port(), secure) {
			return notPublic("the host", errors.New("egress: connecting to "+address))
		}
		return nil
	}
}
