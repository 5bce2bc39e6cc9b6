package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"

	"github.com/holdplane/holdplane/pkg/rpc"
)

// openDoors opens what has an address before the services are built: they put the gateway's
// into links, and never call any of them.
func (p *process) openDoors() (err error) {
	p.publicURL = strings.TrimSuffix(p.flags.PublicURL, "/")
	if p.hasGateway() {
		if p.httpOn, err = p.openDoor("--http-addr", p.flags.HTTPAddr); err != nil {
			return err
		}
		// Off loopback nobody knows by what name clients come; links are relative then.
		if addr := p.httpOn.Addr(); p.publicURL == "" && addr.Network() == "tcp" && isLocal(addr.String()) {
			p.publicURL = "http://" + addr.String()
		}
	}
	if len(servicesIn(p.names)) > 0 {
		if p.publicOn, err = p.openDoor("--grpc-addr", p.flags.GRPCAddr); err != nil {
			return err
		}
	}
	if p.flags.AdminAddr != "" {
		p.adminOn, err = p.openDoor("--admin-addr", p.flags.AdminAddr)
	}
	return err
}

func (p *process) openDoor(flag, addr string) (net.Listener, error) {
	on, err := rpc.Listen(addr)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", flag, err)
	}
	p.closers = append(p.closers, func() error {
		if err := on.Close(); !errors.Is(err, net.ErrClosed) { // as its server has
			return err
		}
		return nil
	})
	return on, nil
}

// ownListeners are the addresses of this process and of those it knows, which no call to the
// outside may reach.
func (p *process) ownListeners() []netip.AddrPort {
	var own []netip.AddrPort
	for _, on := range []net.Listener{p.httpOn, p.publicOn, p.adminOn} {
		if on == nil {
			continue
		}
		if addr, ok := on.Addr().(*net.TCPAddr); ok {
			own = append(own, addr.AddrPort())
		}
	}
	for _, addr := range p.flags.Peer {
		if peer, err := netip.ParseAddrPort(addr); err == nil { // else a name or a socket
			own = append(own, peer)
		}
	}
	return own
}
