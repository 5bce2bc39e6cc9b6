package main

import (
	"slices"
	"strings"
	"testing"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

const (
	firstPassword  = "a first password"
	secondPassword = "a second password"
)

func TestUsers(t *testing.T) {
	for name, start := range forms {
		t.Run(name, func(t *testing.T) {
			o := shell{install(t), t}
			s := start(t, o.installation)
			o.run("tenants", "create", "acme")
			t.Run("create and list", func(t *testing.T) { shell{o.installation, t}.checkUsers(s) })
			t.Run("passwords", func(t *testing.T) { shell{o.installation, t}.checkPasswords(s) })
			t.Run("object storages", func(t *testing.T) { shell{o.installation, t}.checkStorages() })
		})
	}
}

// has tells whether a user of acme has a password.
func (s *server) has(t *testing.T, user, password string) bool {
	t.Helper()
	r, err := useradminv1.NewOperatorServiceClient(s.internal).CheckPassword(t.Context(), &useradminv1.CheckPasswordRequest{
		Tenant: "acme", User: user, Password: password,
	})
	if err != nil {
		t.Fatal(err)
	}
	return r.GetMatches()
}

func (o shell) checkUsers(s *server) {
	t := o.t
	file := o.write(t, "password", firstPassword+"\n", 0o600)
	made := o.row("users", "create", "ann@example.com", "--tenant", "acme", "--owner", "--id", "ann", "--username", "annie", "--password-file", file)
	if made["id"] != "ann" || made["username"] != "annie" || made["owner"] != true || made["passwordSet"] != true {
		t.Errorf("made %v", made)
	}
	out := o.run("users", "create", "bob@example.com", "--tenant", "acme", "--role", "1", "--role", "2", "--openstack-role", "creator", "--disabled", "--password-file", file)
	if !strings.HasPrefix(out, "Made user ") || !strings.Contains(out, "bob@example.com") || strings.Contains(out, firstPassword) {
		t.Errorf("users create prints %q", out)
	}
	if !s.has(t, "ann", firstPassword) || !s.has(t, "bob@example.com", firstPassword) || s.has(t, "ann", "") {
		t.Error("the passwords are not those that were given")
	}
	if got := column(o.rows("users", "list", "--tenant", "acme"), "email"); !slices.Equal(got, []string{"bob@example.com", "ann@example.com"}) {
		t.Errorf("listed %q, want all by their ids", got)
	}
	listed := o.run("users", "list", "--tenant", "acme")
	if !strings.HasPrefix(listed, "ID ") || !strings.Contains(listed, "owner") || !strings.Contains(listed, "disabled") || !strings.Contains(listed, "1 2 creator") {
		t.Errorf("users list prints\n%s", listed)
	}
	for _, c := range []struct {
		name, input, want string
		args              []string
	}{
		{"the same again", firstPassword, "there is a user with this", []string{"ann@example.com", "--tenant", "acme", "--password-file", "-"}},
		{"nobody's", firstPassword, "does not exist", []string{"x@example.com", "--tenant", "nobody", "--password-file", "-"}},
		{"without a password", "", "--password-file", []string{"x@example.com", "--tenant", "acme"}},
		{"with an empty one", "\n", "empty", []string{"x@example.com", "--tenant", "acme", "--password-file", "-"}},
		{"with a short one", "short\n", "at least 8", []string{"x@example.com", "--tenant", "acme", "--password-file", "-"}},
		{"with two lines", "first line\nsecond line\n", "more than one", []string{"x@example.com", "--tenant", "acme", "--password-file", "-"}},
		{"with a file that is none", "", "no such file", []string{"x@example.com", "--tenant", "acme", "--password-file", o.file("none")}},
		{"with both ways to a password", "", "--mail", []string{"x@example.com", "--tenant", "acme", "--mail", "--password-file", file}},
		{"with a password as an argument", "", "unknown flag", []string{"x@example.com", "--tenant", "acme", "--password", firstPassword}},
	} {
		_, err := runWith(t, c.input, append(append([]string{"users", "create"}, c.args...), "--data-dir", o.data)...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// TestUserByMail makes a user who sets the password by a mailed link.
func TestUserByMail(t *testing.T) {
	s := startDev(t)
	out := mustRun(t, "users", "create", "eve@example.com", "--tenant", devTenant, "--mail", "--data-dir", s.dir)
	if !strings.Contains(out, "gets a mail") {
		t.Errorf("users create prints %q", out)
	}
	for line := range strings.Lines(mustRun(t, "users", "list", "--tenant", devTenant, "--data-dir", s.dir)) {
		if strings.Contains(line, "eve@example.com") && !strings.Contains(line, "without password") {
			t.Errorf("listed as %q", line)
		}
	}
}

func (o shell) checkPasswords(s *server) {
	t := o.t
	for _, user := range []string{"ann", "annie", "ann@example.com"} {
		out, err := runWith(t, secondPassword+user, "users", "set-password", user, "--tenant", "acme", "--password-file", "-", "--data-dir", o.data)
		if err != nil || !strings.Contains(out, user) || strings.Contains(out, secondPassword) {
			t.Errorf("of %s: %q, %v", user, out, err)
		}
		if !s.has(t, "ann", secondPassword+user) || s.has(t, "ann", firstPassword) {
			t.Errorf("ann, called %s, does not have the new password alone", user)
		}
	}
	_, err := runWith(t, secondPassword, "users", "set-password", "nobody", "--tenant", "acme", "--password-file", "-", "--data-dir", o.data)
	if err == nil || !strings.Contains(err.Error(), "user not found") {
		t.Errorf("of nobody: %v", err)
	}
	got := strings.Join(column(o.rows("audit", "--tenant", "acme", "--service", "user-admin"), "event"), " ")
	if !strings.Contains(got, "user.password") || !strings.Contains(got, "user.create") {
		t.Errorf("audit shows %s", got)
	}
}

func (o shell) checkStorages() {
	t := o.t
	made := o.row("storages", "add", "--tenant", "acme", "--id", "eu", "--region", "European Union", "--s3-url", "https://s3.example.com")
	if made["id"] != "eu" {
		t.Errorf("made %v", made)
	}
	secret := o.write(t, "admin", "the admin's secret", 0o600)
	out := o.run("storages", "add", "--tenant", "acme", "--region", "Asia", "--s3-url", "https://s3.example.com", "--driver", "versitygw",
		"--admin-url", "https://admin.example.com", "--admin-access-key", "admin", "--admin-secret-file", secret)
	if !strings.HasPrefix(out, "Registered object storage ") || strings.Contains(out, "the admin's secret") {
		t.Errorf("storages add prints %q", out)
	}
	for want, args := range map[string][]string{
		"eu already":       {"--id", "eu", "--s3-url", "https://s3.example.com"},
		"admin_url":        {"--s3-url", "https://s3.example.com", "--driver", "versitygw"},
		"no such file":     {"--s3-url", "https://s3.example.com", "--admin-secret-file", o.file("none")},
		"record,versitygw": {"--s3-url", "https://s3.example.com", "--driver", "ceph"},
	} {
		_, err := runWith(t, "", append([]string{"storages", "add", "--tenant", "acme", "--region", "EU", "--data-dir", o.data}, args...)...)
		if err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), `"`, ""), want) {
			t.Errorf("%q: %v, want %q", args, err, want)
		}
	}
}
