package connect

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/holdplane/holdplane/pkg/fault"
)

// requestIDHeader is what the gateway has set before.
const requestIDHeader = "X-Request-Id"

// retryAfter is in seconds, by status: what the pages' words say.
var retryAfter = map[int]string{http.StatusServiceUnavailable: "60", http.StatusTooManyRequests: "300"}

// errForged refuses a form that is not from the session's page.
var errForged = errors.New("the form is not from this session's page")

// pageable reports whether a fault is for whoever filled in a form: what it says is shown on
// the form's page.
func pageable(f *fault.Error) bool {
	switch f.Code {
	case codes.InvalidArgument, codes.FailedPrecondition, codes.AlreadyExists:
		return true
	case codes.Unauthenticated: // it may be the provider that refuses, and not us
		return strings.HasPrefix(f.Reason, "PROVIDER_")
	}
	return false
}

// failure is the body of the page.
type failure struct{ Text, RequestID string }

// fail answers with what went wrong, in the pages' own words: what a service says may repeat
// what others wrote.
func (v *visit) fail(err error) {
	f := fault.From(err)
	status, said := v.judge(err, f)
	id := v.w.Header().Get(requestIDHeader)
	if known := (*fault.Error)(nil); !errors.As(err, &known) && status >= http.StatusInternalServerError {
		v.Log.LogAttrs(v.r.Context(), slog.LevelWarn, "page failed", slog.String("error", err.Error()), slog.String("request_id", id))
	}
	if wait, ok := retryAfter[status]; ok {
		v.w.Header().Set("Retry-After", wait)
	}
	if status < http.StatusInternalServerError {
		id = "" // nothing to look for in a log
	}
	if err = v.show(status, "failure", said.Title, failure{Text: said.Text, RequestID: id}); err != nil { // its strings always render
		http.Error(v.w, said.Text, status)
	}
}

// judge returns the status of an error and what is said of it.
func (v *visit) judge(err error, f *fault.Error) (int, notice) {
	w := v.words()
	switch {
	case errors.Is(err, errMethod):
		return http.StatusMethodNotAllowed, w.Misfit
	case errors.Is(err, errForged):
		return http.StatusForbidden, w.Forged
	case errors.Is(err, errUnknown):
		return http.StatusNotFound, w.Unknown
	case errors.As(err, new(*http.MaxBytesError)):
		return http.StatusRequestEntityTooLarge, w.TooLarge
	}
	switch f.Code {
	case codes.NotFound:
		return http.StatusNotFound, w.Unknown
	case codes.Unauthenticated:
		return http.StatusUnauthorized, w.Ended
	case codes.PermissionDenied:
		return http.StatusForbidden, w.Denied
	case codes.InvalidArgument:
		return http.StatusBadRequest, w.BadLink
	case codes.FailedPrecondition, codes.AlreadyExists, codes.Aborted:
		return http.StatusUnprocessableEntity, w.Unready
	case codes.ResourceExhausted:
		return http.StatusTooManyRequests, w.Busy
	case codes.Unavailable, codes.DeadlineExceeded, codes.Canceled:
		return http.StatusServiceUnavailable, w.Away
	}
	return http.StatusInternalServerError, w.Failed
}
