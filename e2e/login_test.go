package e2e_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
)

const tokenPath = "/auth/realms/contabo/protocol/openid-connect/token"

// login asks Contabo's token endpoint for a session. The code is left out where it is empty.
func (s server) login(t *testing.T, p person, code string) reply {
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
	r := s.login(t, p, "")
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
