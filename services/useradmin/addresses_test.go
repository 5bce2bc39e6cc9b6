package useradmin_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/ratelimit"
	"github.com/holdplane/holdplane/services/useradmin"
)

// fail has n logins fail, each with another name.
func (d door) fail(t *testing.T, n int, address string) {
	t.Helper()
	for i := range n {
		_, err := d.login(from(t.Context(), address), fmt.Sprint("nobody", i, address), "wrong", "")
		wantRefused(t, err)
	}
}

// wrongClient tries a client's secret n times.
func (d door) wrongClient(t *testing.T, n int, address string) {
	t.Helper()
	for range n {
		_, err := d.tokens.CreateToken(from(t.Context(), address), &useradminv1.CreateTokenRequest{GrantType: "password", ClientId: acmeClient, ClientSecret: "wrong"})
		wantReason(t, err, "CLIENT_UNKNOWN")
	}
}

func TestFailuresOfAnAddress(t *testing.T) {
	_, d := loginWorld(t)
	rows := []struct {
		name, address string
		want          codes.Code
	}{
		{"the same", "203.0.1.7", codes.ResourceExhausted},
		{"of the same 256", "203.0.1.255", codes.ResourceExhausted},
		{"of the next 256", "203.0.2.7", codes.OK},
		{"the same of IPv6", "2001:db8::7", codes.ResourceExhausted},
		{"of the same IPv6 network", "2001:db8::ffff:0:0:1", codes.ResourceExhausted},
		{"of the next IPv6 network", "2001:db8:0:1::7", codes.OK},
		{"on this machine", "", codes.OK},
	}
	for _, failing := range []string{"203.0.1.7", "2001:db8::7"} {
		d.fail(t, 1, failing)
		d.wrongClient(t, 98, failing)
	}
	for _, c := range rows {
		_, err := d.login(from(t.Context(), c.address), "annie", goodPassword, "")
		expect(t, err, codes.OK)
	}
	d.wrongClient(t, 1, "203.0.1.7")
	d.wrongClient(t, 1, "2001:db8::7")
	for _, c := range rows {
		t.Run(c.name, func(t *testing.T) {
			_, err := d.login(from(t.Context(), c.address), "annie", goodPassword, "")
			expect(t, err, c.want)
		})
	}
}

func TestFailuresOfAnAddressAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, d := loginWorld(t)
		d.wrongClient(t, 100, "203.0.113.7")
		_, err := d.login(from(t.Context(), "203.0.113.7"), "annie", goodPassword, "")
		wantReason(t, err, "TOO_MANY_FAILURES")
		time.Sleep(30 * time.Minute)
		_, err = d.login(from(t.Context(), "203.0.113.7"), "annie", goodPassword, "")
		expect(t, err, codes.OK)
	})
}

// Logins of a locked account count, too: somebody goes on guessing.
func TestLockedLoginsCountForTheAddress(t *testing.T) {
	_, d := loginWorld(t)
	d.lock(t, "annie")
	for i := range 100 {
		_, err := d.login(from(t.Context(), "203.0.113.7"), "annie", fmt.Sprint("more ", i), "")
		wantRefused(t, err)
	}
	_, err := d.login(from(t.Context(), "203.0.113.7"), "annie", goodPassword, "")
	wantReason(t, err, "TOO_MANY_FAILURES")
}

// outage is counters that are out of reach.
type outage struct{}

func (outage) Check(_ context.Context, checks ...ratelimit.Check) ([]ratelimit.Verdict, error) {
	for _, c := range checks {
		if c.OnOutage != ratelimit.Closed {
			return make([]ratelimit.Verdict, len(checks)), nil
		}
	}
	return nil, ratelimit.ErrUnavailable
}

func TestLoginsFailClosed(t *testing.T) {
	w, _ := loginWorld(t)
	d := w.door(func(d *useradmin.Deps) { d.Limits = outage{} })
	_, err := d.login(from(t.Context(), "203.0.113.7"), "annie", goodPassword, "")
	expect(t, err, codes.Unavailable)
	wantHashes(t, 0, d)
}
