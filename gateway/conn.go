package gateway

import (
	"context"
	"net/url"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"github.com/holdplane/holdplane/pkg/fault"
)

// conn is the connection that a dialect's generated clients call through. It decodes
// the query as a call leaves: the runtime's query parser is one variable for the whole
// process, and the generated code loses what is wrong with a parameter.
type conn struct{ grpc.ClientConnInterface }

// exchangeKey is the context key by which an exchange gets to conn: the generated code
// in between hands on nothing else.
type exchangeKey struct{}

func (c conn) Invoke(ctx context.Context, rpc string, in, out any, opts ...grpc.CallOption) error {
	if x, ok := ctx.Value(exchangeKey{}).(*exchange); ok {
		if x.refused = x.complete(in); x.refused != nil {
			return x.refused
		}
	}
	return c.ClientConnInterface.Invoke(ctx, rpc, in, out, opts...)
}

// complete puts into a request what is not of its path or body.
func (x *exchange) complete(in any) error {
	m, ok := in.(proto.Message)
	if !ok {
		return nil
	}
	if x.route.query {
		if err := x.decodeQuery(m); err != nil {
			return err
		}
	}
	if x.d.Fill != nil {
		return badInput(x.d.Fill(&x.Call, m))
	}
	return nil
}

func (x *exchange) decodeQuery(m proto.Message) error {
	var values url.Values
	if raw := x.Request.URL.RawQuery; raw != "" {
		var err error
		if values, err = url.ParseQuery(raw); err != nil {
			return fault.InvalidArgument(ReasonQuery, "the query is malformed").Because(err)
		}
		delete(values, x.d.Pretty)
	}
	return badInput(x.d.Codec.DecodeQuery(values, m, x.route.inPath))
}
