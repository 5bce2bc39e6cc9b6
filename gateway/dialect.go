package gateway

import (
	"context"
	"net/http"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

// A Dialect is one product's wire.
type Dialect struct {
	// Name stands in logs, metrics and the addresses of error pages: unkey. It is the
	// dialect's own.
	Name string
	// Owns lists patterns of the paths that the dialect answers, whether a route is
	// there or not, those of its routes among them. A pattern is a prefix in whole
	// segments; a segment may be a glob as path.Match has it: "/v1/*.*". "/" owns
	// everything but the gateway's own pages; of those the one at / is its for clients that
	// don't accept text/html.
	Owns []string
	// Elsewhere says of paths under Owns that the product serves them, but not here, and
	// why: a pattern as those of Owns, and the text of a fault with ReasonElsewhere. The
	// longest pattern that fits a path counts; a route at the path wins, unless the pattern
	// begins with a method: "POST /v1/things" wins over all routes. The status is 404:
	// clients repeat every 5xx, and repeating does not help. May be empty.
	Elsewhere map[string]string
	// Path is the path that a request is routed by, escaped as (*url.URL).EscapedPath has it:
	// the one that came without the slash at its end, say, or one that a header chooses. Logs,
	// faults and Elsewhere follow it; the request's owner was found before, and the request
	// that other functions see is as it came. Nil is the path that came.
	Path func(*http.Request) string
	// Services are the gRPC services whose RPCs are the dialect's routes.
	Services []Service
	// Codec turns messages into JSON and back.
	Codec *wirejson.Codec
	// NoHead are the RPCs, by full method name, whose paths don't answer HEAD, for products
	// that refuse it as they do any other method. HEAD is GET without the body for the rest.
	NoHead map[string]bool
	// Status is the HTTP status of an RPC's success, by full method name; 200 for the rest.
	Status map[string]int
	// Forward names the request headers that services may see beside Authorization. They
	// travel as metadata under their name in lower case. May be empty.
	Forward []string
	// Authorization is the header of that name that services see of a request, where the
	// product's credential travels in another: Bearer makes one. Empty is no credential. The
	// request's own Authorization then stays outside. Nil lets it pass.
	Authorization func(*http.Request) string
	// RequestIDHeader is the response header that tells the request's id.
	RequestIDHeader string
	// RequestID makes the id of a request, or takes over the client's after checking its form.
	RequestID func(*http.Request) string
	// Admit refuses what the product refuses before it looks at a request's body or query.
	// It runs when a route has matched. Nil admits everything: services verify credentials
	// in any case.
	Admit func(c *Call) error
	// Witness makes a call that succeeds for everybody who has a credential, for products that
	// look at the credential first: where a body or a query is refused here, before a service
	// has seen the call, a credential that the witness finds wrong is what the client is told.
	// Nil tells what is wrong with the body.
	Witness func(ctx context.Context, conn func(service string) grpc.ClientConnInterface) error
	// Body reads a body into the message of the call's RPC. Its errors are what the call's
	// Decode functions return, or faults. A dialect sets it when not all of its bodies are
	// JSON; nil is Call.DecodeJSON. What a body may be by its Content-Type is in MediaTypes,
	// for all RPCs alike: paths with a list of their own are a dialect of their own.
	Body func(c *Call, data []byte, m proto.Message) error
	// Fill completes every message before its call leaves, when path, query and body are in
	// it, with what comes from elsewhere: headers, and flags of the URL. Its errors are as
	// those of Body. Nil fills nothing.
	Fill func(c *Call, m proto.Message) error
	// Fail appends the envelope of a fault to dst. It sets the call's ErrorCode, its Status
	// where the product's differs from the one set, and the header Content-Type where the
	// envelope is not application/json.
	Fail func(dst []byte, c *Call, f *fault.Error) []byte
	// Answer appends the body of a success to dst and may set response headers. When nil
	// the body is the bare message.
	Answer func(dst []byte, c *Call, m proto.Message) ([]byte, error)
	// Errors are the codes that Fail sets, one documentation page each.
	Errors []ErrorDoc
	// CORS lets browsers of other origins in. Nil keeps them out.
	CORS *CORS
	// MediaTypes lists the content types of request bodies; application/json when nil.
	// A request without Content-Type is taken for the first.
	MediaTypes []string
	// MaxBody is the limit of a request body in bytes; 1 MiB when 0.
	MaxBody int64
	// JudgesBody leaves it to Body what Content-Type and Content-Encoding a body may have: for
	// products that take other types at other RPCs, or word their refusals. MediaTypes is then
	// empty.
	JudgesBody bool
	// EmptyBody says that no body at all counts as an empty message, unread by Body.
	EmptyBody bool
	// Pretty names the query parameter that asks for indented JSON; none when empty.
	Pretty string
}

// Service is a gRPC service behind a dialect. Bind makes one.
type Service struct {
	name     string
	register func(context.Context, *runtime.ServeMux, grpc.ClientConnInterface) error
}

// Bind joins the full name of a gRPC service with what was generated for it: the
// gateway's registration and the client it takes.
func Bind[C any](name string, register func(context.Context, *runtime.ServeMux, C) error, client func(grpc.ClientConnInterface) C) Service {
	return Service{name: name, register: func(ctx context.Context, mux *runtime.ServeMux, conn grpc.ClientConnInterface) error {
		return register(ctx, mux, client(conn))
	}}
}

// Name is the full name of the gRPC service.
func (s Service) Name() string { return s.name }

// CORS is what a dialect tells browsers. Credentials are never allowed: no route reads
// cookies.
type CORS struct {
	// Origin is the Access-Control-Allow-Origin of every response: "*".
	Origin string
	// Methods, RequestHeaders and ResponseHeaders are lists with commas.
	Methods, RequestHeaders, ResponseHeaders string
	// MaxAge is how long a preflight's answer may be kept.
	MaxAge time.Duration
}

// ErrorDoc is the documentation page of one error code.
type ErrorDoc struct {
	// Code is the product's code: NOT_FOUND.
	Code string
	// Status is the HTTP status that comes with it.
	Status int
	// Title says it in one line.
	Title string
	// Cause and Fix are a few sentences each.
	Cause, Fix string
	// Example is an answer as clients see it.
	Example string
}
