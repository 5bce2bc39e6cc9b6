package contabo

import (
	"net/http"

	"github.com/holdplane/holdplane/gateway"
)

// tokenDocs explain the errors of the token endpoint.
var tokenDocs = []gateway.ErrorDoc{
	{
		Code: errorRequest, Status: http.StatusBadRequest,
		Title:   "The request is not one that the token endpoint understands.",
		Cause:   "A field of the form is missing or given twice; the client differs between the Authorization header and the form; the body is larger than 64 KiB (413), or no form (415); or the method is not the one in the Allow header (405).",
		Fix:     "POST grant_type, client_id, client_secret, username and password, or for a new token refresh_token, as application/x-www-form-urlencoded. Nothing of it in the URL.",
		Example: `{"error":"invalid_request","error_description":"the parameter grant_type is missing"}`,
	},
	{
		Code: errorClient, Status: http.StatusUnauthorized,
		Title:   "The client is not known, or its secret is wrong.",
		Cause:   "client_id or client_secret is misspelled, the secret was replaced since, or the Authorization header is no HTTP Basic.",
		Fix:     "GET /v1/users/client tells both to whoever still has a token; the operator knows them, too. Then: cntb config set-credentials.",
		Example: `{"error":"unauthorized_client","error_description":"the client is unknown, or its secret is wrong"}`,
	},
	{
		Code: errorGrant, Status: http.StatusUnauthorized,
		Title:   "The login failed, or the refresh token is not valid (400).",
		Cause:   "User and password do not belong together, the user is disabled, five wrong passwords have locked the account for some minutes, or the one-time code that the user needs is missing or used: the answer tells none from the others. A refresh token has expired, was used before, or its user was changed since.",
		Fix:     "Log in with the right password, and totp where the user has a second factor. Who forgot it has it reset: POST /v1/users/{userId}/reset-password. After a bad refresh token log in anew.",
		Example: `{"error":"invalid_grant","error_description":"the name or the password is wrong, or the code is wrong or missing"}`,
	},
	{
		Code: errorGrantType, Status: http.StatusBadRequest,
		Title:   "This kind of grant is not available.",
		Cause:   "grant_type is something else than password and refresh_token.",
		Fix:     "Use one of those. Programs log in as a user of their own.",
		Example: `{"error":"unsupported_grant_type","error_description":"grant_type must be password or refresh_token"}`,
	},
	{
		Code: errorDenied, Status: http.StatusForbidden,
		Title:   "This is not allowed.",
		Cause:   "The message says what is not.",
		Fix:     "Ask the operator.",
		Example: `{"error":"access_denied","error_description":"…"}`,
	},
	{
		Code: errorNotFound, Status: http.StatusNotFound,
		Title:   "Nothing is served at this path.",
		Cause:   "The path is misspelled, names another realm than contabo, or an endpoint of Keycloak's that is not here.",
		Fix:     "The token endpoint is /auth/realms/contabo/protocol/openid-connect/token; certs stands beside it.",
		Example: `{"error":"not_found","error_description":"the only realm here is contabo"}`,
	},
	{
		Code: errorSlowDown, Status: http.StatusTooManyRequests,
		Title:   "Too many logins.",
		Cause:   "More logins were tried from this address, or wait for their turn, than the server admits.",
		Fix:     "Wait as many seconds as the header Retry-After says. Keep tokens until they expire, and refresh them, instead of logging in for every request.",
		Example: `{"error":"slow_down","error_description":"…"}`,
	},
	{
		Code: errorServer, Status: http.StatusInternalServerError,
		Title:   "The server could not do what it should.",
		Cause:   "A defect of the server.",
		Fix:     "Give the operator the X-Request-Id of the answer; the server's log has the cause under it.",
		Example: `{"error":"server_error","error_description":"Internal server error"}`,
	},
	{
		Code: errorUnavailable, Status: http.StatusServiceUnavailable,
		Title:   "A service is not there just now.",
		Cause:   "It is not reachable (503), or did not answer in time (504).",
		Fix:     "This passes: repeat the request after as many seconds as the header Retry-After says.",
		Example: `{"error":"temporarily_unavailable","error_description":"the service is not reachable; try again"}`,
	},
}
