package unkey

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	gw "github.com/holdplane/holdplane/gen/gateway/holdplane/identity/v1"
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

// V1 is the dialect of Unkey's v1 API.
func V1() gateway.Dialect {
	codec := wirejson.New(codecV1)
	return gateway.Dialect{
		Name: "unkey",
		Owns: []string{"/v1/*.*", "/v1/liveness"},
		Elsewhere: map[string]string{
			"/v1/analytics.*":            "analytics is not available here: verifications are not recorded",
			"/v1/keys.getVerifications":  "keys.getVerifications is not available here: verifications are not recorded",
			"/v1/migrations.enqueueKeys": "migrations.enqueueKeys is not available here: use migrations.createKeys",
		},
		Services: []gateway.Service{
			gateway.Bind(identityv1.IdentityService_ServiceDesc.ServiceName, gw.RegisterIdentityServiceHandlerClient, identityv1.NewIdentityServiceClient),
			gateway.Bind(identityv1.RatelimitService_ServiceDesc.ServiceName, gw.RegisterRatelimitServiceHandlerClient, identityv1.NewRatelimitServiceClient),
			gateway.Bind(identityv1.KeyService_ServiceDesc.ServiceName, gw.RegisterKeyServiceHandlerClient, identityv1.NewKeyServiceClient),
			gateway.Bind(identityv1.ApiService_ServiceDesc.ServiceName, gw.RegisterApiServiceHandlerClient, identityv1.NewApiServiceClient),
			gateway.Bind(identityv1.PermissionService_ServiceDesc.ServiceName, gw.RegisterPermissionServiceHandlerClient, identityv1.NewPermissionServiceClient),
			gateway.Bind(identityv1.MigrationService_ServiceDesc.ServiceName, gw.RegisterMigrationServiceHandlerClient, identityv1.NewMigrationServiceClient),
			gateway.Bind(identityv1.LivenessService_ServiceDesc.ServiceName, gw.RegisterLivenessServiceHandlerClient, identityv1.NewLivenessServiceClient),
		},
		Codec:           codec,
		RequestIDHeader: requestIDHeader,
		RequestID:       requestID,
		Fail:            failV1,
		Answer: func(dst []byte, c *gateway.Call, m proto.Message) ([]byte, error) {
			c.TellQuota()
			return codec.Append(dst, m)
		},
		Errors: docsV1,
		CORS:   cors,
		Pretty: "pretty",
	}
}

// codecV1 follows zod as the server used it: unknown members are stripped, numbers are
// JavaScript's (1e3 is an integer), null is not the same as absent, queries are coerced.
var codecV1 = wirejson.Dialect{
	Bare: set("holdplane.identity.v1.", "CreateKeysRequest",
		"GetKeyResponse", "GetOverrideResponse", "AddPermissionsResponse", "SetPermissionsResponse", "AddRolesResponse",
		"SetRolesResponse", "ListPermissionsResponse", "ListRolesResponse"),
	Nullable: set("holdplane.identity.v1.", "UpdateKeyRequest.name", "UpdateKeyRequest.owner_id", "UpdateKeyRequest.external_id",
		"UpdateKeyRequest.meta", "UpdateKeyRequest.expires", "UpdateKeyRequest.ratelimit", "UpdateKeyRequest.remaining",
		"UpdateKeyRequest.refill", "UpdateRemainingRequest.value", "UpdateRemainingResponse.remaining"),
	OmitEmpty: set("holdplane.identity.v1.", "Key.meta", "KeyIdentity.meta", "WhoamiResponse.meta",
		"VerifyKeyResponse.meta", "VerifyKeyResponse.permissions", "VerifyKeyResponse.roles"),
	Required:   true,
	Integers:   wirejson.IntegerIntegral,
	Null:       wirejson.NullRefused,
	QueryBools: wirejson.BoolTruthy,
}

// set holds names of a package.
func set(pkg string, names ...string) map[protoreflect.FullName]bool {
	s := make(map[protoreflect.FullName]bool, len(names))
	for _, name := range names {
		s[protoreflect.FullName(pkg+name)] = true
	}
	return s
}
