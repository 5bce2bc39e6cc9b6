package mail

import (
	"errors"
	"fmt"
	"net/textproto"
	"regexp"

	"github.com/wneessen/go-mail/smtp"
)

// errStrange stands for errors of the library that repeat what the server said.
var errStrange = errors.New("the server's answer is not SMTP")

// enhanced is the code that servers put before an answer's text; RFC 2034.
var enhanced = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}\b`)

// answer is a server's, without its text.
type answer struct {
	code     int
	enhanced string // such as 5.1.1; empty if the server gives none
}

// Error returns the codes.
func (a answer) Error() string {
	if a.enhanced == "" {
		return fmt.Sprintf("the server answers %d", a.code)
	}
	return fmt.Sprintf("the server answers %d %s", a.code, a.enhanced)
}

// said takes a server's words out of an error.
func said(err error) error {
	var reply *textproto.Error
	var strange textproto.ProtocolError
	switch {
	case errors.As(err, &reply):
		return answer{code: reply.Code, enhanced: enhanced.FindString(reply.Msg)}
	case errors.As(err, &strange), errors.Is(err, smtp.ErrUnexpectedServerResponse):
		return errStrange
	}
	return err
}

// permanent tells whether the server will answer the same tomorrow. 53x are about TLS and
// login, which whoever runs Holdplane can put right.
func permanent(err error) bool {
	var a answer
	return errors.As(err, &a) && a.code/100 == 5 && a.code/10 != 53
}
