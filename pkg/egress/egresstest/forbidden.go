package egresstest

import (
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// Case is one URL that must not be called.
type Case struct {
	// Name says what is done with which address.
	Name string
	// URL leads to nothing public, or is written to look as if it did.
	URL string
}

var loopback = netip.MustParseAddr("127.0.0.1")

// forbidden4 and forbidden6 hold an address of every kind that is not public.
var (
	forbidden4 = addrs("0.0.0.0 10.0.0.1 100.64.0.1 100.100.100.200 127.0.0.1 127.255.255.254 168.63.129.16 169.254.169.254 169.254.170.2 172.16.0.1 " +
		"172.31.255.255 192.0.0.8 192.0.0.192 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.168.0.1 192.175.48.1 198.18.0.1 198.19.255.255 " +
		"198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255")
	forbidden6 = addrs(":: ::1 100::1 100:0:0:1::1 1fff::1 2001::1 2001:1::1 2001:2::1 2001:3::1 2001:4:112::1 2001:10::1 2001:20::1 2001:30::1 " +
		"2001:1ff:ffff::1 2001:db8::1 2002::1 2620:4f:8000::1 3fff::1 4000::1 5f00::1 64:ff9b::1 64:ff9b:1::1 fc00::1 fd00:42::42 fd00:ec2::254 " +
		"fd20:ce::254 fdff::1 fe80::1 fe80::a9fe:a9fe febf::1 fec0::1 ff02::1 ff0e::1")
)

func addrs(text string) (all []netip.Addr) {
	for f := range strings.FieldsSeq(text) {
		all = append(all, netip.MustParseAddr(f))
	}
	return all
}

// Forbidden are more than 2000 spellings of URLs to call on an Internet of New. Each has
// a name of its own.
func Forbidden() []Case { return append(sendable(), unsendable()...) }

// Redirects are URLs of a public server that redirects to nearly each of Forbidden.
func Redirects() []Case {
	cases := sendable()
	for i, c := range cases {
		cases[i] = Case{"redirect to " + c.Name, "https://" + PublicHost + "/?to=" + url.QueryEscape(c.URL)}
	}
	return cases
}

func sendable() []Case {
	var cases []Case
	for _, a := range forbidden4 {
		cases = append(cases, spell(a, spellings4(a))...)
	}
	for _, a := range forbidden6 {
		cases = append(cases, spell(a, spellings6(a))...)
	}
	for _, host := range slices.Sorted(maps.Keys(zone())) {
		cases = append(cases, Case{"the name " + host, "https://" + host + "/"})
	}
	return append(cases, tricks()...)
}

func spell(a netip.Addr, hosts map[string]string) (cases []Case) {
	for _, how := range slices.Sorted(maps.Keys(hosts)) {
		cases = append(cases, Case{fmt.Sprintf("%s of %s", how, a), "https://" + hosts[how] + "/"})
	}
	cases = append(cases, Case{fmt.Sprintf("another port of %s", a), "https://" + hosts["usual"] + ":8443/path?q=1"})
	return cases
}

// zone are names that lead to addresses that must not be called.
func zone() map[string][]netip.Addr {
	public6 := netip.MustParseAddr("2606:2800:21f:cb07:6820:80da:af6b:8b2c")
	names := map[string][]netip.Addr{
		"localhost":               {loopback},
		"localhost.localdomain":   {loopback},
		"metadata":                {netip.MustParseAddr("169.254.169.254")},
		"good-first.example.com":  {Public, loopback},
		"bad-first.example.com":   {loopback, Public},
		"good-4-bad-6.example":    {Public, netip.IPv6Loopback()},
		"good-6-bad-4.example":    {public6, loopback},
		"bad-last.example.com":    {Public, public6, Public, public6, Public, loopback},
		"zone.example.com":        {netip.MustParseAddr("fe80::1%eth0")},
		"public-zone.example.com": {public6.WithZone("eth0")},
		"invalid.example.com":     {{}},
	}
	for _, a := range slices.Concat(forbidden4, forbidden6) {
		names[nameOf(a)] = []netip.Addr{a}
	}
	for _, a := range forbidden4 {
		names["mapped-"+nameOf(a)] = []netip.Addr{netip.AddrFrom16(a.As16())}
		names["nat64-"+nameOf(a)] = []netip.Addr{nat64(a)}
	}
	return names
}

// nameOf is the name of an address in zone.
func nameOf(a netip.Addr) string {
	return strings.NewReplacer(".", "-", ":", "-").Replace("to-"+a.StringExpanded()) + ".example.com"
}
