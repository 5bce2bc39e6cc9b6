package mail_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/holdplane/holdplane/pkg/mail"
)

// TestInjection tries to add headers, recipients and commands.
func TestInjection(t *testing.T) {
	s := serve(t, nil)
	box := new(mail.Box)
	senders := []mail.Sender{open(t, "smtp://"+s.addr+from+"&tls=off", nil), box}
	for name, change := range map[string]func(*mail.Message){
		"a header after the subject":     func(m *mail.Message) { m.Subject = "hi\r\nBcc: eve@example.com" },
		"a header after a bare newline":  func(m *mail.Message) { m.Subject = "hi\nBcc: eve@example.com" },
		"a header after a bare return":   func(m *mail.Message) { m.Subject = "hi\rBcc: eve@example.com" },
		"a body after the subject":       func(m *mail.Message) { m.Subject = "hi\r\n\r\nbody" },
		"a NUL in the subject":           func(m *mail.Message) { m.Subject = "hi\x00" },
		"a C1 newline in the subject":    func(m *mail.Message) { m.Subject = "hi\u0085Bcc: eve@example.com" },
		"a subject that is not UTF-8":    func(m *mail.Message) { m.Subject = "hi\xff" },
		"a command after the recipient":  func(m *mail.Message) { m.To = "ada@example.com>\r\nRCPT TO:<eve@example.com" },
		"a header after the recipient":   func(m *mail.Message) { m.To = "ada@example.com\r\nBcc: eve@example.com" },
		"a C1 newline in the recipient":  func(m *mail.Message) { m.To = "ada\u0085@example.com" },
		"a newline after the recipient":  func(m *mail.Message) { m.To = "ada@example.com\r\n" },
		"a parameter of RCPT":            func(m *mail.Message) { m.To = "ada@example.com> NOTIFY=NEVER <" },
		"two recipients":                 func(m *mail.Message) { m.To = "ada@example.com, eve@example.com" },
		"a group":                        func(m *mail.Message) { m.To = "all: eve@example.com;" },
		"a recipient with a name":        func(m *mail.Message) { m.To = "Ada <ada@example.com>" },
		"a recipient with a remark":      func(m *mail.Message) { m.To = "ada@example.com (Ada)" },
		"a recipient in quotes":          func(m *mail.Message) { m.To = "\"ada eve\"@example.com" },
		"a recipient that is no address": func(m *mail.Message) { m.To = "ada" },
		"no recipient":                   func(m *mail.Message) { m.To = "" },
	} {
		t.Run(name, func(t *testing.T) {
			m := message
			change(&m)
			for _, s := range senders {
				if err := s.Send(t.Context(), m); !refused(err) {
					t.Errorf("%T: %v", s, err)
				}
			}
		})
	}
	if commands, _ := s.seen(); len(commands) > 0 || len(box.List()) > 0 {
		t.Errorf("the server was told %s, the box %v", commands, box.List())
	}
}

func TestBox(t *testing.T) {
	var box mail.Box
	if got := box.List(); len(got) != 0 {
		t.Errorf("an empty box has %v", got)
	}
	start := time.Now()
	for i := range 103 {
		m := message
		m.Subject = fmt.Sprint(i)
		if err := box.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	list := box.List()
	if len(list) != 100 || list[0].Subject != "102" || list[99].Subject != "3" {
		t.Fatalf("the box has %d mails", len(list))
	}
	want := message
	want.Subject = "102"
	if diff := cmp.Diff(want, list[0].Message); diff != "" || list[0].At.Before(start) {
		t.Error(diff, list[0].At)
	}
	list[0].Subject = "mine" // a caller's list is its own
	if got := box.List()[0].Subject; got != "102" {
		t.Errorf("the box has %q", got)
	}
}

func TestBoxAtOnce(t *testing.T) {
	var box mail.Box
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				if err := box.Send(t.Context(), message); err != nil {
					t.Error(err)
				}
				box.List()
			}
		})
	}
	all.Wait()
	if got := len(box.List()); got != 100 {
		t.Errorf("the box has %d mails", got)
	}
}
