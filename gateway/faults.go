package gateway

import (
	"errors"
	"net/http"

	"google.golang.org/grpc/codes"

	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

// Reasons of the faults that the gateway itself finds. Services' own come beside them.
const (
	ReasonRoute     = "ROUTE_UNKNOWN"
	ReasonElsewhere = "NOT_AVAILABLE_HERE"
	ReasonMethod    = "METHOD_NOT_ALLOWED"
	ReasonHost      = "HOST_REFUSED"
	ReasonHeader    = "HEADER_REPEATED"
	ReasonOrigin    = "ORIGIN_REFUSED"
	ReasonQuery     = "QUERY_MALFORMED"
	ReasonBody      = "BODY_UNREADABLE"
	ReasonMediaType = "MEDIA_TYPE_REFUSED"
	ReasonEncoding  = "CONTENT_ENCODING_REFUSED"
)

// statusByReason comes before statusByCode.
var statusByReason = map[string]int{
	ReasonMethod:         http.StatusMethodNotAllowed,
	ReasonHost:           http.StatusMisdirectedRequest,
	ReasonMediaType:      http.StatusUnsupportedMediaType,
	ReasonEncoding:       http.StatusUnsupportedMediaType,
	fault.ReasonTooLarge: http.StatusRequestEntityTooLarge,
}

// statusByCode is the usual status of a fault; 500 for the codes not listed.
// Unimplemented is 404, not 501: clients repeat every 5xx, and repeating does not help.
var statusByCode = map[codes.Code]int{
	codes.Canceled:           StatusClientClosedRequest,
	codes.InvalidArgument:    http.StatusBadRequest,
	codes.OutOfRange:         http.StatusBadRequest,
	codes.Unauthenticated:    http.StatusUnauthorized,
	codes.PermissionDenied:   http.StatusForbidden,
	codes.NotFound:           http.StatusNotFound,
	codes.Unimplemented:      http.StatusNotFound,
	codes.AlreadyExists:      http.StatusConflict,
	codes.Aborted:            http.StatusConflict,
	codes.FailedPrecondition: http.StatusPreconditionFailed,
	codes.ResourceExhausted:  http.StatusTooManyRequests,
	codes.Unavailable:        http.StatusServiceUnavailable,
	codes.DeadlineExceeded:   http.StatusGatewayTimeout,
}

// StatusClientClosedRequest is the status in the log when the client went away. Nobody
// receives it.
const StatusClientClosedRequest = 499

func statusOf(f *fault.Error) int {
	if s, ok := statusByReason[f.Reason]; ok {
		return s
	}
	if s, ok := statusByCode[f.Code]; ok {
		return s
	}
	return http.StatusInternalServerError
}

// badInput makes a fault of what the codec found wrong with the input, and leaves other
// errors, and none, as they are. Dialects find
// the *wirejson.Problem in it with errors.As, to say it in their product's words.
func badInput(err error) error {
	if err == nil {
		return nil // before what errors.As has allocated
	}
	var p *wirejson.Problem
	if known := (*fault.Error)(nil); errors.As(err, &known) || !errors.As(err, &p) {
		return err
	}
	return fault.InvalidArgument(fault.ReasonInvalid, "%s", describe(p)).Because(p)
}

// inputWords say what is wrong with an input for dialects that have no words of their
// own.
var inputWords = map[wirejson.Kind]string{
	wirejson.KindEmpty:      "empty",
	wirejson.KindSyntax:     "not JSON",
	wirejson.KindTrailing:   "something stands behind the JSON value",
	wirejson.KindUTF8:       "not valid UTF-8",
	wirejson.KindDepth:      "nested too deep",
	wirejson.KindDuplicate:  "given more than once",
	wirejson.KindNull:       "must not be null",
	wirejson.KindMissing:    "required",
	wirejson.KindUnknown:    "unknown field",
	wirejson.KindNotInteger: "must be an integer",
	wirejson.KindRange:      "out of range",
	wirejson.KindSize:       "too many elements",
}

// describe names the place and the problem, and no value.
func describe(p *wirejson.Problem) string {
	text, ok := inputWords[p.Kind]
	if !ok {
		text = "malformed"
		if p.Want != "" {
			text = "expected " + p.Want
		}
	}
	if len(p.Path) == 0 {
		return "body: " + text
	}
	return p.Path.String() + ": " + text
}
