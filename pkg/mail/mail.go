// Package mail sends mail: SMTP does over TLS, and Box keeps it where there is no server.
//
// Errors tell neither passwords nor addresses, so they may be logged: of a server's answer
// they have the codes, and not the text, which may repeat what it was sent.
package mail

import (
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrRefused is in the error of a mail that no retry can help: the server refuses the
// recipient or the content for good, or the message itself is wrong.
var ErrRefused = errors.New("refused for good")

// Message is a mail to one recipient. Text and HTML say the same: both are sent, and the
// recipient's program shows one.
type Message struct {
	// To is an address without a name, such as ada@example.com.
	To string
	// Subject is UTF-8 without control characters.
	Subject string
	Text    string
	HTML    string
}

// Sender sends mail. A mail may arrive more than once when its sender reports an error,
// which is worth a retry unless it is an ErrRefused. It is safe for concurrent use.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// check refuses what would break out of its header.
func (m Message) check() error {
	to, err := netmail.ParseAddress(m.To)
	switch {
	case err != nil || to.Address != m.To || unprintable(m.To):
		return fmt.Errorf("mail: %w: the recipient is not one address", ErrRefused)
	case unprintable(m.Subject):
		return fmt.Errorf("mail: %w: the subject has control characters or is no UTF-8", ErrRefused)
	}
	return nil
}

func unprintable(s string) bool {
	return !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl)
}
