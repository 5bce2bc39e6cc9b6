package main

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
)

// TestBootstrapTwice starts on the same file again, which changes nothing, and then on
// one that differs, which is only reported.
func TestBootstrapTwice(t *testing.T) {
	o := shell{install(t), t}
	const yaml = `tenants:
  - id: acme
    name: Acme
    quota: {requests_per_minute: 500}
    root_keys:
      - {name: ci, key: hp_root_bootstrap000000000000, permissions: [identity.*.read_identity]}
      - {name: old, key: {env: OLD_KEY}, permissions: ["*"]}
  - id: gone
`
	t.Setenv("OLD_KEY", "hp_root_old000000000000000000")
	path := o.write(t, "start.yaml", yaml, 0o600)
	state := func() string {
		return fmt.Sprint(o.rows("tenants", "list"), o.rows("keys", "list", "--tenant", "acme"), o.rows("audit"), o.rows("audit", "--tenant", "acme"))
	}
	s := o.serve(t, "--bootstrap", path)
	if got := s.status(t, "hp_root_bootstrap000000000000"); got != http.StatusOK {
		t.Errorf("the key of the file answers %d", got)
	}
	if first := o.rows("tenants", "list")[0]; first["requestsPerMinute"] != 500.0 {
		t.Errorf("made %v, want the quota of the file", first)
	}
	first := state()
	s.stop()
	s = o.serve(t, "--bootstrap", path)
	if second := state(); second != first {
		t.Errorf("the second start has changed\n%s\nto\n%s", first, second)
	}
	if log := s.log.String(); strings.Contains(log, "difference") {
		t.Errorf("the second start reports a difference:\n%s", log)
	}
	o.run("tenants", "delete", "gone", "--yes")
	for _, k := range o.rows("keys", "list", "--tenant", "acme") {
		if k["name"] == "old" {
			o.run("keys", "revoke", k["id"].(string), "--tenant", "acme")
		}
	}
	third := state()
	s.stop()

	o.write(t, "start.yaml", strings.NewReplacer("read_identity", "create_identity", "name: Acme", "name: Other", "500", "5").Replace(yaml), 0o600)
	s = o.serve(t, "--bootstrap", path)
	if fourth := state(); fourth != third {
		t.Errorf("a file that differs has changed\n%s\nto\n%s", third, fourth)
	}
	if got := s.status(t, os.Getenv("OLD_KEY")); got != http.StatusUnauthorized {
		t.Errorf("a revoked key was revived: %d", got)
	}
	s.stop() // writes out what is held back of the log
	for _, want := range []string{"another name", "another quota", "other permissions", "was revoked", "was deleted"} {
		if !strings.Contains(s.log.String(), want) {
			t.Errorf("the log has no difference %q:\n%s", want, s.log)
		}
	}
}

func TestBootstrapPermissions(t *testing.T) {
	if !sameSet([]string{"a", "b"}, []string{"b", "a"}) || sameSet([]string{"a"}, []string{"a", "b"}) || sameSet([]string{"a", "b"}, []string{"a"}) {
		t.Error("sets are compared wrongly")
	}
	if !sameSet([]string{"a"}, []string{"a", "a"}) {
		t.Error("a repeated permission makes a difference")
	}
}
