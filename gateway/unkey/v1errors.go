package unkey

import (
	"errors"
	"net/http"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

// The codes. Typed clients admit exactly one per status, so RATE_LIMITED, which the
// server sent with 429, is TOO_MANY_REQUESTS as in its OpenAPI document, and
// UNAUTHORIZED comes with 401, not 403. EXPIRED, DISABLED and the like are verdicts of
// verifyKey only, which come with 200.
const (
	codeBadRequest   = "BAD_REQUEST"
	codeUnauthorized = "UNAUTHORIZED"
	codeForbidden    = "FORBIDDEN"
	codeNotFound     = "NOT_FOUND"
	codeMethod       = "METHOD_NOT_ALLOWED"
	codeConflict     = "CONFLICT"
	codePrecondition = "PRECONDITION_FAILED"
	codeProtected    = "DELETE_PROTECTED"
	codeTooMany      = "TOO_MANY_REQUESTS"
	codeInternal     = "INTERNAL_SERVER_ERROR"
)

// codeByStatus holds the statuses with a code of their own. Others are BAD_REQUEST below
// 500 and INTERNAL_SERVER_ERROR from there.
var codeByStatus = map[int]string{
	http.StatusUnauthorized:       codeUnauthorized,
	http.StatusForbidden:          codeForbidden,
	http.StatusNotFound:           codeNotFound,
	http.StatusMethodNotAllowed:   codeMethod,
	http.StatusConflict:           codeConflict,
	http.StatusPreconditionFailed: codePrecondition,
	http.StatusTooManyRequests:    codeTooMany,
}

// codeByReason comes before codeByStatus. In the OpenAPI document apis.deleteApi has a
// 412 of its own.
var codeByReason = map[string]string{
	reasonAPIProtected: codeProtected,
}

// textByReason holds the server's texts for what services word in their own.
var textByReason = map[string]string{
	fault.ReasonCredentialAbsent: "key required",
	fault.ReasonCredentialBad:    "key not found",
	fault.ReasonCredentialKind:   "root key required",
}

// docsURL is where the product's answers point; ours are behind X-Error-Doc.
const docsURL = "https://unkey.dev/docs/api-reference/errors/code/"

type envelope struct {
	Error problem `json:"error"`
}

type problem struct {
	Code      string `json:"code"`
	Docs      string `json:"docs"`
	Message   string `json:"message"`
	RequestID string `json:"requestId"`
}

func failV1(dst []byte, c *gateway.Call, f *fault.Error) []byte {
	if f.Reason == reasonLimitUnknown {
		c.Status = http.StatusBadRequest
	}
	c.ErrorCode = codeOf(c.Status, f.Reason)
	tellFault(c)
	p := problem{Code: c.ErrorCode, Docs: docsURL + c.ErrorCode, Message: text(c, f), RequestID: c.RequestID}
	return gateway.AppendJSON(dst, envelope{p})
}

func codeOf(status int, reason string) string {
	if code, ok := codeByReason[reason]; ok {
		return code
	}
	if code, ok := codeByStatus[status]; ok {
		return code
	}
	if status < http.StatusInternalServerError {
		return codeBadRequest
	}
	return codeInternal
}

// text is the message: "<path>: <reason>" of the first problem for bad input.
func text(c *gateway.Call, f *fault.Error) string {
	if t, ok := textByReason[f.Reason]; ok {
		return t
	}
	var p *wirejson.Problem
	switch {
	case errors.As(f, &p):
		if fromQuery := c.Request.Method != http.MethodPost; fromQuery && p.Kind == wirejson.KindType {
			p = &wirejson.Problem{Kind: p.Kind, Path: p.Path, Want: p.Want, Got: "nan"} // zod coerces
		}
		return ofProblem(p)
	case len(f.Violations) > 0:
		v := f.Violations[0]
		return c.Path(v.Field).String() + ": " + ofViolation(v)
	}
	return f.Message
}
