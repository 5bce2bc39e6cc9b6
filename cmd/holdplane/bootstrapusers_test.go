package main

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"google.golang.org/grpc/metadata"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

const peopleYAML = `tenants:
  - id: acme
    name: Acme
    contabo: {tenant_id: DE, customer_id: 54321}
    oauth_client: {client_secret: {env: ACME_CLIENT_SECRET}}
    mail_redirect_urls: [https://app.example.com]
    roles:
      - {id: 2000, name: Reader, permissions: [{api_name: /v1/users, actions: [READ]}]}
    users:
      - {id: ann, username: annie, email: ann@example.com, password: a first password, owner: true}
      - {id: bob, email: bob@example.com, password: a second password, enabled: false, roles: [2000, 1], openstack_roles: [creator]}
    object_storages:
      - {id: eu, region: European Union, s3_url: https://s3.example.com, driver: record}
`

// people are what the operator sees of acme's users, clients and records.
func (o shell) people(s *server) string {
	o.t.Helper()
	account, err := useradminv1.NewOperatorServiceClient(s.internal).GetAccount(o.t.Context(), &useradminv1.GetAccountRequest{Tenant: "acme"})
	if err != nil {
		o.t.Fatal(err)
	}
	var records []string
	for _, r := range column(o.rows("audit", "--tenant", "acme", "--service", "user-admin"), "event") {
		if r != "account.read" { // by this
			records = append(records, r)
		}
	}
	return fmt.Sprint(o.rows("users", "list", "--tenant", "acme"), account.GetAccount(), account.GetClientSecret(), records)
}

// TestBootstrapUsersTwice starts on the same file again, which changes nothing, and then on
// one that differs, which is only reported.
func TestBootstrapUsersTwice(t *testing.T) {
	o := shell{install(t), t}
	t.Setenv("ACME_CLIENT_SECRET", "a secret of sixteen")
	path := o.write(t, "start.yaml", peopleYAML, 0o600)
	s := o.serve(t, "--bootstrap", path)
	first := o.people(s.server)
	for _, want := range []string{"DE-54321", "a secret of sixteen", "https://app.example.com", "annie", "creator", "2000", "storage.create"} {
		if !strings.Contains(first, want) {
			t.Errorf("made %s, want %s in it", first, want)
		}
	}
	if !s.has(t, "ann", firstPassword) || !s.has(t, "bob", secondPassword) {
		t.Error("the users have other passwords than those of the file")
	}
	s.stop()
	s = o.serve(t, "--bootstrap", path)
	if second := o.people(s.server); second != first {
		t.Errorf("the second start has changed\n%s\nto\n%s", first, second)
	}
	s.stop()
	if log := s.log.String(); strings.Contains(log, "difference") {
		t.Errorf("the second start reports a difference:\n%s", log)
	}
	o.write(t, "start.yaml", strings.NewReplacer("DE", "US", "app.example", "other.example", "Reader", "Writer", "a first password", "a third password",
		"enabled: false", "enabled: true", "roles: [2000, 1]", "roles: [1]", "European Union", "Asia", "owner: true", "owner: false").Replace(peopleYAML), 0o600)
	t.Setenv("ACME_CLIENT_SECRET", "another secret of sixteen")
	for range 6 { // as often as would lock a user out
		s = o.serve(t, "--bootstrap", path)
		if third := o.people(s.server); third != first {
			t.Errorf("a file that differs has changed\n%s\nto\n%s", first, third)
		}
		s.stop()
	}
	log := s.log.String()
	for _, want := range []string{"differs in tenant_id, client_secret, redirect_urls", "differs in name", "differs in owner", "differs in disabled, roles", "another password", "differs in region"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log has no difference %q:\n%s", want, log)
		}
	}
	for _, hidden := range []string{"another secret", "a third password", "@example.com", "a secret of sixteen"} {
		if strings.Contains(log, hidden) {
			t.Errorf("the log shows %q", hidden)
		}
	}
}

// TestBootstrapApart gives one file to services of different processes, which start at the
// same time.
func TestBootstrapApart(t *testing.T) {
	o := shell{install(t), t}
	path := o.write(t, "start.yaml", strings.Replace(peopleYAML, "{env: ACME_CLIENT_SECRET}", "a secret of sixteen", 1), 0o600)
	users, _, _ := servicesApart(t, o.installation, "--bootstrap", path)
	if got := strings.Join(column(o.rows("users", "list", "--tenant", "acme", "--internal-addr", users), "id"), " "); got != "ann bob" {
		t.Errorf("made users %q", got)
	}
	if got := o.rows("tenants", "list")[0]; got["id"] != "acme" || got["name"] != "Acme" {
		t.Errorf("made %v", got)
	}
}

// TestBootstrapWithoutIdentity starts user-admin where identity stays away.
func TestBootstrapWithoutIdentity(t *testing.T) {
	o := shell{install(t), t}
	path := o.write(t, "start.yaml", strings.Replace(peopleYAML, "{env: ACME_CLIENT_SECRET}", "a secret of sixteen", 1), 0o600)
	c := o.startServe(t, "--services", "user-admin", "--internal-peer", "identity=unix://"+o.file("nobody.sock"), "--bootstrap", path)
	eventually(t, "it waits", func() bool { return strings.Contains(c.log.String(), "bootstrap waits for identity") })
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	wantFailure(t, c, "bootstrap tenant acme")
}

// TestBootstrapAfterDeletion finds a user and a tenant deleted, and revives neither.
func TestBootstrapAfterDeletion(t *testing.T) {
	o := shell{install(t), t}
	t.Setenv("ACME_CLIENT_SECRET", "a secret of sixteen")
	path := o.write(t, "start.yaml", peopleYAML, 0o600)
	s := o.serve(t, "--bootstrap", path)
	_, key := s.newKey(t, "acme", append(allPermissions(), "openstack.creator")...)
	ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+key)
	if _, err := useradminv1.NewUserServiceClient(s.public).DeleteUser(ctx, &useradminv1.DeleteUserRequest{UserId: "bob"}); err != nil {
		t.Fatal(err)
	}
	s.stop()
	s = o.serve(t, "--bootstrap", path)
	if got := strings.Join(column(o.rows("users", "list", "--tenant", "acme"), "id"), " "); got != "ann" {
		t.Errorf("users are %q, want the deleted one gone", got)
	}
	o.run("tenants", "delete", "acme", "--yes")
	s.stop()
	if !strings.Contains(s.log.String(), "there was a user with the id bob") {
		t.Errorf("the log does not say that bob was deleted:\n%s", s.log)
	}
	s = o.serve(t, "--bootstrap", path)
	if rows := o.rows("tenants", "list"); len(rows) != 0 {
		t.Errorf("tenants %v", rows)
	}
	s.stop()
	if !strings.Contains(s.log.String(), "its tenant was deleted") {
		t.Errorf("the log does not say that acme was deleted:\n%s", s.log)
	}
}
