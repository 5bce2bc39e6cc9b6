package main

import (
	"net/http"
	"os"
	"strings"
	"testing"
)

// keyManagerUsers is a bootstrap file of those whom Barbican's recordings were made as.
func (in *installation) keyManagerUsers(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../gateway/barbican/testdata/bootstrap.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return in.write(t, "users.yaml", string(text), 0o600)
}

// keyManagerVars are a token and the id of each user of Barbican's recordings, by their names
// there: creators of a project, two of one and one of another.
func (s *server) keyManagerVars(t *testing.T) map[string]string {
	t.Helper()
	vars := map[string]string{}
	for name, project := range map[string]string{"alice": "proj-a", "carol": "proj-a", "bob": "proj-b"} {
		vars[name+"_id"], vars[name] = "user-"+name, s.keystoneSession(t, project, "user-"+name)
	}
	return vars
}

// keystoneSession logs a user of the recordings in, as their clients do.
func (s *server) keystoneSession(t *testing.T, project, user string) string {
	t.Helper()
	r, err := http.Post(s.baseURL+"/v3/auth/tokens", jsonType, strings.NewReader(`{"auth":{
		"identity":{"methods":["password"],"password":{"user":{"name":"`+user+`","domain":{"name":"Default"},"password":"pw-`+user+`"}}},
		"scope":{"project":{"name":"`+project+`","domain":{"name":"Default"}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Body.Close(); err != nil {
		t.Fatal(err)
	}
	if r.StatusCode != http.StatusCreated {
		t.Fatalf("no token for %s: %s", user, r.Status)
	}
	return r.Header.Get("X-Subject-Token")
}
