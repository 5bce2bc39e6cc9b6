package connectionvault

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/oauth2"

	"github.com/holdplane/holdplane/pkg/egress"
	"github.com/holdplane/holdplane/pkg/fault"
)

// maxTold is how many bytes of a provider's words are passed on.
const maxTold = 500

// refusal is why a provider issued nothing.
type refusal struct {
	kind refusalKind
	// code and description are the provider's, fit to be shown. They may be empty.
	code, description string
	// message is our own.
	message string
	// cause is for the log alone; it has nothing of the answer. It may be nil.
	cause error
}

type refusalKind int

const (
	// refused: the provider says no, to these credentials.
	refused refusalKind = iota
	// failed: the provider answered, and neither issued nor refused.
	failed
	// unanswered: there is no answer. The request may have arrived.
	unanswered
	// forbidden: the request was not sent, for where it would have gone.
	forbidden
)

// Error is for logs: it has nothing of the provider's words.
func (r *refusal) Error() string { return r.message }

// Unwrap returns the cause.
func (r *refusal) Unwrap() error { return r.cause }

// passing are the codes that ask to try later.
var passing = []string{"temporarily_unavailable", "server_error", "slow_down", "authorization_pending"}

// otherwise are the codes by which a provider refuses something else than the token.
var otherwise = []string{"invalid_client", "unauthorized_client", "invalid_request", "unsupported_grant_type", "invalid_scope"}

// ofToken says whether the provider may have refused the token itself.
func (r *refusal) ofToken() bool { return r.kind == refused && !slices.Contains(otherwise, r.code) }

// refusalOf reads an error of oauth2. That of an answer repeats its body, in which secrets may
// stand, so nothing of it is wrapped.
func refusalOf(err error, q *inquiry) *refusal {
	var answer *oauth2.RetrieveError
	var outside *egress.Error
	var known *refusal
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &answer):
		return answered(answer.Response.StatusCode, answer.ErrorCode, answer.ErrorDescription, q)
	case !errors.As(err, &outside) && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)):
		return &refusal{kind: unanswered, message: "the provider did not answer in time", cause: err}
	case outside == nil:
		return &refusal{kind: failed, message: "the provider's answer is not one of OAuth with an access token"}
	case errors.Is(outside, egress.ErrForbidden):
		return &refusal{kind: forbidden, message: outside.Message, cause: outside.Cause}
	case errors.Is(outside, egress.ErrUnreachable):
		return &refusal{kind: unanswered, message: outside.Message, cause: outside.Cause}
	}
	return &refusal{kind: failed, message: outside.Message, cause: outside.Cause}
}

func answered(status int, code, description string, q *inquiry) *refusal {
	r := &refusal{kind: failed, code: q.tellable(code), description: q.tellable(description)}
	refuses := status == 400 || status == 401 || status < 300
	if refuses && !slices.Contains(passing, code) {
		r.kind = refused
		r.message = "the provider refused with status " + strconv.Itoa(status)
		return r
	}
	r.message = "the provider failed with status " + strconv.Itoa(status)
	return r
}

// tellable is a text of the provider as others may see it: in one line, not too long, and
// nothing at all where it repeats a secret that it was sent.
func (q *inquiry) tellable(text string) string {
	secrets := []string{q.secret}
	for _, name := range []string{"code", "code_verifier", "refresh_token", "password", "token"} {
		secrets = append(secrets, q.parameters.Get(name))
	}
	for _, s := range secrets {
		if s != "" && (strings.Contains(text, s) || strings.Contains(text, url.QueryEscape(s))) {
			return ""
		}
	}
	return tellable(text)
}

// tellable is a stranger's text in one line, and not too long.
func tellable(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "�"))
	if len(text) > maxTold {
		text = strings.ToValidUTF8(text[:maxTold], "")
	}
	return strings.TrimSpace(text)
}

// fault is what callers are told. Nothing of a provider's is an error of ours.
func (r *refusal) fault(cooldown time.Duration) error {
	var f *fault.Error
	switch r.kind {
	case forbidden:
		return fault.InvalidArgument(reasonEgress, "the provider can't be called: %s", r.message).Because(r.cause)
	case refused:
		f = fault.Unauthenticated(reasonProvider, "%s", r.words())
	default:
		f = fault.Unauthenticated(reasonUnreachable, "%s", r.words())
	}
	if r.code != "" {
		response, err := json.Marshal(map[string]string{"error": r.code, "error_description": r.description})
		if err != nil {
			return err
		}
		f = f.With("error", r.code).With("response", string(response))
	}
	return f.With("cooldown_ms", strconv.FormatInt(cooldown.Milliseconds(), 10)).Because(r.cause)
}

func (r *refusal) words() string {
	words := r.message
	for _, more := range []string{r.code, r.description} {
		if more != "" {
			words += ": " + more
		}
	}
	return words
}
