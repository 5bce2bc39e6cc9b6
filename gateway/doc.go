// Package gateway serves JSON over HTTP in front of the gRPC services, in the words
// of several products at once.
//
// A product's wire is a Dialect: a value that says which paths it owns, which
// services stand behind them, how messages become JSON, how faults become the
// product's envelope, and which status, headers and limits it has. The gateway does
// the rest, the same for all of them: it finds the owner of a path, closes the list
// of headers that travel, bounds bodies and time, turns panics and unknown routes
// into the owner's envelope, writes one log line and counts.
//
// To add a dialect:
//
//  1. Make a package gateway/<product> with a function that returns a Dialect. Its
//     tables (Owns, Elsewhere, Status, Forward, Errors) are data; its code words faults
//     (Fail), wraps bodies (Answer) if the product's bodies are not the bare message,
//     refuses (Admit) what the product refuses unread, and reads what is not JSON (Body)
//     or stands in headers (Authorization, Fill), and finds paths that templates can't
//     say (Path).
//  2. List its services with Bind, from the generated gateway package.
//  3. Hand it to New. The first dialect that owns a path answers it, so the one that
//     owns "/" comes last.
//  4. Record its wire as testdata/*.txtar and replay it with gatewaytest.Replay.
//
// Pages for people are a Site: the gateway admits, counts and logs what they are asked as
// it does for dialects, and an http.Handler answers.
//
// What a request goes through: the owner is found by path (the gateway's own pages,
// health and documentation, come first, then sites), host and headers are checked, CORS preflights
// answered, and the RPC is found: by exact path, or by the owner's mux, at the path that
// came or the one that the owner makes of it. The owner admits
// the request or not. The body is decoded through the owner's codec, the query as the
// call leaves. Neither is read before that. Client credentials travel on as they came,
// once, or as the owner reads them from other headers: services verify them. Beside them
// travel the request's id and the address it came from, under names that clients can't
// send; back comes the caller's Quota.
package gateway
