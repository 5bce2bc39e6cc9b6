package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
)

// TestMailServerIsChecked refuses what no mail can be sent by, and does not show the password.
func TestMailServerIsChecked(t *testing.T) {
	in := install(t)
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"no address", []string{"--smtp-url", "s3cret@mail.example.com"}, "smtp://user:password@host:587"},
		{"no sender", []string{"--smtp-url", "smtp://ann:s3cret@mail.example.com"}, "from is missing"},
		{"a password that is not escaped", []string{"--smtp-url", "smtp://ann:s3c#ret/s3cret@mail.example.com?from=a@example.com"}, "smtp://user:password@host:587"},
		{"another scheme", []string{"--smtp-url", "https://ann:s3cret@mail.example.com?from=a@example.com"}, "smtps://"},
		{"plaintext over a network", []string{"--smtp-url", "smtp://ann:s3cret@mail.example.com?from=a@example.com&tls=off"}, "tls=off"},
		{"nowhere to lead to", []string{"--smtp-url", "smtp://ann:s3cret@mail.example.com?from=a@example.com", "--http-addr", "unix://" + in.file("http")}, "--public-url"},
	} {
		t.Run(c.name, func(t *testing.T) {
			child := in.startServe(t, c.args...)
			wantRefusal(t, child, "--smtp-url", c.want)
			if strings.Contains(child.log.String(), "s3c") {
				t.Errorf("the password is shown: %s", child.log)
			}
		})
	}
}

// TestDevKeepsMails reads a mail of dev's as whoever started it does, and as others can't.
func TestDevKeepsMails(t *testing.T) {
	in := &installation{root: newRoot(t)}
	in.data, in.key = in.file("data"), in.file("data.key")
	args := []string{"dev", "--data-dir", in.data, "--http-addr", "127.0.0.1:0", "--grpc-addr", "127.0.0.1:0", "--admin-addr", "", "--env-file", in.file("env")}
	first := startChild(t, args...)
	s := in.await(t, first)
	mustRun(t, "users", "create", "ann@example.com", "--mail", "--tenant", devTenant, "--data-dir", in.data)
	link := readVars(t, in.file("env"))["MAILS_URL"]
	if kept := readVars(t, filepath.Join(in.data, "dev.env"))["MAILS_URL"]; kept != link || !strings.HasPrefix(link, s.baseURL+"/pages/mails?key=") {
		t.Fatalf("mails are at %s and at %s", link, kept)
	}
	reader := newVisitor(t)
	if status, page := reader.open(t, link); status != http.StatusOK || strings.Contains(page, "ann@") {
		t.Errorf("the link shows %d %s", status, page)
	}
	_, key, _ := strings.Cut(link, "key=")
	if status, page := reader.send(t, s.baseURL+"/pages/mails", url.Values{"key": {key}}); status != http.StatusOK {
		t.Fatalf("the mailbox does not open: %d %s", status, page)
	}
	eventually(t, "the mail is there", func() bool {
		_, page := reader.open(t, s.baseURL+"/pages/mails")
		return strings.Contains(page, `<a href="`+s.baseURL+`/pages/set-password?token=`)
	})
	if status, _ := newVisitor(t).open(t, link); status != http.StatusNotFound {
		t.Errorf("the link works again: %d", status)
	}
	first.stop(t)
	removeFile(t, in.file("env"))
	second := startChild(t, args...)
	s = in.await(t, second)
	if status, _ := reader.open(t, s.baseURL+"/pages/mails"); status != http.StatusNotFound {
		t.Errorf("the next start knows its reader: %d", status)
	}
	if again := readVars(t, in.file("env"))["MAILS_URL"]; strings.HasSuffix(again, key) {
		t.Error("the next start has the same key")
	}
	second.stop(t)
	if said := first.out.String() + first.log.String(); strings.Contains(said, key) || strings.Contains(said, "ann@") {
		t.Errorf("dev tells of its mails where nobody looks: %s", said)
	}
}

// Without the service behind them there are no pages; without dev, no mails to read.
func TestPagesAreWhereTheirServiceIs(t *testing.T) {
	in := install(t)
	s := in.serve(t)
	if status, page := newVisitor(t).open(t, s.baseURL+"/pages/set-password?token=unknown"); status != http.StatusNotFound || !strings.Contains(page, "Please ask for a new mail") {
		t.Errorf("an unknown link: got %d %s", status, page)
	}
	if status, page := newVisitor(t).open(t, s.baseURL+"/pages/mails"); status != http.StatusNotFound || strings.Contains(page, "terminal") {
		t.Errorf("the mails of serve: got %d %s", status, page)
	}
	s.stop()
	s = in.serve(t, "--without", "user-admin")
	if status, page := newVisitor(t).open(t, s.baseURL+"/pages/set-password?token=unknown"); status != http.StatusNotFound || strings.Contains(page, "<html") {
		t.Errorf("without user-admin: got %d %s", status, page)
	}
}

// visitor is a browser, as far as pages without scripts need one.
type visitor struct{ http.Client }

func newVisitor(t *testing.T) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{http.Client{Jar: jar}}
}

func (v *visitor) open(t *testing.T, address string) (status int, page string) {
	t.Helper()
	res, err := v.Get(address)
	return read(t, res, err)
}

func (v *visitor) send(t *testing.T, address string, form url.Values) (status int, page string) {
	t.Helper()
	res, err := v.PostForm(address, form)
	return read(t, res, err)
}

func read(t *testing.T, res *http.Response, err error) (status int, page string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}
