package pages

import (
	"errors"
	"log/slog"
	"net/http"

	"google.golang.org/grpc/codes"

	"github.com/holdplane/holdplane/pkg/fault"
)

// requestIDHeader is what the gateway has set before.
const requestIDHeader = "X-Request-Id"

// retryAfter is in seconds, by status: what the pages' words say.
var retryAfter = map[int]string{http.StatusServiceUnavailable: "60", http.StatusTooManyRequests: "300"}

// fail answers with what went wrong, in the pages' own words.
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
	err = v.show(status, "failure", said.Title, failure{Text: said.Text, RequestID: id})
	if err != nil { // its strings always render
		http.Error(v.w, said.Text, status)
	}
}

// failure is the body of the page.
type failure struct{ Text, RequestID string }

// judge returns the status of an error and what is said of it.
func (v *visit) judge(err error, f *fault.Error) (int, notice) {
	w := v.words()
	switch {
	case errors.Is(err, errMethod):
		return http.StatusMethodNotAllowed, w.Misfit
	case errors.As(err, new(*http.MaxBytesError)):
		return http.StatusRequestEntityTooLarge, w.Misfit
	case errors.Is(err, errClosed):
		return http.StatusNotFound, w.MailsClosed
	}
	switch f.Code {
	case codes.NotFound:
		return http.StatusNotFound, w.Unknown
	case codes.AlreadyExists: // since the link was mailed
		return http.StatusConflict, w.Taken
	case codes.InvalidArgument:
		return http.StatusBadRequest, w.Misfit
	case codes.ResourceExhausted:
		return http.StatusTooManyRequests, w.Busy
	case codes.Unavailable, codes.DeadlineExceeded, codes.Canceled:
		return http.StatusServiceUnavailable, w.Away
	}
	return http.StatusInternalServerError, w.Failed
}
