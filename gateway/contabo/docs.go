package contabo

import (
	"net/http"

	"github.com/holdplane/holdplane/gateway"
)

// docs explain the codes of the users, roles and object-storages APIs.
var docs = []gateway.ErrorDoc{
	{
		Code: codeBadRequest, Status: http.StatusBadRequest,
		Title:   "The request is not one that the API understands.",
		Cause:   "A field is missing, has the wrong type or breaks a limit; page or size is no number from 1; x-trace-id is longer than 128 characters or not ASCII; the body is not JSON; or the request is for another host (421).",
		Fix:     "The message names each field at fault, several with commas between them. Change those. Repeating the same request gives the same answer.",
		Example: `{"statusCode":400,"message":"email must be an email, firstName must be longer than or equal to 1 characters"}`,
	},
	{
		Code: codeRequestID, Status: http.StatusBadRequest,
		Title:   "The request has no x-request-id, or it is no UUID.",
		Cause:   "Every request carries one, as at Contabo. It stands in the audits and in the server's log.",
		Fix:     "Send the header x-request-id with a new UUID for each request, such as uuidgen prints.",
		Example: `{"statusCode":400,"message":"x-request-id must be a UUID"}`,
	},
	{
		Code: codeMail, Status: http.StatusBadRequest,
		Title:   "Mails can't be sent here.",
		Cause:   "New users, password resets and verifications need a mail, and the operator has set up no mail server, or no address for the links in mails.",
		Fix:     "The message says what is missing: ask the operator for it, or to set the password with holdplane users set-password.",
		Example: `{"statusCode":400,"message":"…"}`,
	},
	{
		Code: codeUnauthorized, Status: http.StatusUnauthorized,
		Title:   "The request carries no access token, or none that is valid.",
		Cause:   "There is no Authorization header with Bearer; the token has expired, which it does after minutes, was issued for another API, or belongs to a user who was disabled, deleted or changed since.",
		Fix:     "Get a token at /auth/realms/contabo/protocol/openid-connect/token, with the refresh token or by logging in, and repeat the request with it. cntb does so by itself.",
		Example: `{"statusCode":401,"message":"Unauthorized"}`,
	},
	{
		Code: codeForbidden, Status: http.StatusForbidden,
		Title:   "You may not do this.",
		Cause:   "None of your roles grants the action on this API; or the user at stake may do more than you, is you yourself, or is the owner; or the role is a default one.",
		Fix:     "Have somebody who may do more do it, or give you a role that grants it: GET /v1/roles/api-permissions lists what roles can grant.",
		Example: `{"statusCode":403,"message":"you need the permission users.create"}`,
	},
	{
		Code: codeNotFound, Status: http.StatusNotFound,
		Title:   "There is nothing under this id, or at this path.",
		Cause:   "The object never existed, was deleted, or belongs to another customer; the id is not one; or the path is misspelled.",
		Fix:     "Take ids from the list of the same kind. Paths are case-sensitive and end without a slash.",
		Example: `{"statusCode":404,"message":"user not found"}`,
	},
	{
		Code: codeElsewhere, Status: http.StatusNotFound,
		Title:   "Contabo has this, this server does not.",
		Cause:   "Of Contabo's API users, roles, their audits and S3 credentials are served, and object storages can be read. The message says what to do instead, where there is something.",
		Fix:     "Send such requests to Contabo itself. Repeating them here gives the same answer.",
		Example: `{"statusCode":404,"message":"tags is not available here: nothing that is served has tags"}`,
	},
	{
		Code: codeMethod, Status: http.StatusMethodNotAllowed,
		Title:   "The path is right, the method is not.",
		Cause:   "Reads are GET, new objects POST, changes PATCH or PUT, removals DELETE.",
		Fix:     "The Allow header of the answer lists the methods of this path.",
		Example: `{"statusCode":405,"message":"the method is not allowed here"}`,
	},
	{
		Code: codeConflict, Status: http.StatusConflict,
		Title:   "The request contradicts what is there.",
		Cause:   "A user with this email exists already; a role is still assigned to users and can't be deleted; an email is verified already. After a lost answer a repeated create ends here, too: the first one succeeded.",
		Fix:     "Use the user that exists, or another email. Take the role from its users first.",
		Example: `{"statusCode":409,"message":"a user with this email already exists"}`,
	},
	{
		Code: codeTooLarge, Status: http.StatusRequestEntityTooLarge,
		Title:   "The body is too large.",
		Cause:   "It is larger than 1 MiB, which no request of this API needs.",
		Fix:     "Send less at once.",
		Example: `{"statusCode":413,"message":"the body is larger than 1048576 bytes"}`,
	},
	{
		Code: codeMediaType, Status: http.StatusUnsupportedMediaType,
		Title:   "The body is of a type that is not taken.",
		Cause:   "Bodies are JSON, not forms, and not compressed.",
		Fix:     "Send Content-Type: application/json and no Content-Encoding.",
		Example: `{"statusCode":415,"message":"the Content-Type must be application/json"}`,
	},
	{
		Code: codeTooMany, Status: http.StatusTooManyRequests,
		Title:   "A quota is used up.",
		Cause:   "More requests were made than the customer, or the server, admits in a period of time.",
		Fix:     "Wait as many seconds as the header Retry-After says and repeat. RateLimit-Limit, RateLimit-Remaining and RateLimit-Reset tell beforehand.",
		Example: `{"statusCode":429,"message":"the quota of 100 requests a minute is used up; try again in 30 seconds"}`,
	},
	{
		Code: codeInternal, Status: http.StatusInternalServerError,
		Title:   "The server could not do what it should.",
		Cause:   "A defect of the server.",
		Fix:     "Give the operator the x-request-id; the server's log has the cause under it.",
		Example: `{"statusCode":500,"message":"Internal server error"}`,
	},
	{
		Code: codeUnavailable, Status: http.StatusServiceUnavailable,
		Title:   "A service is not there just now.",
		Cause:   "It is not reachable (503), or did not answer in time (504).",
		Fix:     "This passes: repeat the request, with growing pauses. After a 504 look first whether it was done.",
		Example: `{"statusCode":503,"message":"the service is not reachable; try again"}`,
	},
}
