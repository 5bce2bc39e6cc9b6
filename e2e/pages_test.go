package e2e_test

import (
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"
)

// dev is `holdplane dev` as whoever starts it has it.
type dev struct {
	server
	env map[string]string // what a shell knows that sources its env file
}

func startDev(t *testing.T) dev {
	t.Helper()
	dir, addrs := shortDir(t), freeAddrs(t, 3)
	envFile := filepath.Join(dir, "env")
	start(t, dir, "dev", "--data-dir", filepath.Join(dir, "data"), "--http-addr", addrs[0], "--grpc-addr", addrs[1],
		"--admin-addr", addrs[2], "--env-file", envFile).ready(t, "http://"+addrs[0])
	d := dev{env: source(t, envFile)}
	d.baseURL, d.clientID, d.clientSecret = d.env["BASE_URL"], d.env["CONTABO_CLIENT_ID"], d.env["CONTABO_CLIENT_SECRET"]
	d.owner = person{username: d.env["OS_USERNAME"], email: d.env["CONTABO_USERNAME"], password: d.env["CONTABO_PASSWORD"]}
	return d
}

// TestDev goes through dev with nothing but its env file: by OpenStack's client, and from the
// mails' links in a browser to logins.
func TestDev(t *testing.T) {
	d := startDev(t)
	t.Run("keystoneauth", func(t *testing.T) {
		cmd := exec.CommandContext(t.Context(), filepath.Join(setUp(t).cache, "keystone", "bin", "python"), "keystone/main.py", "environment")
		cmd.Dir, cmd.Env = "python", []string{"PYTHONPATH=.", "PYTHONDONTWRITEBYTECODE=1"}
		for name, value := range d.env {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	})
	t.Run("pages", func(t *testing.T) {
		b := startBrowser(t)
		b.come("Mails", chromedp.Navigate(d.env["MAILS_URL"]))
		b.come("Mails", press)
		t.Run("password", func(t *testing.T) { d.passwords(t, b.in(t)) })
		t.Run("second factor", func(t *testing.T) { d.factor(t, b.in(t)) })
		if status := b.load(chromedp.Navigate(d.env["MAILS_URL"])); status != http.StatusOK {
			t.Errorf("who reads the mails opens the link again: status %d", status)
		}
	})
}

// newUser creates a user by the JSON API.
func (d dev) newUser(t *testing.T, email string, totp bool) person {
	t.Helper()
	body := fmt.Sprintf(`{"email":%q,"enabled":true,"totp":%t,"locale":"en"}`, email, totp)
	r := d.users(t, d.owner, http.MethodPost, "", body)
	var made struct{ Data []struct{ UserID string } }
	fill(t, r.body, &made)
	if r.status != http.StatusCreated || len(made.Data) != 1 {
		t.Fatalf("create %s: status %d: %s", email, r.status, r.body)
	}
	return person{id: made.Data[0].UserID, username: email, email: email}
}

func (d dev) mailsPage() string { return d.baseURL + "/pages/mails" }

// passwords has a user set the first password and then another one.
func (d dev) passwords(t *testing.T, b *browser) {
	ann := d.newUser(t, "ann@example.com", false)
	first := b.follow(d.mailsPage(), ann.email, "", "Set your password")
	ann.password = "correct horse battery"
	if r := d.loginContabo(t, ann, ""); r.status != http.StatusUnauthorized {
		t.Errorf("login before the password is set: status %d", r.status)
	}
	b.choose(ann.password, "Your password is set")
	session, token := d.session(t, ann), d.token(t, ann)
	if status := b.load(chromedp.Navigate(first)); status != http.StatusNotFound {
		t.Errorf("the link works twice: status %d", status)
	}

	if r := d.users(t, ann, http.MethodPost, "/"+ann.id+"/reset-password", ""); r.status != http.StatusNoContent {
		t.Fatalf("reset: status %d: %s", r.status, r.body)
	}
	b.follow(d.mailsPage(), ann.email, first, "Set a new password")
	d.wantAlive(t, ann.id, session, token, true)
	old := ann
	ann.password = "staple correct horse"
	b.choose(ann.password, "Your password is set")
	d.wantAlive(t, ann.id, session, token, false)
	for _, r := range []reply{d.loginContabo(t, old, ""), d.loginKeystone(t, old, "")} {
		if r.status != http.StatusUnauthorized {
			t.Errorf("login with the old password: status %d: %s", r.status, r.body)
		}
	}
	d.wantAlive(t, ann.id, d.session(t, ann), d.token(t, ann), true)
}

// factor has a user with a second factor set the password and enrol the factor.
func (d dev) factor(t *testing.T, b *browser) {
	bob := d.newUser(t, "bob@example.com", true)
	b.follow(d.mailsPage(), bob.email, "", "Set your password")
	bob.password = "a very long password"
	b.choose(bob.password, "Set up two-step login")
	d.wantLogins(t, bob, "", false)
	b.come("Set up two-step login", press)
	secret := strings.ReplaceAll(read[string](b, `document.querySelector("code.secret").textContent`), " ", "")
	code := func(shift time.Duration) string {
		text, err := totp.GenerateCode(secret, time.Now().Add(shift))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	enrol := func() int { return b.load(chromedp.SendKeys(chromedp.ID("code"), code(-30*time.Second)+"\r")) }
	if status := enrol(); status != http.StatusOK && enrol() != http.StatusOK { // the step may have ended
		t.Fatalf("enrolment: status %d", status)
	}
	recovery := read[[]string](b, `[...document.querySelectorAll(".codes code")].map(c => c.textContent)`)
	d.wantLogins(t, bob, "", false)
	now := code(0)
	if r := d.loginContabo(t, bob, now); r.status != http.StatusOK {
		t.Errorf("login with a code: status %d: %s", r.status, r.body)
	}
	d.wantLogins(t, bob, now, false)
	if r := d.loginKeystone(t, bob, code(30*time.Second)); r.status != http.StatusCreated {
		t.Errorf("login at Keystone with a code: status %d: %s", r.status, r.body)
	}
	if r := d.loginContabo(t, bob, recovery[0]); r.status != http.StatusOK {
		t.Errorf("login with a recovery code: status %d: %s", r.status, r.body)
	}
	d.wantLogins(t, bob, recovery[0], false)
}

// wantLogins tells whether both endpoints let somebody in.
func (d dev) wantLogins(t *testing.T, p person, code string, want bool) {
	t.Helper()
	for _, r := range []reply{d.loginContabo(t, p, code), d.loginKeystone(t, p, code)} {
		if got := r.status < 300; got != want {
			t.Errorf("login of %s with the code %q: status %d: %s", p.email, code, r.status, r.body)
		}
	}
}
