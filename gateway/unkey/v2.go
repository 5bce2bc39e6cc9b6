package unkey

import (
	"strings"

	"google.golang.org/protobuf/proto"

	gw "github.com/holdplane/holdplane/gen/gateway/holdplane/identity/v2"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

// maxBodyV2 is the limit that Unkey's server has, in bytes.
const maxBodyV2 = 10 << 20

// V2 is the dialect of Unkey's v2 API.
func V2() gateway.Dialect {
	codec := codecV2()
	return gateway.Dialect{
		Name:      "unkey-v2",
		Owns:      []string{"/v2/*.*", "/v2/liveness"},
		Elsewhere: elsewhereV2(),
		Services: []gateway.Service{
			gateway.Bind(identityv2.IdentityService_ServiceDesc.ServiceName, gw.RegisterIdentityServiceHandlerClient, identityv2.NewIdentityServiceClient),
			gateway.Bind(identityv2.RatelimitService_ServiceDesc.ServiceName, gw.RegisterRatelimitServiceHandlerClient, identityv2.NewRatelimitServiceClient),
			gateway.Bind(identityv2.KeyService_ServiceDesc.ServiceName, gw.RegisterKeyServiceHandlerClient, identityv2.NewKeyServiceClient),
			gateway.Bind(identityv2.ApiService_ServiceDesc.ServiceName, gw.RegisterApiServiceHandlerClient, identityv2.NewApiServiceClient),
			gateway.Bind(identityv2.PermissionService_ServiceDesc.ServiceName, gw.RegisterPermissionServiceHandlerClient, identityv2.NewPermissionServiceClient),
			gateway.Bind(identityv2.LivenessService_ServiceDesc.ServiceName, gw.RegisterLivenessServiceHandlerClient, identityv2.NewLivenessServiceClient),
		},
		Codec:           codec,
		RequestIDHeader: requestIDHeader,
		RequestID:       requestID,
		Admit:           admitV2,
		Fail:            failV2,
		Answer:          answerV2(codec),
		Errors:          docsV2(),
		CORS:            cors,
		MaxBody:         maxBodyV2,
	}
}

// elsewhereV2 are the parts of the API that belong to Unkey's own platform: statistics of
// what was verified, and the hosting of programs.
func elsewhereV2() map[string]string {
	texts := map[string]string{
		"/v2/analytics.*":                  "analytics is not available here: verifications are not recorded",
		"/v2/rootKeys.*":                   "rootKeys is not available here: the operator makes root keys, with holdplane keys",
		"/v2/workspace.*":                  "workspace is not available here: the operator makes tenants, with holdplane tenants",
		"/v2/permissions.updatePermission": "permissions.updatePermission is not available here: create another permission",
		"/v2/permissions.updateRole":       "permissions.updateRole is not available here: setRolePermissions changes what a role allows",
	}
	for _, part := range []string{
		"apps", "deploy", "deployments", "domains", "environments", "gateway", "github", "portal", "projects",
	} {
		texts["/v2/"+part+".*"] = part + " is not available here: it is a part of Unkey's own platform"
	}
	return texts
}

// reasonCredentialMalformed is a credential of no form that the product knows.
const reasonCredentialMalformed = "CREDENTIAL_MALFORMED"

// admitV2 refuses what Unkey's server refuses before it looks at the body: a request
// without a credential, whether it would be a good one or not, and a body of no type.
func admitV2(c *gateway.Call) error {
	if c.RPC == identityv2.LivenessService_GetLiveness_FullMethodName {
		return nil
	}
	values := c.Request.Header["Authorization"]
	if len(values) == 0 || values[0] == "" {
		return fault.InvalidArgument(fault.ReasonCredentialAbsent, "the Authorization header is missing: send Bearer and a root key")
	}
	scheme, credential, _ := strings.Cut(values[0], " ")
	if !strings.EqualFold(scheme, "bearer") || strings.TrimSpace(credential) == "" {
		return fault.InvalidArgument(reasonCredentialMalformed, "the Authorization header must be Bearer and a root key")
	}
	if len(c.Request.Header["Content-Type"]) == 0 && c.Request.ContentLength != 0 {
		return fault.InvalidArgument(gateway.ReasonMediaType, "the Content-Type must be application/json")
	}
	return nil
}

// answerV2 wraps answers: {"meta":{"requestId":…},"data":…}. Pages have their data, and
// beside it where the next one is. The deletion of an identity has none.
func answerV2(codec *wirejson.Codec) func([]byte, *gateway.Call, proto.Message) ([]byte, error) {
	pages := pagesV2()
	return func(dst []byte, c *gateway.Call, m proto.Message) (_ []byte, err error) {
		c.TellQuota()
		dst = append(append(append(dst, `{"meta":{"requestId":"`...), c.RequestID...), `"}`...)
		switch {
		case c.RPC == identityv2.IdentityService_DeleteIdentity_FullMethodName:
			return append(dst, '}'), nil
		case pages[c.RPC]:
			// The page's own members follow those there are: a comma takes the place of its
			// brace.
			at := len(dst)
			if dst, err = codec.Append(dst, m); err == nil {
				dst[at] = ','
			}
			return dst, err
		}
		if dst, err = codec.Append(append(dst, `,"data":`...), m); err != nil {
			return nil, err
		}
		return append(dst, '}'), nil
	}
}
