package contabo

import (
	"net/http"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/holdplane/holdplane/gateway"
	gw "github.com/holdplane/holdplane/gen/gateway/holdplane/useradmin/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

// Where the realm is, and what is in it.
const (
	realmPath = "/auth/realms/contabo"
	oidcPath  = realmPath + "/protocol/openid-connect"
	tokenPath = oidcPath + "/token"
	certsPath = oidcPath + "/certs"
)

// maxForm bounds a login: no token or password is larger.
const maxForm = 64 << 10

// TokenDialect is the dialect of the token endpoint that Contabo's clients log in at, and
// of the keys and the discovery document beside it.
func TokenDialect() gateway.Dialect {
	codec := wirejson.New(wirejson.Dialect{Names: tokenNames()})
	return gateway.Dialect{
		Name:      "contabo-auth",
		Owns:      []string{"/auth"},
		Elsewhere: tokenElsewhere,
		Services: []gateway.Service{
			gateway.Bind(useradminv1.TokenService_ServiceDesc.ServiceName, gw.RegisterTokenServiceHandlerClient, useradminv1.NewTokenServiceClient),
		},
		Codec:           codec,
		Authorization:   func(*http.Request) string { return "" }, // Basic is the client's: fillClient reads it
		RequestIDHeader: requestIDHeader,
		RequestID:       requestID,
		Body:            (*gateway.Call).DecodeForm,
		Fill:            fillClient,
		Fail:            failToken,
		Answer:          answerToken(codec),
		Errors:          tokenDocs,
		MediaTypes:      []string{"application/x-www-form-urlencoded"},
		MaxBody:         maxForm,
	}
}

var tokenElsewhere = map[string]string{
	"/auth/realms":                 "the only realm here is contabo",
	realmPath:                      "of this realm there are protocol/openid-connect/token, protocol/openid-connect/certs and .well-known/openid-configuration",
	oidcPath + "/auth":             "logging in by browser is not available here: send grant_type=password to the token endpoint",
	oidcPath + "/auth/device":      "logging in by device is not available here: send grant_type=password to the token endpoint",
	oidcPath + "/logout":           "logout is not available here: throw the tokens away, or have the user disabled",
	oidcPath + "/revoke":           "revoke is not available here: throw the tokens away, or have the user disabled",
	oidcPath + "/token/introspect": "introspect is not available here: certs has the keys that verify tokens",
	oidcPath + "/userinfo":         "userinfo is not available here: GET /v1/users/ and the token's sub tells of its user",
}

// tokenNames are those of OAuth and Keycloak: the protos' own, but for one.
func tokenNames() map[protoreflect.FullName]string {
	names := map[protoreflect.FullName]string{}
	all := useradminv1.File_holdplane_useradmin_v1_token_proto.Messages()
	for i := range all.Len() {
		for j := range all.Get(i).Fields().Len() {
			fd := all.Get(i).Fields().Get(j)
			names[fd.FullName()] = string(fd.Name())
		}
	}
	names[messages+"CreateTokenResponse.not_before_policy"] = "not-before-policy"
	return names
}

// answerToken keeps tokens out of caches, as RFC 6749 wants it, and the documents beside
// them fresh. The addresses in those are under the one that clients know; the issuer is as
// tokens name it.
func answerToken(codec *wirejson.Codec) func([]byte, *gateway.Call, proto.Message) ([]byte, error) {
	return func(dst []byte, c *gateway.Call, m proto.Message) ([]byte, error) {
		c.TellQuota()
		if _, ok := m.(*useradminv1.CreateTokenResponse); ok {
			noStore(c)
			return codec.Append(dst, m)
		}
		c.Header.Set("Cache-Control", "no-cache")
		if d, ok := m.(*useradminv1.GetDiscoveryResponse); ok {
			d.TokenEndpoint = c.PublicURL + tokenPath
			d.JwksUri = c.PublicURL + certsPath
		}
		return codec.Append(dst, m)
	}
}

func noStore(c *gateway.Call) {
	c.Header.Set("Cache-Control", "no-store")
	c.Header.Set("Pragma", "no-cache")
}
