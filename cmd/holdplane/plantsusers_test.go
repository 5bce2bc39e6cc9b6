package main

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

// people makes users in every way, and has them log in, rightly and wrongly, with all that
// users have: passwords, codes, tokens, links, and secrets of programs.
func (p *planting) people(s *server) {
	email, password := p.value()+"@example.com", p.value()
	file := p.write(p.t, "password", password, 0o600)
	made := p.row("users", "create", email, "--tenant", p.tenant, "--first-name", p.value(), "--username", p.value(), "--password-file", file)
	p.write(p.t, "password", p.plant("new "+password), 0o600)
	p.run("users", "set-password", email, "--tenant", p.tenant, "--password-file", file)
	password = "new " + password
	admin := p.write(p.t, "admin", p.value(), 0o600)
	p.run("storages", "add", "--tenant", p.tenant, "--region", p.value(), "--display-name", p.value(), "--s3-url", "http://127.0.0.1:9/"+p.value(),
		"--driver", "versitygw", "--admin-url", "http://127.0.0.1:9", "--admin-access-key", p.value(), "--admin-secret-file", admin)
	client := p.client(s)
	p.logins(s, client, email, password)
	p.program(s, made["id"].(string), password)
	p.links(s)
}

// client is the tenant's OAuth client, with its secret replaced once.
func (p *planting) client(s *server) *useradminv1.GetClientResponse {
	ctx, clients := bearing(p.t.Context(), p.key), useradminv1.NewClientServiceClient(s.public)
	for range 2 {
		read, err := clients.GetClient(ctx, &useradminv1.GetClientRequest{})
		if err != nil {
			p.t.Fatal(err)
		}
		p.plant(read.GetSecret())
		if _, err := clients.GenerateClientSecret(ctx, &useradminv1.GenerateClientSecretRequest{}); err != nil {
			p.t.Fatal(err)
		}
	}
	read, err := clients.GetClient(ctx, &useradminv1.GetClientRequest{})
	if err != nil {
		p.t.Fatal(err)
	}
	p.plant(read.GetSecret())
	return read
}

const tokenPath = "/auth/realms/contabo/protocol/openid-connect/token"

// token asks for one, as all clients do, and plants what it gets.
func (p *planting) token(s *server, want int, basic string, form url.Values) (access, refresh string) {
	p.t.Helper()
	o := outgoing{method: http.MethodPost, path: tokenPath, body: form.Encode(), header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}}
	if basic != "" {
		o.header.Set("Authorization", "Basic "+p.plant(base64.StdEncoding.EncodeToString([]byte(basic))))
	}
	var status int
	var answer string
	eventually(p.t, "logins are counted", func() bool { // not where Redis has too much to do
		status, answer = s.deliver(p.t, o)
		return status != http.StatusServiceUnavailable
	})
	if status != want {
		p.t.Errorf("the token endpoint answers %d, want %d: %s", status, want, answer)
	}
	for name, to := range map[string]*string{"access_token": &access, "refresh_token": &refresh} {
		if found := regexp.MustCompile(`"` + name + `":"([^"]+)"`).FindStringSubmatch(answer); found != nil {
			*to = p.plant(found[1])
		}
	}
	return access, refresh
}

// logins are by password and by refresh token.
func (p *planting) logins(s *server, client *useradminv1.GetClientResponse, email, password string) {
	own := url.Values{"client_id": {client.GetClientId()}, "client_secret": {client.GetSecret()}}
	with := func(more ...string) url.Values {
		form := url.Values{}
		for name, values := range own {
			form[name] = values
		}
		for i := 0; i < len(more); i += 2 {
			form.Set(more[i], more[i+1])
		}
		return form
	}
	access, refresh := p.token(s, 200, "", with("grant_type", "password", "username", email, "password", password))
	p.token(s, 200, "", with("grant_type", "refresh_token", "refresh_token", refresh))
	p.token(s, 200, client.GetClientId()+":"+client.GetSecret(), url.Values{"grant_type": {"password"}, "username": {email}, "password": {password}})
	p.token(s, 401, "", with("grant_type", "password", "username", email, "password", p.value()))
	p.token(s, 401, "", with("grant_type", "password", "username", p.value(), "password", p.value(), "totp", p.value()))
	p.token(s, 401, client.GetClientId()+":"+p.value(), url.Values{"grant_type": {"password"}, "username": {p.value()}, "password": {p.value()}})
	p.token(s, 400, "", with("grant_type", "refresh_token", "refresh_token", p.value()))
	p.token(s, 400, "", with("grant_type", p.value()))
	for _, path := range []string{"/v1/users", "/v1/users?email=" + p.value(), "/v1/users/" + p.value(), "/v1/roles/" + p.value()} {
		s.send(p.t, http.MethodGet, access, path, "")
	}
	s.send(p.t, http.MethodGet, "", tokenPath+"?password="+p.value(), "")
}

