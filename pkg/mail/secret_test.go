package mail_test

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// hides checks that an error or a sender prints neither a password nor a form of it.
func hides(t *testing.T, password string, v any) {
	t.Helper()
	text := fmt.Sprintf("%v %+v %#v", v, v, v)
	for _, form := range []string{password, url.PathEscape(password), base64.StdEncoding.EncodeToString([]byte(password))} {
		if strings.Contains(text, form) {
			t.Errorf("%s tells the password", text)
		}
	}
}

// TestLoginFails against servers that repeat what they were sent.
func TestLoginFails(t *testing.T) {
	config, roots := certificate(t, "127.0.0.1")
	s := serve(t, func(s *server) { s.TLSConfig = config })
	wrong := open(t, "smtp://holdplane:Xk29%20Lm@"+s.addr+from, roots)
	err := wrong.Send(t.Context(), message)
	if err == nil || refused(err) || !strings.Contains(err.Error(), "AUTH: the server answers 535 5.7.8") {
		t.Errorf("got %v", err)
	}
	hides(t, "Xk29 Lm", err)
	hides(t, "Xk29 Lm", wrong)
	if commands, _ := s.seen(); len(commands) != 1 {
		t.Errorf("the server was told %s", commands)
	}
}

// TestLoginMechanisms lets scripts offer login in ways that the other server does not.
func TestLoginMechanisms(t *testing.T) {
	code := base64.StdEncoding.EncodeToString
	user, password := code([]byte("holdplane")), code([]byte(secret))
	for name, c := range map[string]struct {
		answers map[string]string
		says    string // empty if the mail is delivered
	}{
		"LOGIN": {answers: map[string]string{
			"EHLO": "250-mail.test\r\n250 AUTH XOAUTH2 login", "AUTH": "334 VXNlcm5hbWU6", user: "334 UGFzc3dvcmQ6", password: "235 welcome",
		}},
		"a third question": {answers: map[string]string{
			"EHLO": "250-mail.test\r\n250 AUTH LOGIN", "AUTH": "334 ", user: "334 ", password: "334 " + password,
		}, says: "AUTH: the server's answer is not SMTP"},
		"a line that is none": {answers: map[string]string{
			"EHLO": "250-mail.test\r\n250 AUTH LOGIN", "AUTH": "334 ", user: "334 ", password: secret,
		}, says: "AUTH: the server's answer is not SMTP"},
		"other ways":      {answers: map[string]string{"EHLO": "250-mail.test\r\n250 AUTH NTLM"}, says: "AUTH: the server offers neither PLAIN nor LOGIN"},
		"no login at all": {answers: map[string]string{"EHLO": "250 mail.test"}, says: "AUTH: the server offers neither PLAIN nor LOGIN"},
	} {
		t.Run(name, func(t *testing.T) {
			err := open(t, "smtp://"+login+script(t, c.answers)+from+"&tls=off", nil).Send(t.Context(), message)
			if err == nil && c.says != "" || err != nil && (c.says == "" || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("got %v", err)
			}
			hides(t, secret, err)
		})
	}
}
