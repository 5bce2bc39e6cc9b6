package useradmin_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

// cost is what a stranger could tell logins by with a clock: passwords hashed, compared or
// not, and transactions.
type cost struct{ hashes, updates uint64 }

// costs has something done, and tells what it cost.
func costs(t testing.TB, d door, store *moody, do func()) cost {
	t.Helper()
	var updates uint64
	count := func() error { updates++; return nil }
	store.before.Store(&count)
	defer store.before.Store(nil)
	before := d.hashes(t) + d.feints(t)
	do()
	return cost{d.hashes(t) + d.feints(t) - before, updates}
}

// feints is how many passwords the door has hashed and not compared.
func (d door) feints(t testing.TB) uint64 {
	t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(d.pool)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "holdplane_password_feints_total" {
			return uint64(f.GetMetric()[0].GetCounter().GetValue())
		}
	}
	t.Fatal("the pool counts no feints")
	return 0
}

// named are ways to call a user, of which only some may be the user's names: by them nobody
// learns what is one account, and so that it exists.
func named(d door, name string) map[string]func(context.Context, string) error {
	elsewhere := func(u *useradminv1.KeystoneUser) *useradminv1.KeystoneUser {
		u.Domain = &useradminv1.KeystoneDomain{Name: "elsewhere"}
		return u
	}
	keystone := func(identity *useradminv1.KeystoneIdentity) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := d.token(ctx, identity, project(acme))
			return err
		}
	}
	return map[string]func(context.Context, string) error{
		"at Contabo's door": func(ctx context.Context, guess string) error {
			_, err := d.login(ctx, name, guess, "")
			return err
		},
		"at Keystone's": func(ctx context.Context, guess string) error {
			return keystone(byPassword(inDefault(name, guess)))(ctx)
		},
		"at Keystone's, in another domain": func(ctx context.Context, guess string) error {
			return keystone(byPassword(elsewhere(inDefault(name, guess))))(ctx)
		},
		"at Keystone's, with a code of somebody else": func(ctx context.Context, guess string) error {
			identity := byCode(inDefault(name, guess), "000000")
			identity.Totp.User = inDefault("nobody else", "")
			identity.Totp.User.Passcode = "000000"
			return keystone(identity)(ctx)
		},
		"by an application credential": func(ctx context.Context, guess string) error {
			return keystone(byCredential(&useradminv1.KeystoneApplicationCredential{Name: "ci", User: inDefault(name, ""), Secret: guess}))(ctx)
		},
		"by an application credential in another domain": func(ctx context.Context, guess string) error {
			return keystone(byCredential(&useradminv1.KeystoneApplicationCredential{Name: "ci", User: elsewhere(inDefault(name, "")), Secret: guess}))(ctx)
		},
	}
}

// Whether an account is locked, and which names are of one, costs a stranger's login nothing
// and saves it nothing: else two names of which one locks the other would be somebody's.
func TestNamesOfOneAccountCostAlike(t *testing.T) {
	for _, name := range []string{"annie", "nobody"} {
		for locking := range named(door{}, name) {
			t.Run(name+" locked "+locking, func(t *testing.T) {
				w, _ := loginWorld(t)
				d, store := moodyDoor(w)
				_, err := d.credential(w.keystone(acme, "ann"), "ann", &useradminv1.NewApplicationCredential{Name: "ci", Secret: goodPassword})
				if err != nil {
					t.Fatal(err)
				}
				ways := named(d, name)
				for i := range 6 {
					got := costs(t, d, store, func() { wantRefused(t, ways[locking](t.Context(), fmt.Sprint("wrong ", i))) })
					if want := (cost{1, 2}); got != want {
						t.Errorf("guess %d costs %v, want %v", i+1, got, want)
					}
				}
				for way, try := range ways {
					for i, want := range []cost{{1, 2}, {0, 0}} { // the same once more is known to be wrong
						got := costs(t, d, store, func() { wantRefused(t, try(t.Context(), "one more")) })
						if got != want {
							t.Errorf("%s, try %d costs %v, want %v", way, i+1, got, want)
						}
					}
				}
			})
		}
	}
}
