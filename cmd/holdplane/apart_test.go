package main

import (
	"strings"
	"testing"
)

// servicesApart starts identity and user-admin in processes of their own, in one data
// folder, and returns the address of user-admin's internal listener. more are arguments of
// both.
func servicesApart(t *testing.T, in *installation, more ...string) (users string, identity, useradmin *child) {
	t.Helper()
	users = "unix://" + in.file("users.sock")
	identity = startChild(t, in.serveArgs(append([]string{"--services", "identity,secret-container,connection-vault", "--internal-peer", "user-admin=" + users}, more...)...)...)
	useradmin = startChild(t, in.serveArgs(append([]string{"--services", "user-admin", "--internal-peer", "identity=" + internalIn(in.data),
		"--internal-addr", users, "--env-file", in.file("users.env")}, more...)...)...)
	in.await(t, identity)
	eventually(t, "user-admin listens", func() bool { return fileExists(in.file("users.env")) })
	return users, identity, useradmin
}

func TestServicesApart(t *testing.T) {
	o := shell{install(t), t}
	users, _, _ := servicesApart(t, o.installation)
	o.run("tenants", "create", "acme")
	file := o.write(t, "password", firstPassword, 0o600)
	create := []string{"users", "create", "ann@example.com", "--tenant", "acme", "--password-file", file}
	_, err := runWith(t, "", append(create, "--data-dir", o.data)...)
	if err == nil || !strings.Contains(err.Error(), "--internal-addr") {
		t.Errorf("asked of identity's process: %v", err)
	}
	o.run(append(create, "--internal-addr", users)...)
	if rows := o.rows("users", "list", "--tenant", "acme", "--internal-addr", users); len(rows) != 1 {
		t.Errorf("listed %v", rows)
	}
	if r := o.row("tenants", "delete", "acme", "--yes"); r["complete"] != true {
		t.Errorf("deletion answers %v", r)
	}
	_, err = runWith(t, "", append(create, "--internal-addr", users)...)
	if err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("a user of a deleted tenant: %v", err)
	}
	if _, err := runWith(t, "", "users", "list", "--tenant", "acme", "--internal-addr", users); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("users of a deleted tenant: %v", err)
	}
}
