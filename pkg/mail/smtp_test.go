package mail_test

import (
	"io"
	"mime"
	"mime/multipart"
	netmail "net/mail"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdplane/holdplane/pkg/mail"
)

const (
	secret = "hush hush"
	// login and from are parts of URLs.
	login = "holdplane:hush%20hush@"
	from  = "?from=H%C3%B6ldplane%20%3Cnoreply@example.com%3E"
)

var message = mail.Message{
	To:      "ada@example.com",
	Subject: "Bestätigen Sie Ihre Adresse, damit Ihr Konto bei Holdplane für Sie eröffnet werden kann",
	Text:    "Grüße\n.\n.. und ein langer Link: https://example.com/" + strings.Repeat("x", 1200) + "\n",
	HTML:    "<p lang=\"de\">Grüße & mehr = ☂</p>\n",
}

func TestSend(t *testing.T) {
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	config, roots := certificate(t, "127.0.0.1")
	for name, c := range map[string]struct {
		scheme, user, parameters string
		change                   func(*server)
		want                     delivered
	}{
		"STARTTLS": {
			scheme: "smtp://", user: login, change: func(s *server) { s.TLSConfig = config },
			want: delivered{User: "holdplane", TLS: true},
		},
		"TLS from the start": {
			scheme: "smtps://", user: login, change: func(s *server) { s.TLSConfig, s.implicit = config, true },
			want: delivered{User: "holdplane", TLS: true},
		},
		"a server without login": {
			scheme: "smtp://", change: func(s *server) { s.TLSConfig = config },
			want: delivered{TLS: true},
		},
		"a relay on this machine": {scheme: "smtp://", parameters: "&tls=off", change: func(*server) {}},
		"a relay on this machine with login": {
			scheme: "smtp://", user: login, parameters: "&tls=off", change: func(s *server) { s.AllowInsecureAuth = true },
			want: delivered{User: "holdplane"},
		},
		"a server that could do SMTPUTF8": {
			scheme: "smtp://", parameters: "&tls=off", change: func(s *server) { s.EnableSMTPUTF8 = true },
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, c.change)
			if err := open(t, c.scheme+c.user+s.addr+from+c.parameters, roots).Send(t.Context(), message); err != nil {
				t.Fatal(err)
			}
			_, mails := s.seen()
			if len(mails) != 1 {
				t.Fatalf("%d mails have come", len(mails))
			}
			content := mails[0].Content
			mails[0].Content = ""
			c.want.Client, c.want.From, c.want.To = host, "noreply@example.com", "ada@example.com"
			if diff := cmp.Diff(c.want, mails[0]); diff != "" {
				t.Error(diff)
			}
			read(t, content)
		})
	}
}

// read compares a mail's content with the message.
func read(t *testing.T, content string) {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Subject": message.Subject, "From": "Höldplane <noreply@example.com>", "To": "<ada@example.com>",
		"Auto-Submitted": "auto-generated", "Mime-Version": "1.0", "User-Agent": "", "X-Mailer": "",
	} {
		if got, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get(name)); err != nil || got != want {
			t.Errorf("%s is %q, want %q (%v)", name, got, want, err)
		}
	}
	if _, err := m.Header.Date(); err != nil || m.Header.Get("Message-Id") == "" {
		t.Errorf("Date or Message-ID is missing: %v", m.Header)
	}
	kind, parameters, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("it is %s (%v)", kind, err)
	}
	parts := multipart.NewReader(m.Body, parameters["boundary"]) // which decodes quoted-printable
	for _, want := range [][2]string{{"text/plain; charset=UTF-8", message.Text}, {"text/html; charset=UTF-8", message.HTML}} {
		p, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(p)
		if err != nil {
			t.Fatal(err)
		}
		got := [2]string{p.Header.Get("Content-Type"), strings.ReplaceAll(string(body), "\r\n", "\n")}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	if _, err := parts.NextPart(); err != io.EOF {
		t.Errorf("after both parts: %v", err)
	}
}

// TestAddressBeyondASCII goes to servers that know such addresses, and to no others.
func TestAddressBeyondASCII(t *testing.T) {
	m := message
	m.To = "jörg@example.com"
	s := serve(t, func(s *server) { s.EnableSMTPUTF8 = true })
	if err := open(t, "smtp://"+s.addr+from+"&tls=off", nil).Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if _, mails := s.seen(); len(mails) != 1 || mails[0].To != m.To || !mails[0].UTF8 {
		t.Errorf("%d mails have come", len(mails))
	}
	s = serve(t, nil)
	if err := open(t, "smtp://"+s.addr+from+"&tls=off", nil).Send(t.Context(), m); !refused(err) {
		t.Error(err)
	}
	if commands, _ := s.seen(); len(commands) > 0 {
		t.Errorf("the server was told %s", commands)
	}
}
