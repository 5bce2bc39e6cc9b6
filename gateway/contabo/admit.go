package contabo

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/google/uuid"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/pkg/fault"
)

// The headers that clients send beside their credential, in the spelling of net/http.
const (
	requestIDHeader = "X-Request-Id"
	traceIDHeader   = "X-Trace-Id"
)

const (
	reasonRequestID = "REQUEST_ID_INVALID"
	reasonTraceID   = "TRACE_ID_INVALID"
)

// uuidForm is the pattern of x-request-id in Contabo's OpenAPI document.
var uuidForm = regexp.MustCompile(`^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-5][0-9A-Fa-f]{3}-[089abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$`)

// requestID is the client's, or where that is none, one by which the answer that says so is
// found in the log.
func requestID(r *http.Request) string {
	if ids := r.Header[requestIDHeader]; len(ids) == 1 && uuidForm.MatchString(ids[0]) {
		return ids[0]
	}
	return uuid.NewString()
}

// admit refuses what is wrong with a request's headers. Who does not even send a credential
// is told of nothing else: Contabo's server is built on NestJS, whose guards run before the
// pipes that validate.
func admit(c *gateway.Call) error {
	h := c.Request.Header
	scheme, token, _ := strings.Cut(h.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "bearer") || strings.TrimSpace(token) == "" {
		return fault.Unauthenticated(fault.ReasonCredentialAbsent, "send Authorization with Bearer and an access token")
	}
	if ids := h[requestIDHeader]; len(ids) != 1 || ids[0] != c.RequestID {
		return fault.InvalidArgument(reasonRequestID, "x-request-id must be a UUID")
	}
	if !traceable(h.Get(traceIDHeader)) {
		return fault.InvalidArgument(reasonTraceID, "x-trace-id must be at most %d printable ASCII characters", maxTraceID)
	}
	return nil
}

// maxTraceID bounds what every audit entry of a request repeats.
const maxTraceID = 128

// traceable tells whether a trace id can travel in gRPC metadata and stand in audits.
func traceable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return len(s) <= maxTraceID
}
