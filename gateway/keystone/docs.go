package keystone

import (
	"net/http"

	"github.com/holdplane/holdplane/gateway"
)

// docs explain the codes to whoever gets one.
var docs = []gateway.ErrorDoc{
	{
		Code: gateway.NameOf(http.StatusBadRequest), Status: http.StatusBadRequest,
		Title:   "The request is not one that the API understands.",
		Cause:   "The body is not a JSON object, or a member is missing, has the wrong type or breaks a limit; or the request is for another host (421).",
		Fix:     "The message names the member. Change it and send Content-Type: application/json. Repeating the same request gives the same answer.",
		Example: `{"error":{"code":400,"message":"` + expecting("auth", "request body") + `","title":"Bad Request"}}`,
	},
	{
		Code: gateway.NameOf(http.StatusUnauthorized), Status: http.StatusUnauthorized,
		Title:   "There is no token, or what should get one is not right.",
		Cause:   "X-Auth-Token is missing, given twice, unknown, expired or revoked. For POST /v3/auth/tokens: the user, the domain, the password, the one-time code, the application credential or the project is not right; which one is not told. A user with a second factor needs the methods password and totp. If the error has identity.methods, one of the methods asked for does not exist.",
		Fix:     "Get a new token at POST /v3/auth/tokens. The domain is Default; the project is the tenant. openstack --debug token issue shows what a client sends.",
		Example: `{"error":{"code":401,"message":"` + unauthenticated + `","title":"Unauthorized"}}`,
	},
	{
		Code: gateway.NameOf(http.StatusForbidden), Status: http.StatusForbidden,
		Title:   "The token may not do this.",
		Cause:   "The token is valid, but its user lacks the permission that the message names, the token is for no project, or it was made with an application credential, which manages no application credentials.",
		Fix:     "Get a token for the project, by password where application credentials are to be managed; or have an administrator give the user a role that has the permission.",
		Example: `{"error":{"code":403,"message":"` + forbidden("create_application_credential") + `","title":"Forbidden"}}`,
	},
	{
		Code: gateway.NameOf(http.StatusNotFound), Status: http.StatusNotFound,
		Title:   "There is nothing under this id, or at this path.",
		Cause:   "The object never existed, was deleted, or is another project's or user's. “Could not recognize Fernet token”: X-Subject-Token is no token; “Failed to validate token”: it is none any more. Of the Identity API only tokens, the catalog, projects and application credentials are served.",
		Fix:     "Check the id, and that the token is of the same project and user.",
		Example: `{"error":{"code":404,"message":"` + unknownToken + `","title":"Not Found"}}`,
	},
	{
		Code: gateway.NameOf(http.StatusMethodNotAllowed), Status: http.StatusMethodNotAllowed,
		Title:   "The path is right, the method is not.",
		Cause:   "Nothing at this path answers the method.",
		Fix:     "The Allow header of the answer lists the methods of this path.",
		Example: `{"error":{"code":405,"message":"The method is not allowed for the requested URL.","title":"Method Not Allowed"}}`,
	},
	{
		Code: gateway.NameOf(http.StatusConflict), Status: http.StatusConflict,
		Title:   "The name is in use.",
		Cause:   "The user has an application credential of this name.",
		Fix:     "Choose another name, or delete the application credential first. Its secret can't be read again.",
		Example: `{"error":{"code":409,"message":"` + conflict("ci") + `","title":"Conflict"}}`,
	},
	{
		Code: gateway.NameOf(http.StatusRequestEntityTooLarge), Status: http.StatusRequestEntityTooLarge,
		Title:   "The body is too large.",
		Cause:   "Bodies end at 112 KiB.",
		Fix:     "Send a smaller one. No request of this API needs that much.",
		Example: `{"error":{"code":413,"message":"Request is too large.","title":"Request Entity Too Large"}}`,
	},
	{
		Code: gateway.NameOf(http.StatusUnsupportedMediaType), Status: http.StatusUnsupportedMediaType,
		Title:   "The body is of a type that is not read.",
		Cause:   "The Content-Type is not application/json, or the body is compressed.",
		Fix:     "Send Content-Type: application/json and a body that is not compressed.",
		Example: `{"error":{"code":415,"message":"` + expecting("application/json", "Content-Type header") + `","title":"Unsupported Media Type"}}`,
	},
	{
		Code: gateway.NameOf(http.StatusTooManyRequests), Status: http.StatusTooManyRequests,
		Title:   "Too much was asked in too short a time.",
		Cause:   "Too many logins were wrong, too many are under way, or the tenant's quota is used up.",
		Fix:     "Wait as many seconds as the header Retry-After says, and repeat.",
		Example: `{"error":{"code":429,"message":"…","title":"Too Many Requests"}}`,
	},
	{
		Code: gateway.NameOf(http.StatusInternalServerError), Status: http.StatusInternalServerError,
		Title:   "The server could not do what it should.",
		Cause:   "It has a defect.",
		Fix:     "Give the operator the id in the header X-Openstack-Request-Id; the server's log has the cause under it.",
		Example: `{"error":{"code":500,"message":"An unexpected error prevented the server from fulfilling your request.","title":"Internal Server Error"}}`,
	},
	{
		Code: gateway.NameOf(http.StatusServiceUnavailable), Status: http.StatusServiceUnavailable,
		Title:   "A part of the server can't be reached.",
		Cause:   "A service is not reachable, did not answer in time (504), or can't count logins now: none is let in uncounted.",
		Fix:     "This passes: repeat the request after as many seconds as the header Retry-After says.",
		Example: `{"error":{"code":503,"message":"…","title":"Service Unavailable"}}`,
	},
}
