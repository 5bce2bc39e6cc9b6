package egress_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/holdplane/holdplane/pkg/egress"
	"github.com/holdplane/holdplane/pkg/egress/egresstest"
)

// record answers ?status=S&to=URL with that redirect, ?times=N with N more to itself, and
// notes what it got.
type record struct {
	mu  sync.Mutex
	got []string
}

func (r *record) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	r.mu.Lock()
	line := fmt.Sprintf("%s %s %s", req.Method, req.Host, body)
	for _, name := range []string{"Authorization", "Cookie", "X-Api-Key", "Referer", "Accept"} {
		line += " " + req.Header.Get(name)
	}
	r.got = append(r.got, strings.Join(strings.Fields(line), " "))
	r.mu.Unlock()
	status, times := http.StatusFound, 0
	fmt.Sscan(req.FormValue("status"), &status)
	fmt.Sscan(req.FormValue("times"), &times)
	to := req.FormValue("to")
	if times > 0 {
		to = fmt.Sprintf("/?times=%d", times-1)
	}
	if to != "" {
		w.Header().Set("Location", to)
		w.WriteHeader(status)
	}
}

func TestRedirects(t *testing.T) {
	const a, b = "https://a.example.com/", "https://b.a.example.com/"
	key := map[string]string{"X-Api-Key": "k"}
	post := func(url string) egress.Request {
		return egress.Request{Method: "POST", URL: url, Body: []byte("x=1"), Header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}}
	}
	getWith := func(url string, header map[string]string) egress.Request {
		return egress.Request{Method: "GET", URL: url, Header: header}
	}
	for _, tt := range []struct {
		name string
		give egress.Request
		want error
		got  []string
	}{
		{"3", getWith(a+"?times=3", nil), nil, []string{"GET a.example.com", "GET a.example.com", "GET a.example.com", "GET a.example.com"}},
		{"4", getWith(a+"?times=4", nil), egress.ErrRedirect, nil},
		{"to another host", getWith(a+"?to="+b, nil), nil, []string{"GET a.example.com", "GET b.a.example.com"}},
		{"to another host with Accept", getWith(a+"?to="+b, map[string]string{"Accept": "x"}), nil, []string{"GET a.example.com x", "GET b.a.example.com x"}},
		{"within the origin with a key", getWith(a+"?times=1", key), nil, []string{"GET a.example.com k", "GET a.example.com k"}},
		{"to another host with a key", getWith(a+"?to="+b, key), egress.ErrRedirect, []string{"GET a.example.com k"}},
		{"to another port with a key", getWith(a+"?to=https://a.example.com:8443/", key), egress.ErrRedirect, []string{"GET a.example.com k"}},
		{"to the usual port spelled out", getWith(a+"?to=https://A.example.com:443/", key), nil, []string{"GET a.example.com k", "GET A.example.com:443 k"}},
		{"with Authorization", getWith(a+"?to="+b, map[string]string{"authorization": "Bearer t"}), egress.ErrRedirect, []string{"GET a.example.com Bearer t"}},
		{"with a cookie", getWith(a+"?to="+b, map[string]string{"Cookie": "c=1"}), egress.ErrRedirect, []string{"GET a.example.com c=1"}},
		{"with a body", egress.Request{Method: "GET", URL: a + "?to=" + b, Body: []byte("x")}, egress.ErrRedirect, []string{"GET a.example.com x"}},
		{"POST within the origin", post(a + "?status=307&to=/"), nil, []string{"POST a.example.com x=1", "POST a.example.com x=1"}},
		{"POST within the origin, 303", post(a + "?status=303&to=/"), nil, []string{"POST a.example.com x=1", "GET a.example.com"}},
		{"POST to another host, 307", post(a + "?status=307&to=" + b), egress.ErrRedirect, []string{"POST a.example.com x=1"}},
		{"POST to another host, 308", post(a + "?status=308&to=" + b), egress.ErrRedirect, []string{"POST a.example.com x=1"}},
		{"POST to another host, 302", post(a + "?status=302&to=" + b), egress.ErrRedirect, []string{"POST a.example.com x=1"}},
		{"without https", getWith(a+"?to=http://a.example.com/", nil), egress.ErrRedirect, []string{"GET a.example.com"}},
		{"malformed", getWith(a+"?to=https://%25zz/", nil), egress.ErrRedirect, []string{"GET a.example.com"}},
		{"nowhere", getWith(a+"?status=304", nil), nil, []string{"GET a.example.com"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := &record{}
			c := client(t, twoHosts(t, r).Options())
			if _, err := c.Send(t.Context(), tt.give); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if tt.got != nil && strings.Join(r.got, "\n") != strings.Join(tt.got, "\n") {
				t.Errorf("the servers got\n%s\nwant\n%s", strings.Join(r.got, "\n"), strings.Join(tt.got, "\n"))
			}
		})
	}
}

// twoHosts are a.example.com and b.a.example.com: a library that thinks subdomains belong
// together would send credentials from one to the other.
func twoHosts(t *testing.T, h http.Handler) *egresstest.Internet {
	net := egresstest.New(t)
	for i, host := range []string{"a.example.com", "b.a.example.com"} {
		at := netip.AddrFrom4([4]byte{93, 184, 215, byte(20 + i)})
		net.Name(host, []netip.Addr{at})
		for _, port := range []uint16{443, 8443} {
			net.Serve(t, netip.AddrPortFrom(at, port), h)
		}
	}
	return net
}

// A redirect's message names no more than the host that was asked.
func TestRedirectMessage(t *testing.T) {
	c := client(t, twoHosts(t, &record{}).Options())
	_, err := c.Send(t.Context(), egress.Request{Method: "POST", URL: "https://a.example.com/?status=307&secret=s3cret&to=https://b.a.example.com/s3cret"})
	want := "a.example.com redirects to another host, to which credentials and data are not sent; use the URL it redirects to"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
