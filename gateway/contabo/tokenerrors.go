package contabo

import (
	"net/http"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/pkg/fault"
)

// Reasons of the faults of TokenService that need more than their code.
const (
	reasonClientUnknown    = "CLIENT_UNKNOWN"
	reasonGrantUnsupported = "GRANT_UNSUPPORTED"
	reasonParameterMissing = "PARAMETER_MISSING"
	reasonLoginRefused     = "INVALID_GRANT"
	reasonRefreshInvalid   = "REFRESH_INVALID"
)

// reasonClientTwice is a client that is given by header and form, and differs.
const reasonClientTwice = "CLIENT_TWICE"

// The errors, as RFC 6749 and RFC 8628 name them. Keycloak says unauthorized_client where
// the former has invalid_client.
const (
	errorRequest     = "invalid_request"
	errorClient      = "unauthorized_client"
	errorGrant       = "invalid_grant"
	errorGrantType   = "unsupported_grant_type"
	errorDenied      = "access_denied"
	errorNotFound    = "not_found"
	errorSlowDown    = "slow_down"
	errorServer      = "server_error"
	errorUnavailable = "temporarily_unavailable"
)

// refusal is what a reason is answered with.
type refusal struct {
	status int
	name   string
}

// refusals come before tokenErrors.
var refusals = map[string]refusal{
	reasonClientUnknown:    {http.StatusUnauthorized, errorClient},
	reasonGrantUnsupported: {http.StatusBadRequest, errorGrantType},
	reasonParameterMissing: {http.StatusBadRequest, errorRequest},
	reasonLoginRefused:     {http.StatusUnauthorized, errorGrant},
	reasonRefreshInvalid:   {http.StatusBadRequest, errorGrant},
}

// tokenErrors are the errors by status. Others are invalid_request below 500 and
// server_error from there.
var tokenErrors = map[int]string{
	http.StatusUnauthorized:       errorGrant,
	http.StatusForbidden:          errorDenied,
	http.StatusNotFound:           errorNotFound,
	http.StatusTooManyRequests:    errorSlowDown,
	http.StatusServiceUnavailable: errorUnavailable,
	http.StatusGatewayTimeout:     errorUnavailable,
}

// shortly is in how many seconds to repeat what could not be done just now.
const shortly = "5"

// busy are the reasons for which that holds of a login: others are under way. Limits on
// wrong ones last longer.
var busy = map[string]bool{"LOGINS_BUSY": true, "PASSWORDS_BUSY": true}

type tokenEnvelope struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

func failToken(dst []byte, c *gateway.Call, f *fault.Error) []byte {
	e := tokenEnvelope{Error: refuse(c, f), Description: f.Message}
	c.ErrorCode = e.Error
	noStore(c)
	c.TellQuota()
	switch e.Error {
	case errorClient:
		c.Header.Set("WWW-Authenticate", `Basic realm="contabo"`)
	case errorUnavailable:
		c.Header.Set("Retry-After", shortly)
	case errorSlowDown:
		if busy[f.Reason] {
			c.Header.Set("Retry-After", shortly)
		}
	}
	if e.Error == errorServer {
		e.Description = internalText
	}
	return gateway.AppendJSON(dst, e)
}

// refuse sets the status of a fault, and returns its error.
func refuse(c *gateway.Call, f *fault.Error) string {
	if r, ok := refusals[f.Reason]; ok {
		c.Status = r.status
		return r.name
	}
	if c.Status == http.StatusPreconditionFailed {
		c.Status = http.StatusBadRequest
	}
	if name, ok := tokenErrors[c.Status]; ok {
		return name
	}
	if c.Status < http.StatusInternalServerError {
		return errorRequest
	}
	return errorServer
}
