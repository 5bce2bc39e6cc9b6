// Package unkey is the wire of Unkey's API in both its versions.
//
// V1 has flat JSON bodies, errors in an "error" object, and statuses and texts as its
// last server had them. V2 wraps answers with the request's id, names errors by URLs,
// and takes POST for everything. Where typed clients could not read what those servers
// sent, it is what they can.
package unkey

import (
	"net/http"
	"time"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/pkg/id"
)

// Reasons of the identity service's faults that need more than their code.
const (
	reasonIdentityUnknown   = "IDENTITY_NOT_FOUND"
	reasonIdentityTaken     = "IDENTITY_ALREADY_EXISTS"
	reasonLimitConflict     = "RATELIMIT_CONFLICT"
	reasonLimitUnknown      = "RATELIMIT_UNKNOWN"
	reasonNamespaceUnknown  = "NAMESPACE_NOT_FOUND"
	reasonOverrideUnknown   = "OVERRIDE_NOT_FOUND"
	reasonAPIUnknown        = "API_NOT_FOUND"
	reasonAPIProtected      = "API_DELETE_PROTECTED"
	reasonKeyUnknown        = "KEY_NOT_FOUND"
	reasonKeyTaken          = "KEY_ALREADY_EXISTS"
	reasonPermissionUnknown = "PERMISSION_NOT_FOUND"
	reasonPermissionTaken   = "PERMISSION_ALREADY_EXISTS"
	reasonRoleUnknown       = "ROLE_NOT_FOUND"
	reasonRoleTaken         = "ROLE_ALREADY_EXISTS"
	reasonQueryInvalid      = "PERMISSION_QUERY_INVALID"
)

// requestIDHeader is v1's; v2 tells the id in its bodies, too.
const requestIDHeader = "Unkey-Request-Id"

func requestID(*http.Request) string { return id.New("req") }

// cors lets any page in, without cookies. The asterisk among the request headers does
// not cover Authorization; the SDK sends further ones of its own.
var cors = &gateway.CORS{
	Origin:          "*",
	Methods:         "GET, HEAD, POST",
	RequestHeaders:  "Authorization, *",
	ResponseHeaders: "Unkey-Request-Id, X-Error-Doc, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After",
	MaxAge:          24 * time.Hour,
}

// tellFault sets the headers that go with a fault's status.
func tellFault(c *gateway.Call) {
	c.TellQuota()
	if c.Status == http.StatusUnauthorized {
		c.Header.Set("WWW-Authenticate", "Bearer")
	}
}
