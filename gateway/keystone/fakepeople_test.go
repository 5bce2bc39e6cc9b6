package keystone_test

import (
	"context"
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

func (p *people) GetKeystoneToken(_ context.Context, r *useradminv1.GetKeystoneTokenRequest) (*useradminv1.GetKeystoneTokenResponse, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, err := p.subject(r.GetSubjectToken())
	if err != nil {
		return nil, err
	}
	return &useradminv1.GetKeystoneTokenResponse{Token: s.token, SubjectToken: s.id, WithCatalog: r.GetWithCatalog()}, nil
}

func (p *people) RevokeKeystoneToken(_ context.Context, r *useradminv1.RevokeKeystoneTokenRequest) (*useradminv1.RevokeKeystoneTokenResponse, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, err := p.subject(r.GetSubjectToken())
	if err != nil {
		return nil, err
	}
	s.revoked = true
	return &useradminv1.RevokeKeystoneTokenResponse{}, nil
}

func (p *people) GetCatalog(context.Context, *useradminv1.GetCatalogRequest) (*useradminv1.GetCatalogResponse, error) {
	return &useradminv1.GetCatalogResponse{}, nil
}

// tenant is the project as lists have it.
func tenant() *useradminv1.KeystoneProject {
	return &useradminv1.KeystoneProject{Id: projectA.GetId(), Name: projectA.GetName(), DomainId: home.GetId(), Enabled: true, ParentId: home.GetId()}
}

func (p *people) ListAuthProjects(context.Context, *useradminv1.ListAuthProjectsRequest) (*useradminv1.ListAuthProjectsResponse, error) {
	return &useradminv1.ListAuthProjectsResponse{Projects: []*useradminv1.KeystoneProject{tenant()}}, nil
}

func (p *people) ListUserProjects(context.Context, *useradminv1.ListUserProjectsRequest) (*useradminv1.ListUserProjectsResponse, error) {
	return &useradminv1.ListUserProjectsResponse{Projects: []*useradminv1.KeystoneProject{tenant()}}, nil
}

func (p *people) GetProject(_ context.Context, r *useradminv1.GetProjectRequest) (*useradminv1.GetProjectResponse, error) {
	if r.GetProjectId() != projectA.GetId() {
		return nil, fault.NotFound("PROJECT_NOT_FOUND", "there is no project %s", r.GetProjectId())
	}
	return &useradminv1.GetProjectResponse{Project: tenant()}, nil
}

// credentials is the service of application credentials.
type credentials struct {
	useradminv1.UnimplementedApplicationCredentialServiceServer
	p *people
}

func (s credentials) CreateApplicationCredential(ctx context.Context, r *useradminv1.CreateApplicationCredentialRequest) (*useradminv1.CreateApplicationCredentialResponse, error) {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	t, asked := s.p.caller(ctx).token, r.GetApplicationCredential()
	if t.GetApplicationCredential() != nil {
		return nil, fault.PermissionDenied("APPLICATION_CREDENTIAL", "an application credential makes no others")
	}
	if asked.GetUnrestricted() {
		return nil, fault.Invalid(fault.Violation{
			Field: "application_credential.unrestricted", Rule: "bool.const", Message: "must not be true: application credentials can't make others here",
		})
	}
	if _, made := s.find(asked.GetName(), t.GetUser().GetId()); made != nil {
		return nil, fault.AlreadyExists("APPLICATION_CREDENTIAL_EXISTS", "there is one of this name").With("name", asked.GetName())
	}
	made := &useradminv1.ApplicationCredential{
		Id: fmt.Sprintf("credential-%d", len(s.p.credentials)), Name: asked.GetName(), Description: asked.Description,
		UserId: t.GetUser().GetId(), ProjectId: t.GetProject().GetId(),
	}
	for _, role := range t.GetRoles() {
		made.Roles = append(made.Roles, &useradminv1.ApplicationCredentialRole{Id: role.GetId(), Name: role.GetName()})
	}
	s.p.credentials = append(s.p.credentials, made)
	s.p.secrets[made.GetId()] = "secret of " + made.GetId()
	shown := proto.CloneOf(made)
	shown.Secret = proto.String(s.p.secrets[made.GetId()])
	return &useradminv1.CreateApplicationCredentialResponse{ApplicationCredential: shown}, nil
}

func (s credentials) ListApplicationCredentials(_ context.Context, r *useradminv1.ListApplicationCredentialsRequest) (*useradminv1.ListApplicationCredentialsResponse, error) {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	answer := &useradminv1.ListApplicationCredentialsResponse{}
	for _, c := range s.p.credentials {
		if c.GetUserId() == r.GetUserId() && (r.GetName() == "" || r.GetName() == c.GetName()) {
			answer.ApplicationCredentials = append(answer.ApplicationCredentials, c)
		}
	}
	return answer, nil
}

func (s credentials) GetApplicationCredential(_ context.Context, r *useradminv1.GetApplicationCredentialRequest) (*useradminv1.GetApplicationCredentialResponse, error) {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	if _, c := s.find(r.GetCredentialId(), r.GetUserId()); c != nil {
		return &useradminv1.GetApplicationCredentialResponse{ApplicationCredential: c}, nil
	}
	return nil, missing(r.GetCredentialId())
}

func (s credentials) DeleteApplicationCredential(_ context.Context, r *useradminv1.DeleteApplicationCredentialRequest) (*useradminv1.DeleteApplicationCredentialResponse, error) {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	i, c := s.find(r.GetCredentialId(), r.GetUserId())
	if c == nil {
		return nil, missing(r.GetCredentialId())
	}
	s.p.credentials = slices.Delete(s.p.credentials, i, i+1)
	return &useradminv1.DeleteApplicationCredentialResponse{}, nil
}

// find looks for a user's application credential by id or name.
func (s credentials) find(named, userID string) (int, *useradminv1.ApplicationCredential) {
	for i, c := range s.p.credentials {
		if (c.GetId() == named || c.GetName() == named) && c.GetUserId() == userID {
			return i, c
		}
	}
	return 0, nil
}

func missing(id string) error {
	return fault.NotFound("APPLICATION_CREDENTIAL_NOT_FOUND", "there is no application credential %s", id)
}

// byCredential is the token of who has an application credential's secret.
func (p *people) byCredential(r *useradminv1.KeystoneApplicationCredential) (*useradminv1.KeystoneToken, error) {
	for _, c := range p.credentials {
		owner := find(&useradminv1.KeystoneUser{Id: c.GetUserId()})
		byName := c.GetName() == r.GetName() && find(r.GetUser()) == owner
		if (c.GetId() != r.GetId() && !byName) || p.secrets[c.GetId()] != r.GetSecret() {
			continue
		}
		t := tokenOf(owner, "application_credential")
		t.Project, t.IsDomain = projectA, proto.Bool(false)
		t.ApplicationCredential = &useradminv1.KeystoneTokenCredential{Id: c.GetId(), Name: c.GetName(), Restricted: true}
		return t, nil
	}
	return nil, errRefused
}
