package unkey

import (
	"net/http"

	"github.com/holdplane/holdplane/gateway"
)

// docsV1 explain the codes of v1 to whoever gets one.
var docsV1 = []gateway.ErrorDoc{
	{
		Code: codeBadRequest, Status: http.StatusBadRequest,
		Title:   "The request is not one that the API understands.",
		Cause:   "A field is missing, has the wrong type or breaks a limit; or the body is not JSON, is larger than 1 MiB (413), is compressed or of another Content-Type (415), or the request is for another host (421).",
		Fix:     "The message begins with the path of the first field at fault. Change that field, send Content-Type: application/json and an uncompressed body. Repeating the same request gives the same answer.",
		Example: `{"error":{"code":"BAD_REQUEST","message":"externalId: String must contain at least 3 character(s)","requestId":"req_…"}}`,
	},
	{
		Code: codeUnauthorized, Status: http.StatusUnauthorized,
		Title:   "The request carries no root key, or none that is known.",
		Cause:   "“key required”: there is no Authorization header, or it does not begin with Bearer. “key not found”: the key does not exist, was revoked or has expired. “root key required”: the credential is of another kind.",
		Fix:     "Send Authorization: Bearer and a root key of this installation. The operator lists and creates them with: holdplane keys.",
		Example: `{"error":{"code":"UNAUTHORIZED","message":"key required","requestId":"req_…"}}`,
	},
	{
		Code: codeForbidden, Status: http.StatusForbidden,
		Title:   "The root key lacks a permission.",
		Cause:   "The key is valid, but may not do this. The message names the permission.",
		Fix:     "Use a key that holds the permission, or have the operator create one: holdplane keys create. The permission * covers all of this API.",
		Example: `{"error":{"code":"FORBIDDEN","message":"you need the permission identity.*.create_identity","requestId":"req_…"}}`,
	},
	{
		Code: codeNotFound, Status: http.StatusNotFound,
		Title:   "There is nothing under this id, or at this path.",
		Cause:   "The object never existed, was deleted, or belongs to another workspace; the path is misspelled; or the message says that this part of the API is not available here.",
		Fix:     "Check the id and the root key's workspace. Paths are case-sensitive and end without a slash. What is not available here exists at Unkey's own service only.",
		Example: `{"error":{"code":"NOT_FOUND","message":"identity id_… not found","requestId":"req_…"}}`,
	},
	{
		Code: codeMethod, Status: http.StatusMethodNotAllowed,
		Title:   "The path is right, the method is not.",
		Cause:   "Reads are GET, writes are POST; other methods are not used.",
		Fix:     "The Allow header of the answer lists the methods of this path.",
		Example: `{"error":{"code":"METHOD_NOT_ALLOWED","message":"the method is not allowed here","requestId":"req_…"}}`,
	},
	{
		Code: codeConflict, Status: http.StatusConflict,
		Title:   "The request contradicts what is there, or itself.",
		Cause:   "The externalId is in use, or two different rate limits of the request have one name. After a lost answer a repeated create ends here, too: the first one succeeded.",
		Fix:     "Get the identity by its externalId and update it, or choose another externalId. Give each rate limit its own name.",
		Example: `{"error":{"code":"CONFLICT","message":"Identity with externalId \"user_1\" already exists in this workspace","requestId":"req_…"}}`,
	},
	{
		Code: codePrecondition, Status: http.StatusPreconditionFailed,
		Title:   "Something has to be changed first.",
		Cause:   "The object is in a state that does not allow the operation.",
		Fix:     "The message says what to change. Repeating the request without that gives the same answer.",
		Example: `{"error":{"code":"PRECONDITION_FAILED","message":"…","requestId":"req_…"}}`,
	},
	{
		Code: codeProtected, Status: http.StatusPreconditionFailed,
		Title:   "The API is protected against deletion.",
		Cause:   "Somebody who wants the API to stay has protected it.",
		Fix:     "Lift the protection first, if you are sure. Nothing was deleted.",
		Example: `{"error":{"code":"DELETE_PROTECTED","message":"…","requestId":"req_…"}}`,
	},
	{
		Code: codeTooMany, Status: http.StatusTooManyRequests,
		Title:   "A quota is used up.",
		Cause:   "More requests were made than the workspace, or the server, admits in a period of time.",
		Fix:     "Wait as many seconds as the header Retry-After says, or with growing pauses, and repeat. RateLimit-Limit, RateLimit-Remaining and RateLimit-Reset tell beforehand.",
		Example: `{"error":{"code":"TOO_MANY_REQUESTS","message":"…","requestId":"req_…"}}`,
	},
	{
		Code: codeInternal, Status: http.StatusInternalServerError,
		Title:   "The server could not do what it should.",
		Cause:   "A service is not reachable (503), did not answer in time (504), or has a defect (500).",
		Fix:     "503 and 504 pass: repeat the request. For 500 give the operator the request id; the server's log has the cause under it.",
		Example: `{"error":{"code":"INTERNAL_SERVER_ERROR","message":"internal error","requestId":"req_…"}}`,
	},
}
