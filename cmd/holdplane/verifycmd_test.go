package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
	"github.com/holdplane/holdplane/services/identity"
	"github.com/holdplane/holdplane/services/useradmin"
)

// TestVerify finds nothing in an installation in use, and then what was changed behind its
// back.
func TestVerify(t *testing.T) {
	o := shell{install(t), t}
	s := o.serve(t)
	_, secret := s.newKey(t, "acme", allPermissions()...)
	if status, body := s.post(t, secret, "/v1/identities.createIdentity", map[string]any{"externalId": "user_1"}); status != 200 {
		t.Fatalf("createIdentity answers %d %s", status, body)
	}
	password := o.write(t, "password", firstPassword, 0o600)
	o.run("users", "create", "ann@example.com", "--tenant", "acme", "--password-file", password)
	if status, body := s.sendBarbican(t, "POST", secret, "/v1/secrets", jsonType, "{}"); status != 201 {
		t.Fatalf("a secret answers %d %s", status, body)
	}
	o.run("apps", "add", "shop", "--tenant", "acme")
	out := mustRun(t, "verify", "--data-dir", o.data)
	for _, spec := range services {
		if !regexp.MustCompile(`(?m)^` + spec.name + `: [1-9]\d* keys, 0 findings$`).MatchString(out) {
			t.Errorf("%s is missing in\n%s", spec.name, out)
		}
	}
	s.stop()
	o.wantWhole(t)
	o.damage(t)
	s = o.serve(t)
	_, secret = s.newKey(t, "acme", "*") // it goes on
	if s.status(t, secret) != 200 {
		t.Error("the damaged server does not let a key in")
	}
	o.wantFound(t)
}

// damage takes the entry of an identity out of its index, and changes a user.
func (in *installation) damage(t *testing.T) {
	t.Helper()
	for name, prefix := range map[string][]byte{identity.Name: key.New("t", "acme", "identity/external"), useradmin.Name: key.New("t", "acme", "user")} {
		in.openStore(t, specOf(name), func(file kv.Store) {
			err := file.Update(t.Context(), func(tx kv.Writer) error {
				for e, err := range tx.Scan(kv.Prefix(prefix)) {
					switch {
					case err != nil:
						return err
					case name == identity.Name:
						return tx.Delete(e.Key)
					}
					return tx.Put(e.Key, append([]byte{}, e.Value[1:]...))
				}
				t.Errorf("%s has nothing to damage", name)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

func specOf(name string) serviceSpec {
	for _, s := range services {
		if s.name == name {
			return s
		}
	}
	return serviceSpec{name: name}
}

func (o shell) wantFound(t *testing.T) {
	t.Helper()
	out, err := runWith(t, "", "verify", "--data-dir", o.data)
	if err == nil || !strings.Contains(err.Error(), "2 findings") {
		t.Errorf("got %v, want an error that counts them", err)
	}
	for _, line := range []string{
		`SERVICE +TENANT +TABLE +PROBLEM +ID +DETAIL`, `identity +acme +identity +missing entry +id_\w+ +index external`,
		`user-admin +acme +user +damaged value +[\w-]+ +row does not open`, `identity: \d+ keys, 1 findings`, `user-admin: \d+ keys, 1 findings`,
	} {
		if !regexp.MustCompile(`(?m)^` + line + `$`).MatchString(out) {
			t.Errorf("want a line like %s in\n%s", line, out)
		}
	}
	out, err = runWith(t, "", "verify", "--data-dir", o.data, "--service", identity.Name, "--json")
	if err == nil || !strings.HasPrefix(out, `{"service":"identity","tenant":"acme","table":"identity","problem":"missing entry","id":"id_`) || strings.Count(out, "\n") != 1 {
		t.Errorf("as JSON: %v, %s", err, out)
	}
}

// A service that runs elsewhere is not passed over in silence.
func TestVerifyApart(t *testing.T) {
	in := install(t)
	users, _, _ := servicesApart(t, in)
	if out := mustRun(t, "verify", "--internal-addr", users, "--service", useradmin.Name); !strings.Contains(out, "user-admin: ") {
		t.Errorf("user-admin's process says %s", out)
	}
	_, err := runWith(t, "", "verify", "--data-dir", in.data, "--service", useradmin.Name)
	if err == nil || !strings.Contains(err.Error(), "does not run in this process; these do: connection-vault, identity") {
		t.Errorf("identity's process says %v", err)
	}
	var out, notes strings.Builder
	err = run(t.Context(), []string{"verify", "--data-dir", in.data}, strings.NewReader(""), &out, &notes)
	if err != nil || !strings.Contains(out.String(), "identity: ") || !strings.Contains(notes.String(), "user-admin does not run in this process and was not verified") {
		t.Errorf("got %v, %s, %s", err, &out, &notes)
	}
}
