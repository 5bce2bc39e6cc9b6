package e2e_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
)

const tokenPath = "/auth/realms/contabo/protocol/openid-connect/token"

// loginContabo asks Contabo's token endpoint for a session. The code is left out where it is empty.
func (s server) loginContabo(t *testing.T, p person, code string) reply {
	t.Helper()
	form := url.Values{
		"grant_type": {"password"}, "client_id": {s.clientID}, "client_secret": {s.clientSecret},
		"username": {p.email}, "password": {p.password},
	}
	if code != "" {
		form.Set("totp", code)
	}
	r, err := readReply(http.PostForm(s.baseURL+tokenPath, form))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// session is a token of Contabo's.
func (s server) session(t *testing.T, p person) string {
	t.Helper()
	r := s.loginContabo(t, p, "")
	var answer struct {
		Token string `json:"access_token"`
	}
	fill(t, r.body, &answer)
	if r.status != http.StatusOK || answer.Token == "" {
		t.Fatalf("login of %s: status %d: %s", p.email, r.status, r.body)
	}
	return answer.Token
}

// loginKeystone asks Keystone for a token, by password and a code unless it is empty.
func (s server) loginKeystone(t *testing.T, p person, code string) reply {
	t.Helper()
	methods, more := `"password"`, ""
	who := fmt.Sprintf(`"name":%q,"domain":{"id":"default"}`, p.username)
	if code != "" {
		methods, more = `"password","totp"`, fmt.Sprintf(`,"totp":{"user":{%s,"passcode":%q}}`, who, code)
	}
	body := fmt.Sprintf(`{"auth":{"identity":{"methods":[%s],"password":{"user":{%s,"password":%q}}%s}}}`, methods, who, p.password, more)
	return s.do(t, call{path: "/v3/auth/tokens", body: body})
}

// token is one of Keystone's.
func (s server) token(t *testing.T, p person) string {
	t.Helper()
	r := s.loginKeystone(t, p, "")
	token := r.header.Get("X-Subject-Token")
	if r.status != http.StatusCreated || token == "" {
		t.Fatalf("login of %s: status %d: %s", p.username, r.status, r.body)
	}
	return token
}

// users asks the users API as somebody who logs in for it.
func (s server) users(t *testing.T, as person, method, path, body string) reply {
	t.Helper()
	return s.usersBy(t, s.session(t, as), method, path, body)
}

// usersBy asks the users API with a session.
func (s server) usersBy(t *testing.T, session, method, path, body string) reply {
	t.Helper()
	id := http.Header{"X-Request-Id": {"04e0f898-37b4-48bc-a794-1a57abe6aa31"}}
	return s.do(t, call{method: method, path: "/v1/users" + path, key: session, body: body, header: id})
}

// probe returns the statuses that a user's session at Contabo and token of Keystone's get.
func (s server) probe(t *testing.T, u person, session, token string) (bySession, byToken int) {
	t.Helper()
	header := http.Header{"X-Auth-Token": {token}, "X-Subject-Token": {token}}
	return s.usersBy(t, session, http.MethodGet, "/"+u.id, "").status, s.do(t, call{path: "/v3/auth/tokens", header: header}).status
}

// wantBoth wants the same status by the session and by the token.
func (s server) wantBoth(t *testing.T, u person, session, token string, want int) {
	t.Helper()
	if bySession, byToken := s.probe(t, u, session, token); bySession != want || byToken != want {
		t.Errorf("the session gets %d, the token %d, want %d", bySession, byToken, want)
	}
}
