package egress

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/url"
)

// Kinds of errors.
var (
	// ErrForbidden says that the URL, or where it leads, is not to be called, or that its host
	// does not exist. Nothing was sent there. It is the mistake of who wrote the URL.
	ErrForbidden = errors.New("egress: forbidden")
	// ErrRedirect says that the server answered with a redirect that is not followed.
	ErrRedirect = errors.New("egress: redirect")
	// ErrTooLarge says that the answer has a longer body than Options.MaxBody.
	ErrTooLarge = errors.New("egress: too large")
	// ErrUnreachable says that there is no answer: no connection, no valid certificate, none
	// in time, or not HTTP. The request may have arrived. A later one may succeed.
	ErrUnreachable = errors.New("egress: unreachable")
)

// Error is why a call has no answer. errors.Is finds its kind.
type Error struct {
	// Kind is one of the package's sentinels.
	Kind error
	// Message tells the tenant what to change. It names hosts as they stand in the URL, and
	// no address that they lead to.
	Message string
	// Cause may be nil. It is for the operator alone: it may name addresses.
	Cause error
}

func (e *Error) Error() string { return e.Message }

// Unwrap returns the kind and the cause.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Cause}
}

func forbid(message string) *Error { return &Error{Kind: ErrForbidden, Message: message} }

// notPublic is the one answer about a name without any address and about one that leads
// inside: the difference would tell strangers which names our network has.
func notPublic(host string, cause error) *Error {
	return &Error{
		Kind: ErrForbidden, Cause: cause,
		Message: host + " may not be called; use a host with a public address, by https on port 443 or 8443",
	}
}

// unanswered is the error of a call to host whose answer did not come.
func unanswered(host string, err error) error {
	var known *Error
	var timeout net.Error
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &known):
		return known // what is around it names addresses
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return &Error{Kind: ErrUnreachable, Message: host + " did not answer in time", Cause: err}
	case errors.As(err, &certificate):
		return &Error{Kind: ErrUnreachable, Message: "the certificate of " + host + " is not valid for it", Cause: err}
	}
	return &Error{Kind: ErrUnreachable, Message: host + " can't be reached, or does not answer as an HTTP server", Cause: err}
}

// plainly takes away what http.Client wraps around errors: the URL with its query.
func plainly(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	// What is left is http.Client's own: a Location header that it can't read.
	return &Error{Kind: ErrRedirect, Message: "the server redirects to a malformed URL", Cause: err}
}
