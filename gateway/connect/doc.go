// Package connect is what browsers see of connection-vault: the way to a provider and back,
// the page on which the customers of an application connect services, and the script that
// shows this page in a frame of the application's own. It is several gateway.Sites over
// BrowserService and, with a session's token as the credential, ConnectionService.
//
// A session's token stands in its page's address. So no page of it tells others by Referer
// where it was, loads anything from a host but this one and that of the theme's logo, or may
// be framed but by the application's origins; and all that changes something is a form, which
// holds what only who knows the token can make. The pages work without scripts, but for one
// step: what confirms an authorization comes in an address's fragment, which only a script
// can read.
//
//	authorize.go  /vault/authorize, /vault/callback and /vault/revoke; cookie.go the cookie
//	session.go    /vault/session/<token>: whose it is; look.go what stays as links are followed
//	list.go       ... all connections
//	connection.go ... one of them; offers.go what can be done with it; act.go does it
//	fields.go     ... forms from form fields; values.go what came back; choices.go options
//	resources.go  ... forms of single resources; consent.go what is agreed to
//	back.go       ... where the browser comes back to, /vault/session/return; onward.go leaves
//	assets.go     style sheet and script of the pages, and /vault.js
//	visit.go      one request: its language, its answer; fail.go what goes wrong
//	words.go      what pages say, in each language
//
// In a frame, or opened by another page, a page tells the origins of its application what
// happens, as @apideck/vault-js does: "on-ready", "on-close", and objects of the types
// on-connection-change and on-connection-delete, whose data is the connection. A provider's
// page can't be framed, so it opens beside the frame, which gets {type: "oauth_complete",
// nonce, confirmToken, serviceId, success} or {type: "oauth_error", error, errorDescription,
// serviceId} from it. The nonce is the frame's own: nobody else's authorization gets
// confirmed.
package connect
