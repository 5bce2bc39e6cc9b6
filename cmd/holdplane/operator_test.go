package main

import (
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// bite is how long a change to a credential may take to be felt everywhere.
const bite = 5 * time.Second

func TestOperator(t *testing.T) {
	for name, start := range forms {
		t.Run(name, func(t *testing.T) {
			o := shell{install(t), t}
			s := start(t, o.installation)
			o.run("tenants", "create", "acme", "--name", "Acme Inc.")
			t.Run("tenants", func(t *testing.T) { shell{o.installation, t}.checkTenants(s) })
			t.Run("keys", func(t *testing.T) { shell{o.installation, t}.checkKeys(s) })
			t.Run("rotation", func(t *testing.T) { shell{o.installation, t}.checkRotation(s) })
			t.Run("private files", func(t *testing.T) { checkModes(t, o.installation) })
		})
	}
}

func (o shell) checkTenants(s *server) {
	t := o.t
	made := o.row("tenants", "create", "brief")
	if made["id"] != "brief" || made["name"] != "brief" {
		t.Errorf("made %v", made)
	}
	if got := strings.Join(column(o.rows("tenants", "list"), "id"), " "); got != "acme brief" {
		t.Errorf("tenants %q", got)
	}
	if out := o.run("tenants", "list"); !strings.Contains(out, "Acme Inc.") || !strings.HasPrefix(out, "ID ") {
		t.Errorf("tenants list prints\n%s", out)
	}
	key, _ := o.row("keys", "create", "--tenant", "brief", "--permission", "*")["secret"].(string)
	if status := s.status(t, key); status != http.StatusOK {
		t.Fatalf("a new key answers %d", status)
	}
	for _, answer := range []string{"", "\n", "acme\n", "y\n"} {
		out, err := runWith(t, answer, "tenants", "delete", "brief", "--data-dir", o.data)
		if err == nil || !strings.Contains(err.Error(), "nothing was deleted") || !strings.Contains(out, "Type its id") {
			t.Errorf("answered %q: %q, %v", answer, out, err)
		}
	}
	if status := s.status(t, key); status != http.StatusOK {
		t.Errorf("a tenant that was not deleted answers %d", status)
	}
	if _, err := runWith(t, "brief\n", "tenants", "delete", "brief", "--data-dir", o.data); err != nil {
		t.Error(err)
	}
	s.wantRefusedWithin(t, key, bite)
	o.checkDeleted()
}

// checkDeleted looks at what is left of a tenant.
func (o shell) checkDeleted() {
	t := o.t
	o.run("tenants", "create", "briefer")
	if r := o.row("tenants", "delete", "briefer", "--yes"); r["complete"] != true {
		t.Errorf("deletion answers %v", r)
	}
	if got := strings.Join(column(o.rows("tenants", "list"), "id"), " "); got != "acme" {
		t.Errorf("tenants %q, want the deleted ones gone", got)
	}
	for _, c := range []struct {
		want string
		args []string
	}{
		{"there is, or was, a tenant", []string{"tenants", "create", "brief"}},
		{"does not exist", []string{"tenants", "delete", "nobody", "--yes"}},
		{"does not exist", []string{"keys", "create", "--tenant", "brief", "--permission", "*"}},
	} {
		_, err := runWith(t, "", append(c.args, "--data-dir", o.data)...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.args, err, c.want)
		}
	}
	got := strings.Join(column(o.rows("audit"), "event"), " ")
	for _, event := range []string{"tenant.create", "tenant.delete", "tenant.erase"} {
		if !strings.Contains(got, event) {
			t.Errorf("audit shows %s, want %s among it", got, event)
		}
	}
}

// secretLine is the secret in what a command prints for people.
var secretLine = regexp.MustCompile(`(?m)^hp_root_\S+$`)

