package unkey

import (
	"net/http"

	"github.com/holdplane/holdplane/gateway"
)

// doc explains a kind of problem to whoever meets one.
type doc struct {
	kind
	title, cause, fix string
	detail            string // of the example
}

// docsV2 are the pages of all kinds.
func docsV2() []gateway.ErrorDoc {
	var pages []gateway.ErrorDoc
	for _, docs := range [][]doc{requestDocs, credentialDocs, missingDocs, stateDocs, serverDocs} {
		for _, d := range docs {
			p := problemV2{Title: d.kind.title, Detail: d.detail, Status: d.status, Type: docsURLV2 + d.name}
			if d.status == http.StatusBadRequest {
				p.Errors = []mistake{}
			}
			pages = append(pages, gateway.ErrorDoc{
				Code: d.name, Status: d.status, Title: d.title, Cause: d.cause, Fix: d.fix,
				Example: string(gateway.AppendJSON(nil, envelopeV2{metaV2{"req_…"}, p})),
			})
		}
	}
	return pages
}

var requestDocs = []doc{
	{
		kind: kindInvalid, title: "The request is not one that the API understands.",
		cause:  "A field is missing, unknown, of the wrong type or beyond a limit; the body is not JSON; or the request is for another host (421).",
		fix:    "errors lists the fields at fault. Change them; repeating the same request gives the same answer. Fields that a call does not have are refused, and integers have neither fraction nor exponent.",
		detail: "body.externalId must be at least 1 characters",
	},
	{
		kind: kindQueryInvalid, title: "The permission query cannot be read.",
		cause:  "permissions is not made of slugs, AND, OR and parentheses, or is too complex.",
		fix:    "Write it like: documents.read AND (documents.write OR documents.admin).",
		detail: "…",
	},
	{
		kind: kindUnreadable, title: "The body broke off.",
		cause:  "The connection ended before the body did.",
		fix:    "Repeat the request.",
		detail: "the body could not be read to its end",
	},
	{
		kind: kindMethod, title: "The path is right, the method is not.",
		cause:  "All calls are POST, reads too. Only /v2/liveness is GET.",
		fix:    "The Allow header of the answer lists the methods of this path.",
		detail: "the method is not allowed here",
	},
	{
		kind: kindTooLarge, title: "The body is too large.",
		cause:  "A body has at most 10 MiB.",
		fix:    "Send less at once.",
		detail: "the body is larger than 10485760 bytes",
	},
	{
		kind: kindMediaType, title: "The body is not application/json.",
		cause:  "The Content-Type is missing or another one, or the body is compressed.",
		fix:    "Send Content-Type: application/json and an uncompressed body.",
		detail: "the Content-Type must be application/json",
	},
	{
		kind: kindTooMany, title: "A quota is used up.",
		cause:  "More requests were made than the workspace, or the server, admits in a period of time. A rate limit that denies is no error: its answer has status 200.",
		fix:    "Wait as many seconds as the header Retry-After says, and repeat. RateLimit-Limit, RateLimit-Remaining and RateLimit-Reset tell beforehand.",
		detail: "…",
	},
}

var credentialDocs = []doc{
	{
		kind: kindNoCredential, title: "The request carries no root key.",
		cause:  "There is no Authorization header.",
		fix:    "Send Authorization: Bearer and a root key of this installation.",
		detail: "the Authorization header is missing: send Bearer and a root key",
	},
	{
		kind: kindBadCredential, title: "The Authorization header is of another form.",
		cause:  "It does not begin with Bearer, or nothing follows.",
		fix:    "Send Authorization: Bearer and a root key of this installation.",
		detail: "the Authorization header must be Bearer and a root key",
	},
	{
		kind: kindUnauthorized, title: "The root key is not known.",
		cause:  "The key does not exist, was revoked or has expired, or the credential is of another kind.",
		fix:    "Use a root key of this installation. The operator lists and creates them with: holdplane keys.",
		detail: "key not found",
	},
	{
		kind: kindPermission, title: "The root key lacks a permission.",
		cause:  "The key is valid, but may not do this. The detail names the permission.",
		fix:    "Use a key that holds the permission, or have the operator create one: holdplane keys create. The permission * covers all of this API.",
		detail: "you need the permission identity.*.create_identity",
	},
	{
		kind: kindForbidden, title: "This is not allowed.",
		cause:  "The key is valid, but what it is for excludes this.",
		fix:    "The detail says why. Use another key.",
		detail: "…",
	},
}

var serverDocs = []doc{
	{
		kind: kindTimeout, title: "The request took too long.",
		cause:  "A service did not answer in time. The request may have had its effect.",
		fix:    "Look whether it had, and repeat it if not.",
		detail: "the request took too long",
	},
	{
		kind: kindGoneAway, title: "The client closed the connection.",
		cause:  "Nobody waited for the answer. This is seen in logs only.",
		fix:    "Give the client more time.",
		detail: "the caller went away",
	},
	{
		kind: kindUnavailable, title: "A service is not reachable.",
		cause:  "It starts, stops, or the way to it is broken.",
		fix:    "Repeat the request, with growing pauses.",
		detail: "the service is not reachable; try again",
	},
	{
		kind: kindInternal, title: "The server could not do what it should.",
		cause:  "It has a defect.",
		fix:    "Give the operator the request id; the server's log has the cause under it.",
		detail: "internal error",
	},
}
