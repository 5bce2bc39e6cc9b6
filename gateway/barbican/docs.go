package barbican

import (
	"net/http"

	"github.com/holdplane/holdplane/gateway"
)

// docs explain the codes to whoever gets one.
var docs = []gateway.ErrorDoc{
	{
		Code: gateway.NameOf(http.StatusBadRequest), Status: http.StatusBadRequest,
		Title:   "The request is not one that the API understands.",
		Cause:   "The body is no JSON, or its first 25,000 bytes are none; a member is missing, has the wrong type or breaks a limit; a secret_ref is not one of this installation; a filter or an order is malformed; the microversion is no version; or the request is for another host (421).",
		Fix:     "The description names the schema, what breaks it and the property. Change that: repeating the same request gives the same answer.",
		Example: `{"code":400,"title":"Bad Request","description":"` + mismatchText(consumerName, "'URL' is a required property", "") + `"}`,
	},
	{
		Code: gateway.NameOf(http.StatusUnauthorized), Status: http.StatusUnauthorized,
		Title:   "There is no token, or it is not valid.",
		Cause:   "X-Auth-Token is missing, given twice, unknown, expired or revoked.",
		Fix:     "Get a token of the project at POST /v3/auth/tokens: the header WWW-Authenticate says where.",
		Example: `{"error":{"code":401,"title":"Unauthorized","message":"` + noToken + `"},"code":401,"title":"Unauthorized","description":"` + noToken + `"}`,
	},
	{
		Code: gateway.NameOf(http.StatusForbidden), Status: http.StatusForbidden,
		Title:   "The token may not do this.",
		Cause:   "Its roles don't have the operation that the description names; the secret or container is another project's or private, and its access control list does not name the user; or a quota of the project has been reached.",
		Fix:     "Have the project's administrator give the user a role that may, or the owner name the user in the access control list; delete what is not needed, or have the quota raised.",
		Example: `{"code":403,"title":"Forbidden","description":"Secret retrieval attempt not allowed - please review your user/project privileges"}`,
	},
	{
		Code: gateway.NameOf(http.StatusNotFound), Status: http.StatusNotFound,
		Title:   "There is nothing under this id, or at this path.",
		Cause:   "The object never existed, was deleted or has expired; it is another project's order; or nothing of the Key Manager API is at this path. Some parts of it need what this installation does not have: the description says so.",
		Fix:     "Check the reference, and that the token is of the right project.",
		Example: `{"code":404,"title":"Not Found","description":"Secret not found."}`,
	},
	{
		Code: gateway.NameOf(http.StatusMethodNotAllowed), Status: http.StatusMethodNotAllowed,
		Title:   "The path is right, the method is not.",
		Cause:   "Nothing at this path answers the method. Secrets and orders can't be changed.",
		Fix:     "The Allow header of the answer lists the methods of this path.",
		Example: `{"code":405,"title":"Method Not Allowed","description":""}`,
	},
	{
		Code: gateway.NameOf(http.StatusNotAcceptable), Status: http.StatusNotAcceptable,
		Title:   "The answer is not of a type that the client accepts.",
		Cause:   "Accept allows no application/json; or the payload is of another type than the one asked for. A microversion that does not exist gets this answer, too, and so does a method that a path does not have, when only application/json is accepted.",
		Fix:     "Send Accept: application/json, and for payloads the type that content_types of the secret names. Microversions go from 1.0 to 1.2.",
		Example: `{"code":406,"title":"Not Acceptable","description":"Secret payload retrieval issue seen - Wrong payload content-type."}`,
	},
	{
		Code: gateway.NameOf(http.StatusConflict), Status: http.StatusConflict,
		Title:   "This is there already.",
		Cause:   "The secret has a payload, which never changes; the container has the secret under that name; the metadata has the key, or the keys in path and body differ.",
		Fix:     "Make another secret, or choose another name or key.",
		Example: `{"code":409,"title":"Conflict","description":"Secret already has data, cannot modify it."}`,
	},
	{
		Code: gateway.NameOf(http.StatusRequestEntityTooLarge), Status: http.StatusRequestEntityTooLarge,
		Title:   "The payload or the body is too large.",
		Cause:   "Payloads end at 20,000 bytes as they are sent, bodies at 1 MiB.",
		Fix:     "Keep less: a key to what is encrypted elsewhere, for instance.",
		Example: `{"code":413,"title":"Request Entity Too Large","description":"Provided information too large to process"}`,
	},
	{
		Code: gateway.NameOf(http.StatusUnsupportedMediaType), Status: http.StatusUnsupportedMediaType,
		Title:   "The body is of a type that is not read here.",
		Cause:   "Bodies are application/json; those of PUT /v1/secrets/{id} are text/plain or application/octet-stream.",
		Fix:     "Send the Content-Type that the description lists.",
		Example: `{"code":415,"title":"Unsupported Media Type","description":"Unexpected content type. Expected content types are: ['application/json']"}`,
	},
	{
		Code: gateway.NameOf(http.StatusTooManyRequests), Status: http.StatusTooManyRequests,
		Title:   "Too much was asked in too short a time.",
		Cause:   "The tenant's quota of requests is used up.",
		Fix:     "Wait as many seconds as the header Retry-After says, and repeat.",
		Example: `{"code":429,"title":"Too Many Requests","description":"…"}`,
	},
	{
		Code: gateway.NameOf(http.StatusInternalServerError), Status: http.StatusInternalServerError,
		Title:   "The server could not do what it should.",
		Cause:   "It has a defect.",
		Fix:     "Give the operator the id in the header X-Openstack-Request-Id; the server's log has the cause under it.",
		Example: `{"code":500,"title":"Internal Server Error","description":"Secret creation failure seen - please contact site administrator."}`,
	},
	{
		Code: gateway.NameOf(http.StatusServiceUnavailable), Status: http.StatusServiceUnavailable,
		Title:   "A part of the server can't be reached.",
		Cause:   "A service is not reachable, or did not answer in time (504).",
		Fix:     "This passes: repeat the request after as many seconds as the header Retry-After says.",
		Example: `{"code":503,"title":"Service Unavailable","description":"…"}`,
	},
}
