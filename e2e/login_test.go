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

// alive tells whether a user's session at Contabo and token of Keystone's open anything.
func (s server) alive(t *testing.T, user, session, token string) (bySession, byToken bool) {
	t.Helper()
	r := s.usersBy(t, session, http.MethodGet, "/"+user, "")
	k := s.do(t, call{path: "/v3/auth/tokens", header: http.Header{"X-Auth-Token": {token}, "X-Subject-Token": {token}}})
	for _, status := range []int{r.status, k.status} {
		if status != http.StatusOK && status != http.StatusUnauthorized {
			t.Errorf("statuses %d and %d, want 200 or 401: %s %s", r.status, k.status, r.body, k.body)
		}
	}
	return r.status == http.StatusOK, k.status == http.StatusOK
}

// wantAlive wants both to be valid, or neither.
func (s server) wantAlive(t *testing.T, user, session, token string, want bool) {
	t.Helper()
	if bySession, byToken := s.alive(t, user, session, token); bySession != want || byToken != want {
		t.Errorf("the session is alive: %t, the token: %t, want %t", bySession, byToken, want)
	}
}