// program gives a program a secret of its own at Keystone, and has it log in.
func (p *planting) program(s *server, user, password string) {
	const tokens = "/v3/auth/tokens"
	login := func(want int, method, inner string) {
		body := fmt.Sprintf(`{"auth":{"identity":{"methods":[%[1]q],%[1]q:%[2]s}}}`, method, inner)
		eventually(p.t, "logins are counted", func() bool { // not where Redis has too much to do
			status, answer := s.send(p.t, http.MethodPost, "", tokens, body)
			if status != want && status != http.StatusServiceUnavailable {
				p.t.Errorf("Keystone answers %d, want %d: %s", status, want, answer)
			}
			return status != http.StatusServiceUnavailable
		})
	}
	login(201, "password", fmt.Sprintf(`{"user":{"id":%q,"password":%q}}`, user, password))
	login(401, "password", fmt.Sprintf(`{"user":{"id":%q,"password":%q}}`, user, p.value()))
	login(401, "password", fmt.Sprintf(`{"user":{"name":%q,"domain":{"id":"default"},"password":%q}}`, p.value(), p.value()))
	login(401, "token", fmt.Sprintf(`{"id":%q}`, p.value()))
	login(401, "application_credential", fmt.Sprintf(`{"id":%q,"secret":%q}`, p.value(), p.value()))
	w := &world{server: s, tenant: p.tenant, right: p.key}
	w.person = w.newPerson(p.t, false)
	w.keystone = p.plant(w.keystoneToken(p.t, w.person))
	r, err := useradminv1.NewApplicationCredentialServiceClient(s.public).CreateApplicationCredential(bearing(p.t.Context(), w.keystone), &useradminv1.CreateApplicationCredentialRequest{
		UserId: w.person, ApplicationCredential: &useradminv1.NewApplicationCredential{Name: p.value(), Description: new(p.value())},
	})
	if err != nil {
		p.t.Fatal(err)
	}
	login(201, "application_credential", fmt.Sprintf(`{"id":%q,"secret":%q}`, r.GetApplicationCredential().GetId(), p.plant(r.GetApplicationCredential().GetSecret())))
}

// mailedLink finds the links in mails, by the page they lead to.
var mailedLink = regexp.MustCompile(`/pages/([a-z-]+)\?token=([A-Za-z0-9_-]+)`)

// links uses mailed ones: a user sets a password by one, and a second factor by another.
func (p *planting) links(s *server) {
	email, reader := p.value()+"@example.com", newVisitor(p.t)
	_, key, _ := strings.Cut(readVars(p.t, p.file("env"))["MAILS_URL"], "key=")
	reader.send(p.t, s.baseURL+"/pages/mails", url.Values{"key": {p.plant(key)}})
	made := p.row("users", "create", email, "--tenant", p.tenant, "--totp", "--mail")
	password, token := p.value(), p.mailed(s, reader, "set-password")
	browser := newVisitor(p.t)
	browser.open(p.t, s.baseURL+"/pages/set-password?token="+token)
	browser.open(p.t, s.baseURL+"/pages/set-password?token="+p.value())
	browser.send(p.t, s.baseURL+"/pages/set-password", url.Values{"token": {token}, "password": {password}, "repeat": {p.value()}})
	status, page := browser.send(p.t, s.baseURL+"/pages/set-password", url.Values{"token": {token}, "password": {password}, "repeat": {password}})
	next := formToken.FindStringSubmatch(page)
	if next == nil {
		p.t.Fatalf("setting a password leads to %d %s", status, page)
	}
	p.enrol(s, p.plant(next[1]))
	_, err := useradminv1.NewUserServiceClient(s.public).ResetPassword(bearing(p.t.Context(), p.key), &useradminv1.ResetPasswordRequest{UserId: made["id"].(string)})
	if err != nil {
		p.t.Error(err)
	}
	p.mailed(s, reader, "set-password")
}

// formToken is the link's token in a page's form.
var formToken = regexp.MustCompile(`name="token" value="([^"]+)"`)

// enrol sets up a second factor.
func (p *planting) enrol(s *server, token string) {
	links := useradminv1.NewLinkServiceClient(s.public)
	start, err := links.StartEnrolment(p.t.Context(), &useradminv1.StartEnrolmentRequest{Token: token})
	if err != nil {
		p.t.Fatal(err)
	}
	p.plant(start.GetUrl())
	code, err := totp.GenerateCode(p.plant(strings.ReplaceAll(start.GetSecret(), " ", "")), time.Now())
	if err != nil {
		p.t.Fatal(err)
	}
	done, err := links.FinishEnrolment(p.t.Context(), &useradminv1.FinishEnrolmentRequest{Token: token, Code: code})
	if err != nil {
		p.t.Fatal(err)
	}
	for _, recovery := range done.GetRecoveryCodes() {
		p.plant(recovery)
	}
}

// mailed waits for a mail with a link to a page that was in none before, and returns its token.
func (p *planting) mailed(s *server, reader *visitor, page string) (token string) {
	eventually(p.t, "a mail leads to "+page, func() bool {
		_, mails := reader.open(p.t, s.baseURL+"/pages/mails")
		for _, found := range mailedLink.FindAllStringSubmatch(mails, -1) {
			if found[1] == page && !p.seen[found[2]] {
				token = found[2]
			}
		}
		return token != ""
	})
	p.seen[token] = true
	return p.plant(token)
}
