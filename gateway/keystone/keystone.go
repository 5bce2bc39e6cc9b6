// Package keystone is the wire of OpenStack's Identity API v3, as far as clients of the
// key-manager service need it: tokens, the catalog, projects and application credentials.
//
// Answers are those of Keystone 22, which testdata has; where no recording says what it
// does, its source does. Tokens come in headers of their own. The catalog and all links
// are made here: services don't know the address that clients come by.
package keystone

import (
	"net/http"

	"google.golang.org/protobuf/proto"

	gw "github.com/holdplane/holdplane/gen/gateway/holdplane/useradmin/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

// maxBody is the limit that Keystone has of oslo.middleware, in bytes.
const maxBody = 112 << 10

// Options say what the dialect tells clients of the installation.
type Options struct {
	// KeyManager says that the key-manager API is served beside it: it is in the catalog
	// then.
	KeyManager bool
}

// Dialect is the dialect of the Identity API v3. Its catalog leads clients nowhere unless
// the gateway has a PublicURL.
func Dialect(o Options) gateway.Dialect {
	codec, catalog := wirejson.New(wire()), newCatalog(o)
	return gateway.Dialect{
		Name: "keystone",
		Owns: []string{"/v3"},
		Path: path,
		Services: []gateway.Service{
			gateway.Bind(useradminv1.KeystoneService_ServiceDesc.ServiceName, gw.RegisterKeystoneServiceHandlerClient, useradminv1.NewKeystoneServiceClient),
			gateway.Bind(useradminv1.ApplicationCredentialService_ServiceDesc.ServiceName, gw.RegisterApplicationCredentialServiceHandlerClient, useradminv1.NewApplicationCredentialServiceClient),
		},
		Codec: codec,
		Status: map[string]int{
			useradminv1.KeystoneService_CreateKeystoneToken_FullMethodName:                      http.StatusCreated,
			useradminv1.KeystoneService_RevokeKeystoneToken_FullMethodName:                      http.StatusNoContent,
			useradminv1.ApplicationCredentialService_CreateApplicationCredential_FullMethodName: http.StatusCreated,
			useradminv1.ApplicationCredentialService_DeleteApplicationCredential_FullMethodName: http.StatusNoContent,
		},
		Authorization:   credential,
		RequestIDHeader: "X-Openstack-Request-Id",
		RequestID:       requestID,
		Admit:           admit,
		Fill:            fill,
		Answer: func(dst []byte, c *gateway.Call, m proto.Message) ([]byte, error) {
			return answer(dst, c, m, codec, catalog)
		},
		Fail:      fail,
		Errors:    docs,
		MaxBody:   maxBody,
		EmptyBody: true,
	}
}

// requestID makes one even where the client sends one: Keystone takes that for the id of
// what the client is about, across services.
func requestID(*http.Request) string { return "req-" + id.UUID() }
