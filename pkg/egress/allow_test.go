package egress_test

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"testing"

	"github.com/holdplane/holdplane/pkg/egress"
	"github.com/holdplane/holdplane/pkg/egress/egresstest"
)

func prefixes(texts ...string) (all []netip.Prefix) {
	for _, text := range texts {
		all = append(all, netip.MustParsePrefix(text))
	}
	return all
}

// TestAllow is about clients of connectors whose operator allows addresses inside.
func TestAllow(t *testing.T) {
	private := netip.MustParseAddr("10.1.2.3")
	for _, tt := range []struct {
		name  string
		allow []netip.Prefix
		url   string
		want  error
	}{
		{"http and any port, allowed", prefixes("10.1.0.0/16"), "http://10.1.2.3:8080/", nil},
		{"by a short name", prefixes("10.1.0.0/16"), "http://intranet:8080/", nil},
		{"https on any port, allowed", prefixes("10.1.0.0/16"), "https://intranet:9000/", nil},
		{"a public server as before", prefixes("10.1.0.0/16"), "https://" + egresstest.PublicHost + "/", nil},
		{"not allowed at all", nil, "http://10.1.2.3:8080/", egress.ErrForbidden},
		{"another network allowed", prefixes("10.2.0.0/16"), "http://10.1.2.3:8080/", egress.ErrForbidden},
		{"another network allowed, by name", prefixes("10.2.0.0/16"), "http://intranet:8080/", egress.ErrForbidden},
		{"a public server over http", prefixes("10.1.0.0/16"), "http://" + egresstest.PublicHost + "/", egress.ErrForbidden},
		{"a public address over http", prefixes("10.1.0.0/16"), "http://93.184.215.14:443/", egress.ErrForbidden},
		{"a public server on another port", prefixes("10.1.0.0/16"), "https://" + egresstest.PublicHost + ":22/", egress.ErrForbidden},
		{"another scheme", prefixes("10.1.0.0/16"), "ftp://10.1.2.3/", egress.ErrForbidden},
		{"another spelling", prefixes("0.0.0.0/0", "::/0"), "http://167838211:8080/", egress.ErrForbidden},
		{"a redirect from inside", prefixes("10.1.0.0/16"), "http://intranet:8080/?to=http://10.2.0.1/", egress.ErrForbidden},
		{"a redirect from outside", prefixes("10.1.0.0/16"), "https://public.example.com/?to=http://intranet:8080/", egress.ErrRedirect},
	} {
		t.Run(tt.name, func(t *testing.T) {
			net := egresstest.New(t)
			net.Name("intranet", []netip.Addr{private})
			net.ServePlain(t, netip.AddrPortFrom(private, 8080), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if to := r.FormValue("to"); to != "" {
					http.Redirect(w, r, to, http.StatusFound)
				}
			}))
			net.Serve(t, netip.AddrPortFrom(private, 9000), http.NotFoundHandler())
			o := net.Options()
			o.Allow = tt.allow
			_, err := get(t, client(t, o), tt.url)
			if !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

// everything is more than an operator may allow.
var everything = prefixes("0.0.0.0/0", "::/0")

// TestNever is about what stays out of reach where everything is allowed.
func TestNever(t *testing.T) {
	for _, host := range []string{
		"0.0.0.0", "0.1.2.3", "169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192", "224.0.0.1", "255.255.255.255",
		"::", "fe80::1", "fe80::a9fe:a9fe", "ff02::1", "fd00:ec2::254", "fd20:ce::254", "fd00:42::42",
		"::ffff:169.254.169.254", "64:ff9b::169.254.169.254", "64:ff9b:1::169.254.169.254", "::169.254.169.254", "::ffff:0:169.254.169.254",
		"2002:a9fe:a9fe::1", "2001:0:a9fe:a9fe::1", "2001::5601:5601",
	} {
		world := egresstest.New(t)
		world.Name("never.example.com", []netip.Addr{netip.MustParseAddr(host)})
		o := world.Options()
		o.Allow = everything
		c := client(t, o)
		for _, url := range []string{"http://" + net.JoinHostPort(host, "80") + "/", "http://never.example.com/", "https://never.example.com/"} {
			_, err := get(t, c, url)
			wantKind(t, host+" as "+url, err, egress.ErrForbidden)
		}
	}
}

// TestControl is about the check of a socket, the second line: a dialer that connects to
// something else than it was told.
func TestControl(t *testing.T) {
	own := []netip.AddrPort{netip.MustParseAddrPort("10.0.0.1:8080"), netip.MustParseAddrPort("[::]:9090")}
	for _, tt := range []struct {
		name    string
		o       egress.Options
		secure  bool
		address string
		ok      bool
	}{
		{"public", egress.Options{}, true, "93.184.215.14:443", true},
		{"public, the other port", egress.Options{}, true, "93.184.215.14:8443", true},
		{"public IPv6", egress.Options{}, true, "[2606:2800:21f::1]:443", true},
		{"public without https", egress.Options{}, false, "93.184.215.14:443", false},
		{"another port", egress.Options{}, true, "93.184.215.14:25", false},
		{"loopback", egress.Options{}, true, "127.0.0.1:443", false},
		{"mapped loopback", egress.Options{}, true, "[::ffff:127.0.0.1]:443", false},
		{"loopback where everything is allowed", egress.Options{Allow: everything}, false, "127.0.0.1:80", true},
		{"IPv6 loopback where everything is allowed", egress.Options{Allow: everything}, false, "[::1]:80", true},
		{"public NAT64 where NAT64 is allowed", egress.Options{Allow: prefixes("64:ff9b::/96")}, true, "[64:ff9b::93.184.215.14]:443", true},
		{"private NAT64 where NAT64 is allowed", egress.Options{Allow: prefixes("64:ff9b::/96")}, true, "[64:ff9b::10.0.0.1]:443", false},
		{"a zone", egress.Options{Allow: everything}, true, "[2606:2800:21f::1%eth0]:443", false},
		{"a zone of a mapped address", egress.Options{}, true, "[::ffff:93.184.215.14%eth0]:443", false},
		{"not an address", egress.Options{Allow: everything}, true, "localhost:443", false},
		{"own", egress.Options{Allow: everything, Own: own}, false, "10.0.0.1:8080", false},
		{"own, mapped", egress.Options{Allow: everything, Own: own}, false, "[::ffff:10.0.0.1]:8080", false},
		{"own, by NAT64", egress.Options{Allow: everything, Own: own}, false, "[64:ff9b::10.0.0.1]:8080", false},
		{"another port beside own", egress.Options{Allow: everything, Own: own}, false, "10.0.0.1:8081", true},
		{"another machine's port", egress.Options{Allow: everything, Own: own}, false, "10.0.0.2:8080", true},
		{"own on all addresses, loopback", egress.Options{Allow: everything, Own: own}, false, "127.8.9.1:9090", false},
		{"own on all addresses, IPv6 loopback", egress.Options{Allow: everything, Own: own}, false, "[::1]:9090", false},
		{"own on all addresses, another machine", egress.Options{Allow: everything, Own: own}, false, "10.0.0.2:9090", true},
	} {
		if err := egress.Control(tt.o, tt.secure, tt.address); (err == nil) != tt.ok {
			t.Errorf("%s: %s: got %v", tt.name, tt.address, err)
		}
	}
}

// What listens on all addresses listens on those of the machine's cards too.
func TestOwnOnEveryCard(t *testing.T) {
	cards, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	o := egress.Options{Allow: everything, Own: []netip.AddrPort{netip.MustParseAddrPort("0.0.0.0:9090")}}
	for _, card := range cards {
		a := netip.MustParsePrefix(card.String()).Addr()
		if err := egress.Control(o, false, netip.AddrPortFrom(a, 9090).String()); !errors.Is(err, egress.ErrForbidden) {
			t.Errorf("%s: got %v, want %v", a, err, egress.ErrForbidden)
		}
	}
}
