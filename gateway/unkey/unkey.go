// Package unkey is the wire of Unkey's v1 API: flat JSON bodies, errors in an "error"
// object, statuses and texts as its last server had them.
// Where typed clients could not read what that server sent, it is what they can.
package unkey

import (
	"net/http"
	"time"

	gw "github.com/holdplane/holdplane/gen/gateway/holdplane/identity/v1"
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

// V1 is the dialect of Unkey's v1 API.
func V1() gateway.Dialect {
	return gateway.Dialect{
		Name: "unkey",
		Owns: []string{"/v1/*.*", "/v1/liveness"},
		Services: []gateway.Service{
			gateway.Bind(identityv1.IdentityService_ServiceDesc.ServiceName, gw.RegisterIdentityServiceHandlerClient, identityv1.NewIdentityServiceClient),
			gateway.Bind(identityv1.LivenessService_ServiceDesc.ServiceName, gw.RegisterLivenessServiceHandlerClient, identityv1.NewLivenessServiceClient),
		},
		Codec:           wirejson.New(codec),
		RequestIDHeader: "Unkey-Request-Id",
		RequestID:       func(*http.Request) string { return id.New("req") },
		Fail:            fail,
		Errors:          errorDocs,
		CORS:            cors,
		Pretty:          "pretty",
	}
}

// codec follows zod as the server used it: unknown members are stripped, numbers are
// JavaScript's (1e3 is an integer), null is not the same as absent, queries are coerced.
var codec = wirejson.Dialect{
	Required:   true,
	Integers:   wirejson.IntegerIntegral,
	Null:       wirejson.NullRefused,
	QueryBools: wirejson.BoolTruthy,
}

// cors lets any page in, without cookies. The asterisk among the request headers does
// not cover Authorization; the SDK sends further ones of its own.
var cors = &gateway.CORS{
	Origin:          "*",
	Methods:         "GET, HEAD, POST",
	RequestHeaders:  "Authorization, *",
	ResponseHeaders: "Unkey-Request-Id, X-Error-Doc",
	MaxAge:          24 * time.Hour,
}
