package e2e_test

import (
	"crypto/rand"
	"net/http"
	"strings"
	"testing"
)

// userChanges end what a user has logged in to, at Contabo's endpoint and at Keystone's.
var userChanges = []change{
	{name: "user disabled", make: userChange(func(t *testing.T, _ cluster, a server, u person) {
		a.wantStatus(t, http.StatusOK, http.MethodPatch, u, `{"enabled":false}`)
	})},
	{name: "user deleted", make: userChange(func(t *testing.T, _ cluster, a server, u person) {
		a.wantStatus(t, http.StatusNoContent, http.MethodDelete, u, "")
	})},
	{name: "user's password changed", make: userChange(func(t *testing.T, c cluster, a server, u person) {
		c.operate(t, a, "users", "set-password", u.id, "--tenant", a.tenant, "--password-file", write(t, t.TempDir(), "password", rand.Text()))
	})},
	{name: "user's roles changed", make: userChange(func(t *testing.T, _ cluster, a server, u person) {
		a.wantStatus(t, http.StatusOK, http.MethodPatch, u, `{"roles":[4]}`)
	})},
}

// TestChangesOfUsersReachOtherProcesses is TestChangesReachOtherProcesses for users.
func TestChangesOfUsersReachOtherProcesses(t *testing.T) {
	p := newPeople("people")
	testChanges(t, newCluster(t, server{keys: newKeys(), people: p, tenants: map[string]people{p.tenant: p}}), userChanges)
}

// userChange is a change of a user who has logged in.
func userChange(do func(*testing.T, cluster, server, person)) func(*testing.T, cluster, server) (func(), func(server) bool) {
	return func(t *testing.T, c cluster, a server) (func(), func(server) bool) {
		u := c.newUser(t, a)
		session, token := a.session(t, u), a.token(t, u)
		a.wantBoth(t, u, session, token, http.StatusOK)
		return func() { do(t, c, a, u) }, func(s server) bool {
			bySession, byToken := s.probe(t, u, session, token)
			return bySession == http.StatusUnauthorized && byToken == http.StatusUnauthorized
		}
	}
}

// newUser has the operator make a user with a password.
func (c cluster) newUser(t *testing.T, a server) person {
	t.Helper()
	u := person{username: strings.ToLower(rand.Text()), password: rand.Text()}
	u.email = u.username + "@example.com"
	var made struct{ ID string }
	fill(t, c.operate(t, a, "users", "create", u.email, "--username", u.username, "--tenant", a.tenant, "--role", "3",
		"--password-file", write(t, t.TempDir(), "password", u.password)), &made)
	u.id = made.ID
	return u
}

// wantStatus has the owner change a user.
func (s server) wantStatus(t *testing.T, status int, method string, u person, body string) {
	t.Helper()
	if r := s.users(t, s.owner, method, "/"+u.id, body); r.status != status {
		t.Errorf("%s %s: status %d, want %d: %s", method, body, r.status, status, r.body)
	}
}
