package main

import (
	"context"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/id"
)

// tokenRows are those of logging in, and of what Keystone's clients do with their tokens.
// Where those are about the caller, root keys find nothing.
var tokenRows = map[string]row{
	useradminv1.TokenService_CreateToken_FullMethodName: {door: anyone, request: func(t *testing.T, w *world) proto.Message {
		return w.grant(t, w.person)
	}},
	useradminv1.TokenService_ListCertificates_FullMethodName: {door: anyone, request: func(*testing.T, *world) proto.Message {
		return &useradminv1.ListCertificatesRequest{}
	}},
	useradminv1.TokenService_GetDiscovery_FullMethodName: {door: anyone, request: func(*testing.T, *world) proto.Message {
		return &useradminv1.GetDiscoveryRequest{}
	}},
	useradminv1.KeystoneService_GetVersion_FullMethodName: {door: anyone, request: func(*testing.T, *world) proto.Message {
		return &useradminv1.GetVersionRequest{}
	}},
	useradminv1.KeystoneService_CreateKeystoneToken_FullMethodName: {door: anyone, request: func(_ *testing.T, w *world) proto.Message {
		return w.authentication(w.person)
	}},
	useradminv1.KeystoneService_GetKeystoneToken_FullMethodName: {permission: "users.read", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &useradminv1.GetKeystoneTokenRequest{SubjectToken: w.keystoneToken(t, w.person)}
	}},
	useradminv1.KeystoneService_RevokeKeystoneToken_FullMethodName: {permission: "users.update", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &useradminv1.RevokeKeystoneTokenRequest{SubjectToken: w.keystoneToken(t, w.person)}
	}},
	useradminv1.KeystoneService_GetCatalog_FullMethodName: {permission: "users.read", request: func(*testing.T, *world) proto.Message {
		return &useradminv1.GetCatalogRequest{}
	}},
	useradminv1.KeystoneService_ListAuthProjects_FullMethodName: {permission: "users.read", request: func(*testing.T, *world) proto.Message {
		return &useradminv1.ListAuthProjectsRequest{}
	}},
	useradminv1.KeystoneService_ListUserProjects_FullMethodName: {permission: "users.read", foreign: codes.NotFound, right: codes.NotFound, request: func(_ *testing.T, w *world) proto.Message {
		return &useradminv1.ListUserProjectsRequest{UserId: w.person}
	}},
	useradminv1.KeystoneService_GetProject_FullMethodName: {permission: "users.read", foreign: codes.NotFound, request: func(_ *testing.T, w *world) proto.Message {
		return &useradminv1.GetProjectRequest{ProjectId: w.tenant}
	}},
	useradminv1.ApplicationCredentialService_CreateApplicationCredential_FullMethodName: {permission: "application-credentials.manage", foreign: codes.NotFound, right: codes.NotFound, request: func(_ *testing.T, w *world) proto.Message {
		return &useradminv1.CreateApplicationCredentialRequest{UserId: w.person, ApplicationCredential: &useradminv1.NewApplicationCredential{Name: id.New("app")}}
	}},
	useradminv1.ApplicationCredentialService_ListApplicationCredentials_FullMethodName: {permission: "application-credentials.manage", foreign: codes.NotFound, right: codes.NotFound, request: func(_ *testing.T, w *world) proto.Message {
		return &useradminv1.ListApplicationCredentialsRequest{UserId: w.person}
	}},
	useradminv1.ApplicationCredentialService_GetApplicationCredential_FullMethodName: {permission: "application-credentials.manage", foreign: codes.NotFound, right: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &useradminv1.GetApplicationCredentialRequest{UserId: w.person, CredentialId: w.appCredential(t)}
	}},
	useradminv1.ApplicationCredentialService_DeleteApplicationCredential_FullMethodName: {permission: "application-credentials.manage", foreign: codes.NotFound, right: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &useradminv1.DeleteApplicationCredentialRequest{UserId: w.person, CredentialId: w.appCredential(t)}
	}},
	// A link is its own credential, and this one is nobody's.
	useradminv1.LinkService_GetLink_FullMethodName: {door: anyone, right: codes.NotFound, request: func(*testing.T, *world) proto.Message {
		return &useradminv1.GetLinkRequest{Token: unknownLink}
	}},
	useradminv1.LinkService_SetPassword_FullMethodName: {door: anyone, right: codes.NotFound, request: func(*testing.T, *world) proto.Message {
		return &useradminv1.SetPasswordRequest{Token: unknownLink, Password: personPassword}
	}},
	useradminv1.LinkService_VerifyEmail_FullMethodName: {door: anyone, right: codes.NotFound, request: func(*testing.T, *world) proto.Message {
		return &useradminv1.VerifyEmailRequest{Token: unknownLink}
	}},
	useradminv1.LinkService_StartEnrolment_FullMethodName: {door: anyone, right: codes.NotFound, request: func(*testing.T, *world) proto.Message {
		return &useradminv1.StartEnrolmentRequest{Token: unknownLink}
	}},
	useradminv1.LinkService_FinishEnrolment_FullMethodName: {door: anyone, right: codes.NotFound, request: func(*testing.T, *world) proto.Message {
		return &useradminv1.FinishEnrolmentRequest{Token: unknownLink, Code: "000000"}
	}},
}

