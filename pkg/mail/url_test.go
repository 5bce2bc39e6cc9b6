package mail_test

import (
	"context"
	"errors"
	"net"
	"testing"

	"github.com/holdplane/holdplane/pkg/mail"
)

func TestOpen(t *testing.T) {
	for url, want := range map[string]string{
		"smtp://mail.example.com" + from:                   "mail.example.com:587",
		"smtp://u:Xk29@mail.example.com:2525/" + from:      "mail.example.com:2525",
		"smtps://u:Xk29@mail.example.com" + from:           "mail.example.com:465",
		"smtps://[2001:db8::1]" + from:                     "[2001:db8::1]:465",
		"smtp://localhost" + from + "&tls=off":             "localhost:25",
		"smtp://[::1]:1025?tls=off&from=a@example.com":     "[::1]:1025",
		"smtp://[::ffff:127.0.0.1]" + from + "&tls=off":    "[::ffff:127.0.0.1]:25",
		"smtp://u%40example.com:Xk%2F%3F@127.9.9.9" + from: "127.9.9.9:587",
	} {
		s := open(t, url, nil)
		var got string
		down := errors.New("down")
		s.SetDial(func(_ context.Context, _, addr string) (net.Conn, error) {
			got = addr
			return nil, down
		})
		if err := s.Send(t.Context(), message); !errors.Is(err, down) || got != want {
			t.Errorf("%s connects to %s: %v", url, got, err)
		}
		hides(t, "Xk29", s)
	}
}

func TestOpenRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		url  string
		want error
	}{
		"nothing":                         {"", mail.ErrURL},
		"no host":                         {"smtp://u:Xk29@" + from, mail.ErrURL},
		"another scheme":                  {"https://u:Xk29@mail.example.com" + from, mail.ErrURL},
		"no scheme":                       {"u:Xk29@mail.example.com:587" + from, mail.ErrURL},
		"a port that is a word":           {"smtp://u:Xk29@mail.example.com:Xk29" + from, mail.ErrURL},
		"a port too high":                 {"smtp://u:Xk29@mail.example.com:65536" + from, mail.ErrURL},
		"port 0":                          {"smtp://u:Xk29@mail.example.com:0" + from, mail.ErrURL},
		"a path":                          {"smtp://u:Xk29@mail.example.com/Xk29" + from, mail.ErrURL},
		"a fragment":                      {"smtp://u:Xk29@mail.example.com" + from + "#Xk29", mail.ErrURL},
		"a password cut by a slash":       {"smtp://u:12/Xk29@mail.example.com" + from, mail.ErrURL},
		"a password cut by a question":    {"smtp://u:12?Xk29@mail.example.com" + from, mail.ErrURL},
		"a password cut by a hash":        {"smtp://u:12#Xk29@mail.example.com" + from, mail.ErrURL},
		"a password with a wrong escape":  {"smtp://u:Xk29%zz@mail.example.com" + from, mail.ErrURL},
		"a user without a password":       {"smtp://Xk29@mail.example.com" + from, mail.ErrURL},
		"a password without a user":       {"smtp://:Xk29@mail.example.com" + from, mail.ErrURL},
		"no sender":                       {"smtp://u:Xk29@mail.example.com", mail.ErrURL},
		"a sender that is no address":     {"smtp://u:Xk29@mail.example.com?from=Xk29", mail.ErrURL},
		"a sender beyond ASCII":           {"smtp://u:Xk29@mail.example.com?from=%C3%B6@example.com", mail.ErrURL},
		"a parameter nobody knows":        {"smtp://u:Xk29@mail.example.com" + from + "&Xk29=1", mail.ErrURL},
		"a parameter twice":               {"smtp://u:Xk29@localhost" + from + "&tls=off&tls=off", mail.ErrURL},
		"parameters that can't be read":   {"smtp://u:Xk29@localhost" + from + ";Xk29", mail.ErrURL},
		"another value of tls":            {"smtp://u:Xk29@localhost" + from + "&tls=Xk29", mail.ErrURL},
		"TLS from the start and none":     {"smtps://u:Xk29@localhost" + from + "&tls=off", mail.ErrURL},
		"plaintext to another machine":    {"smtp://u:Xk29@mail.example.com" + from + "&tls=off", mail.ErrPlaintext},
		"plaintext to a private address":  {"smtp://10.0.0.1" + from + "&tls=off", mail.ErrPlaintext},
		"plaintext to what looks like us": {"smtp://localhost.example.com" + from + "&tls=off", mail.ErrPlaintext},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := mail.Open(mail.Options{URL: c.url})
			if !errors.Is(err, c.want) {
				t.Errorf("got %v", err)
			}
			hides(t, "Xk29", err)
		})
	}
}
