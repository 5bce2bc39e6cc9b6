package egress_test

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/pkg/egress"
	"github.com/holdplane/holdplane/pkg/egress/egresstest"
)

// FuzzCheck looks for URLs that pass though the client would go elsewhere than a plain
// reading of them says, or anywhere but to a public server.
func FuzzCheck(f *testing.F) {
	for _, c := range egresstest.Forbidden() {
		f.Add(c.URL)
	}
	f.Add("https://public.example.com:8443/?to=x")
	world := egresstest.New(f)
	c := client(f, world.Options())
	f.Fuzz(func(t *testing.T, raw string) {
		err := c.Check(raw)
		if err != nil {
			if !errors.Is(err, egress.ErrForbidden) {
				t.Errorf("%q: %v", raw, err)
			}
			return
		}
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		rest, ok := strings.CutPrefix(strings.ToLower(raw), "https://"+strings.ToLower(u.Host))
		rest = strings.TrimSuffix(rest, "#") // an empty fragment is as good as none
		if !ok || rest != "" && !strings.ContainsRune("/?", rune(rest[0])) || strings.ContainsAny(u.Host, "@%\\#") {
			t.Errorf("%q passes as host %q", raw, u.Host)
		}
		before := len(world.Dialled())
		_, err = get(t, c, raw)
		dialled := world.Dialled()[before:]
		for _, at := range dialled {
			a, literal := netip.ParseAddr(u.Hostname())
			if at.Addr() != egresstest.Public && (literal != nil || a != at.Addr() || a.IsPrivate() || !a.IsGlobalUnicast()) {
				t.Errorf("%q leads to %s: %v", raw, at, err)
			}
		}
		world.Leaks() // other public addresses have no server here
	})
}
