package mail_test

import (
	"errors"
	"strings"
	"testing"

	gosmtp "github.com/emersion/go-smtp"

	"github.com/holdplane/holdplane/pkg/mail"
)

func refused(err error) bool { return errors.Is(err, mail.ErrRefused) }

// TestAnswers tells what is final from what is worth a retry.
func TestAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		command string
		code    int
		status  gosmtp.EnhancedCode
		refused bool
		says    string
	}{
		"no such recipient":            {"RCPT", 550, gosmtp.EnhancedCode{5, 1, 1}, true, "RCPT: refused for good: the server answers 550 5.1.1"},
		"a recipient without a domain": {"RCPT", 504, gosmtp.EnhancedCode{5, 5, 2}, true, "504 5.5.2"},
		"content that looks like spam": {"DATA", 554, gosmtp.NoEnhancedCode, true, "DATA: refused for good: the server answers 554"},
		"a recipient to come back to":  {"RCPT", 451, gosmtp.EnhancedCode{4, 7, 1}, false, "RCPT: the server answers 451 4.7.1"},
		"a full mailbox":               {"DATA", 452, gosmtp.EnhancedCode{4, 2, 2}, false, "452 4.2.2"},
		"a sender that may not":        {"MAIL", 550, gosmtp.EnhancedCode{5, 7, 1}, false, "MAIL: the server answers 550 5.7.1"},
		"login needed":                 {"RCPT", 530, gosmtp.EnhancedCode{5, 7, 0}, false, "530 5.7.0"},
		"a server that closes":         {"MAIL", 421, gosmtp.EnhancedCode{4, 3, 2}, false, "421 4.3.2"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(s *server) {
				s.answer = func(command string) error {
					if command != c.command {
						return nil
					}
					return &gosmtp.SMTPError{Code: c.code, EnhancedCode: c.status, Message: "no <ada@example.com>"}
				}
			})
			err := open(t, "smtp://"+s.addr+from+"&tls=off", nil).Send(t.Context(), message)
			if err == nil || refused(err) != c.refused || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v", err)
			}
			if err != nil && strings.Contains(err.Error(), "ada") {
				t.Errorf("%v names the recipient", err)
			}
			if _, mails := s.seen(); len(mails) > 0 {
				t.Error("it was delivered all the same")
			}
		})
	}
}

// TestNoContentWanted refuses the mail before its content.
func TestNoContentWanted(t *testing.T) {
	addr := script(t, map[string]string{"DATA": "554 5.6.0 no"})
	err := open(t, "smtp://"+addr+from+"&tls=off", nil).Send(t.Context(), message)
	if !refused(err) || !strings.Contains(err.Error(), "554 5.6.0") {
		t.Errorf("got %v", err)
	}
}

// TestLostFarewell shows that a mail that the server has taken counts as sent.
func TestLostFarewell(t *testing.T) {
	addr := script(t, map[string]string{"QUIT": ""})
	if err := open(t, "smtp://"+addr+from+"&tls=off", nil).Send(t.Context(), message); err != nil {
		t.Error(err)
	}
}
