package egress

import "net/netip"

// public4No are the IPv4 addresses that no public server has: IANA's registry of special
// purpose addresses, and multicast.
// https://www.iana.org/assignments/iana-ipv4-special-registry
var public4No = prefixes(
	"0.0.0.0/8",       // this network, RFC 791
	"10.0.0.0/8",      // private, RFC 1918
	"100.64.0.0/10",   // shared by carriers, RFC 6598
	"127.0.0.0/8",     // loopback, RFC 1122
	"169.254.0.0/16",  // link-local, RFC 3927
	"172.16.0.0/12",   // private, RFC 1918
	"192.0.0.0/24",    // protocol assignments, RFC 6890
	"192.0.2.0/24",    // documentation, RFC 5737
	"192.31.196.0/24", // AS112, RFC 7535
	"192.52.193.0/24", // AMT, RFC 7450
	"192.88.99.0/24",  // 6to4 relays, RFC 7526
	"192.168.0.0/16",  // private, RFC 1918
	"192.175.48.0/24", // AS112, RFC 7534
	"198.18.0.0/15",   // benchmarking, RFC 2544
	"198.51.100.0/24", // documentation, RFC 5737
	"203.0.113.0/24",  // documentation, RFC 5737
	"224.0.0.0/4",     // multicast, RFC 1112
	"240.0.0.0/4",     // reserved and broadcast, RFC 1112, RFC 919
)

// public6 is all that IANA has given out to be routed. Loopback, link-local, unique
// local, multicast and NAT64 addresses are outside.
var public6 = netip.MustParsePrefix("2000::/3")

// public6No is what inside public6 no public server has.
// https://www.iana.org/assignments/iana-ipv6-special-registry
var public6No = prefixes(
	"2001::/23",         // protocol assignments, Teredo and benchmarking among them, RFC 2928
	"2001:db8::/32",     // documentation, RFC 3849
	"2002::/16",         // 6to4, RFC 3056
	"2620:4f:8000::/48", // AS112, RFC 7534
	"3fff::/20",         // documentation, RFC 9637
)

// never is out of reach even where the operator allows it: what leads to the machine
// itself or the link it is on, to whole groups, or to what clouds tell their machines.
var never = prefixes(
	"0.0.0.0/8", "::/128", // connecting to these is connecting to loopback
	"169.254.0.0/16", "fe80::/10", "fec0::/10", // link-local, most clouds' metadata; site-local
	"224.0.0.0/4", "ff00::/8", "255.255.255.255/32", // multicast, broadcast
	"100.100.100.200/32", // metadata of Alibaba Cloud
	"168.63.129.16/32",   // metadata of Azure, amid public addresses
	"192.0.0.192/32",     // metadata of Oracle Cloud
	"fd00:ec2::/32",      // metadata of AWS
	"fd20:ce::254/128",   // metadata of Google Cloud
	"fd00:42::42/128",    // metadata of Scaleway
	"2001::/32",          // Teredo: a tunnel to an IPv4 address that is inside
	"2002::/16",          // 6to4: the same
	"64:ff9b:1::/48",     // local NAT64: where in it the IPv4 address is can't be known
)

// embedding are prefixes in which the last four bytes are the IPv4 address that packets
// go to in the end.
var embedding = prefixes(
	"64:ff9b::/96",    // NAT64, RFC 6052
	"::ffff:0:0:0/96", // IPv4-translated, RFC 7915
	"::/96",           // IPv4-compatible, RFC 4291
)

func prefixes(texts ...string) []netip.Prefix {
	all := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		all[i] = netip.MustParsePrefix(text)
	}
	return all
}

func within(all []netip.Prefix, a netip.Addr) bool {
	for _, p := range all {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// public tells whether a server on the Internet can have the address.
func public(a netip.Addr) bool {
	if a.Is4() {
		return !within(public4No, a)
	}
	return public6.Contains(a) && !within(public6No, a)
}

// embedded is the IPv4 address inside an IPv6 address.
func embedded(a netip.Addr) (netip.Addr, bool) {
	if !a.Is6() || a == netip.IPv6Loopback() || !within(embedding, a) {
		return netip.Addr{}, false
	}
	b := a.As16()
	return netip.AddrFrom4([4]byte(b[12:])), true
}
