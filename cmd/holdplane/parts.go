package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/services/identity"
)

// layout says which parts of an installation are where, as one process knows it.
type layout struct {
	services []string          // all there are
	here     []string          // parts of this process: services and the gateway
	without  []string          // services that the installation does not have
	peers    map[string]string // addresses of services elsewhere, for the gateway
	internal map[string]string // and for services, which ask on the internal listener
}

// layout is what the flags say, for the parts of a process.
func (f *serverFlags) layout(parts []string) layout {
	l := layout{here: parts, without: f.Without, peers: f.Peer, internal: f.InternalPeer}
	for _, s := range services {
		l.services = append(l.services, s.name)
	}
	return l
}

// parts are the parts of a process: those named, or all that the installation has.
func (f *serverFlags) parts(named []string) []string {
	if len(named) > 0 {
		return named
	}
	return slices.DeleteFunc(everything(), func(n string) bool { return slices.Contains(f.Without, n) })
}

// check refuses a layout in which something is missing or said twice. A service that is
// forgotten would keep the data of deleted tenants, so whoever leaves one out says so.
func (l layout) check() error {
	if err := l.checkNames(); err != nil {
		return err
	}
	for _, s := range l.services {
		if slices.Contains(l.here, s) || slices.Contains(l.without, s) {
			continue
		}
		if l.hasHere(gatewayName) && l.peers[s] == "" {
			return l.missing("the gateway needs "+s, s, "say where it listens: --peer "+s+"=ADDR")
		}
		internal := "say where its internal listener is: --internal-peer " + s + "=unix:///path"
		if l.hasHere(identity.Name) && l.internal[s] == "" {
			return l.missing("identity deletes tenants' data in "+s, s, internal)
		}
		if s == identity.Name && l.anyService() && l.internal[s] == "" {
			return l.missing("services need identity to know their callers", s, internal)
		}
	}
	return nil
}

// missing names the ways out when a service is needed that is nowhere.
func (l layout) missing(why, service, address string) error {
	if service == identity.Name {
		return fmt.Errorf("%s: run it in this process (--services), or %s", why, address)
	}
	return fmt.Errorf("%s: run it in this process (--services), or %s; or say that this installation does not have it: --without %s", why, address, service)
}

func (l layout) hasHere(part string) bool { return slices.Contains(l.here, part) }

func (l layout) anyService() bool { return slices.ContainsFunc(l.services, l.hasHere) }

// checkNames refuses names of nothing, and what contradicts itself.
func (l layout) checkNames() error {
	parts := append([]string{gatewayName}, l.services...)
	for _, n := range l.here {
		if !slices.Contains(parts, n) {
			return fmt.Errorf("there is no service %q; choose from %s", n, strings.Join(parts, ", "))
		}
	}
	for _, n := range l.without {
		switch {
		case !slices.Contains(l.services, n):
			return fmt.Errorf("--without %s: there is no service %q; choose from %s", n, n, strings.Join(l.services, ", "))
		case n == identity.Name:
			return fmt.Errorf("--without %s: no installation does without it: services ask it who their callers are", n)
		case l.hasHere(n):
			return fmt.Errorf("--services names %[1]s and --without %[1]s says that there is none; leave one of them out", n)
		}
	}
	for _, f := range []struct {
		flag  string
		addrs map[string]string
	}{{"--peer", l.peers}, {"--internal-peer", l.internal}} {
		for _, n := range slices.Sorted(maps.Keys(f.addrs)) {
			switch {
			case !slices.Contains(l.services, n):
				return fmt.Errorf("%s %s=%s: there is no service %q; choose from %s", f.flag, n, f.addrs[n], n, strings.Join(l.services, ", "))
			case slices.Contains(l.without, n):
				return fmt.Errorf("%s %s=%s: --without %s says that there is none; leave one of them out", f.flag, n, f.addrs[n], n)
			}
		}
	}
	return nil
}

// spoken are the dialects whose services the installation has. Paths of the others are
// nobody's.
func spoken(all []gateway.Dialect, known []serviceSpec, without []string) []gateway.Dialect {
	absent := func(s gateway.Service) bool {
		return slices.ContainsFunc(known, func(spec serviceSpec) bool {
			return strings.HasPrefix(s.Name(), spec.proto) && slices.Contains(without, spec.name)
		})
	}
	return slices.DeleteFunc(slices.Clone(all), func(d gateway.Dialect) bool { return slices.ContainsFunc(d.Services, absent) })
}
