// Package contabo is the wire of Contabo's API as far as it is about people: users, roles,
// what was done to them, and their S3 credentials; and of the token endpoint that its
// clients log in at, a Keycloak realm.
//
// Contabo documents its bodies, but hardly its errors. Where it is silent, answers are what
// its own CLI (cntb 1.5.5) and the clients generated from its OpenAPI document read.
package contabo

import (
	"bytes"
	"net/http"

	"google.golang.org/protobuf/proto"

	"github.com/holdplane/holdplane/gateway"
	gw "github.com/holdplane/holdplane/gen/gateway/holdplane/useradmin/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

// Dialect is the dialect of the users, roles and object-storages APIs.
func Dialect() gateway.Dialect {
	codec := wirejson.New(codecOf(services()))
	return gateway.Dialect{
		Name:            "contabo",
		Owns:            owns,
		Elsewhere:       elsewhere,
		Services:        services(),
		Codec:           codec,
		Status:          status,
		Forward:         []string{traceIDHeader},
		RequestIDHeader: requestIDHeader,
		RequestID:       requestID,
		Admit:           admit,
		Body:            readBody,
		Fail:            fail,
		Answer:          answer(codec),
		Errors:          docs,
	}
}

// services lie with wildcards before the literal paths that would fit them: the mux tries
// the last one first.
func services() []gateway.Service {
	return []gateway.Service{
		gateway.Bind(useradminv1.UserService_ServiceDesc.ServiceName, gw.RegisterUserServiceHandlerClient, useradminv1.NewUserServiceClient),
		gateway.Bind(useradminv1.RoleService_ServiceDesc.ServiceName, gw.RegisterRoleServiceHandlerClient, useradminv1.NewRoleServiceClient),
		gateway.Bind(useradminv1.ObjectStorageService_ServiceDesc.ServiceName, gw.RegisterObjectStorageServiceHandlerClient, useradminv1.NewObjectStorageServiceClient),
		gateway.Bind(useradminv1.CredentialService_ServiceDesc.ServiceName, gw.RegisterCredentialServiceHandlerClient, useradminv1.NewCredentialServiceClient),
		gateway.Bind(useradminv1.ClientService_ServiceDesc.ServiceName, gw.RegisterClientServiceHandlerClient, useradminv1.NewClientServiceClient),
		gateway.Bind(useradminv1.HistoryService_ServiceDesc.ServiceName, gw.RegisterHistoryServiceHandlerClient, useradminv1.NewHistoryServiceClient),
	}
}

// status must be exact: generated clients choose what they read an answer as by it.
var status = map[string]int{
	useradminv1.UserService_CreateUser_FullMethodName:              http.StatusCreated,
	useradminv1.UserService_DeleteUser_FullMethodName:              http.StatusNoContent,
	useradminv1.UserService_ResetPassword_FullMethodName:           http.StatusNoContent,
	useradminv1.UserService_ResendEmailVerification_FullMethodName: http.StatusNoContent,
	useradminv1.RoleService_CreateRole_FullMethodName:              http.StatusCreated,
	useradminv1.RoleService_DeleteRole_FullMethodName:              http.StatusNoContent,
}

// readBody takes no body for one without members, as Contabo's server does: what is missing
// is then told by name.
func readBody(c *gateway.Call, data []byte, m proto.Message) error {
	if len(bytes.Trim(data, " \t\r\n")) == 0 {
		data = []byte("{}")
	}
	return c.DecodeJSON(data, m)
}