const (
	unknownLink    = "hp_link_unknown0000000000000000000"
	personPassword = "the password of a person"
)

// newPerson makes a user of the world's tenant who can log in.
func (w *world) newPerson(t *testing.T, owner bool) string {
	t.Helper()
	r, err := useradminv1.NewOperatorServiceClient(w.internal).AddUser(t.Context(), &useradminv1.AddUserRequest{
		Tenant: w.tenant, Email: newEmail(), Password: personPassword, Owner: owner, OpenstackRoles: []string{"creator"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return r.GetUser().GetId()
}

// grant is what a person of the world's tenant logs in with at Contabo's token endpoint.
func (w *world) grant(t *testing.T, person string) *useradminv1.CreateTokenRequest {
	t.Helper()
	client, err := useradminv1.NewClientServiceClient(w.public).GetClient(w.asOwner(t), &useradminv1.GetClientRequest{})
	if err != nil {
		t.Fatal(err)
	}
	user, err := useradminv1.NewUserServiceClient(w.public).GetUser(w.asOwner(t), &useradminv1.GetUserRequest{UserId: person})
	if err != nil {
		t.Fatal(err)
	}
	return &useradminv1.CreateTokenRequest{
		GrantType: "password", ClientId: client.GetClientId(), ClientSecret: client.GetSecret(),
		Username: user.GetUser().GetEmail(), Password: personPassword,
	}
}

// contaboToken logs a person in.
func (w *world) contaboToken(t *testing.T, person string) string {
	t.Helper()
	r, err := useradminv1.NewTokenServiceClient(w.public).CreateToken(t.Context(), w.grant(t, person))
	if err != nil {
		t.Fatal(err)
	}
	return r.GetAccessToken()
}

func (w *world) authentication(person string) *useradminv1.CreateKeystoneTokenRequest {
	return &useradminv1.CreateKeystoneTokenRequest{Auth: &useradminv1.KeystoneAuth{
		Identity: &useradminv1.KeystoneIdentity{Methods: []string{"password"}, Password: &useradminv1.KeystonePassword{
			User: &useradminv1.KeystoneUser{Id: person, Password: personPassword},
		}},
		Scope: `{"project":{"id":"` + w.tenant + `"}}`,
	}}
}

// keystoneToken logs a person in.
func (w *world) keystoneToken(t *testing.T, person string) string {
	t.Helper()
	r, err := useradminv1.NewKeystoneServiceClient(w.public).CreateKeystoneToken(t.Context(), w.authentication(person))
	if err != nil {
		t.Fatal(err)
	}
	return r.GetSubjectToken()
}

// appCredential makes one of the world's person.
func (w *world) appCredential(t *testing.T) string {
	t.Helper()
	ctx := metadata.AppendToOutgoingContext(context.WithoutCancel(t.Context()), "authorization", "Bearer "+w.keystone)
	r, err := useradminv1.NewApplicationCredentialServiceClient(w.public).CreateApplicationCredential(ctx, &useradminv1.CreateApplicationCredentialRequest{
		UserId: w.person, ApplicationCredential: &useradminv1.NewApplicationCredential{Name: id.New("app")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return r.GetApplicationCredential().GetId()
}