func (o shell) checkKeys(s *server) {
	t := o.t
	key := secretLine.FindString(o.run("keys", "create", "--tenant", "acme", "--name", "ci", "--permission", "identity.*.read_identity", "--expires", "1h"))
	if status := s.status(t, key); status != http.StatusOK {
		t.Fatalf("a new key answers %d", status)
	}
	if status, _ := s.post(t, key, "/v1/identities.createIdentity", map[string]any{"externalId": "user_1"}); status != http.StatusForbidden {
		t.Errorf("without the permission: %d, want 403", status)
	}
	listed := o.row("keys", "list", "--tenant", "acme")
	if listed["name"] != "ci" || listed["expiresAt"] == nil || !strings.HasPrefix(key, listed["start"].(string)) {
		t.Errorf("listed %v", listed)
	}
	id := listed["id"].(string)
	for range 2 { // repeating it is not an error
		o.run("keys", "revoke", id, "--tenant", "acme")
	}
	s.wantRefusedWithin(t, key, bite)
	if out := o.run("keys", "list", "--tenant", "acme"); !strings.Contains(out, "revoked") || strings.Contains(out, key) {
		t.Errorf("keys list prints\n%s", out)
	}
	if got := strings.Join(column(o.rows("audit", "--tenant", "acme", "--limit", "2"), "event"), " "); got != "rootkey.revoke rootkey.create" {
		t.Errorf("audit shows %q, newest first", got)
	}
	out := o.run("audit", "--tenant", "acme")
	if !strings.Contains(out, id) || !strings.Contains(out, "rootkey.revoke") || strings.Contains(out, key) {
		t.Errorf("audit prints\n%s", out)
	}
	for _, wrong := range [][]string{{"rotate", id}, {"revoke", "key_none"}, {"create", "--permission", "everything"}} {
		args := append([]string{"keys"}, append(wrong, "--tenant", "acme", "--data-dir", o.data)...)
		if _, err := runWith(t, "", args...); err == nil {
			t.Errorf("%q: no error", args)
		}
	}
}

func (o shell) checkRotation(s *server) {
	t := o.t
	made := o.row("keys", "create", "--tenant", "acme", "--permission", "*", "--name", "app")
	old, _ := made["secret"].(string)
	id, _ := made["key"].(map[string]any)["id"].(string)
	s.status(t, old) // so that it is remembered
	start := time.Now()
	next, _ := o.row("keys", "rotate", id, "--tenant", "acme", "--overlap", "1s")["secret"].(string)
	if got, want := [2]int{s.status(t, old), s.status(t, next)}, [2]int{200, 200}; got != want && time.Since(start) < time.Second {
		t.Errorf("within the overlap old and new answer %v", got)
	}
	s.wantRefusedWithin(t, old, time.Second+bite)
	if took := time.Since(start); took < time.Second {
		t.Errorf("the old key ended after %v, want 1s", took)
	}
	if status := s.status(t, next); status != http.StatusOK {
		t.Errorf("the new key answers %d", status)
	}
	now := secretLine.FindString(o.run("keys", "create", "--tenant", "acme", "--permission", "*", "--expires", "1s"))
	s.wantRefusedWithin(t, now, time.Second+bite)
}

// checkModes wants everything that the server made to be its user's own, though the
// process has no umask.
func checkModes(t *testing.T, in *installation) {
	err := filepath.WalkDir(in.root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		want := os.FileMode(0o600)
		switch {
		case d.IsDir():
			want = 0o700
		case path == in.key:
			want = 0o400
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %04o, want %04o", path, got, want)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestNoServer(t *testing.T) {
	in := install(t)
	for _, args := range [][]string{{"tenants", "list"}, {"keys", "list", "--tenant", "acme"}, {"audit"}} {
		_, err := runWith(t, "", append(args, "--data-dir", in.data)...)
		if err == nil || !strings.Contains(err.Error(), "no server answers") || !strings.Contains(err.Error(), in.data) {
			t.Errorf("%q: %v", args, err)
		}
	}
}
