package useradmin

import (
	"context"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
)

const reasonProjectUnknown = "PROJECT_NOT_FOUND"

// keystone serves KeystoneService.
type keystone struct {
	useradminv1.UnimplementedKeystoneServiceServer
	s *Service
}

func (k keystone) GetVersion(context.Context, *useradminv1.GetVersionRequest) (*useradminv1.GetVersionResponse, error) {
	return &useradminv1.GetVersionResponse{}, nil
}

// GetCatalog leaves the catalog to the gateway, which knows the addresses.
func (k keystone) GetCatalog(ctx context.Context, _ *useradminv1.GetCatalogRequest) (*useradminv1.GetCatalogResponse, error) {
	_, err := userOr(ctx, permReadUsers)
	return &useradminv1.GetCatalogResponse{}, err
}

func (k keystone) ListAuthProjects(ctx context.Context, _ *useradminv1.ListAuthProjectsRequest) (*useradminv1.ListAuthProjectsResponse, error) {
	p, err := userOr(ctx, permReadUsers)
	if err != nil {
		return nil, err
	}
	projects, err := k.projectsOf(ctx, p)
	return &useradminv1.ListAuthProjectsResponse{Projects: projects}, err
}

func (k keystone) ListUserProjects(ctx context.Context, r *useradminv1.ListUserProjectsRequest) (*useradminv1.ListUserProjectsResponse, error) {
	p, err := userOr(ctx, permReadUsers)
	if err != nil {
		return nil, err
	}
	if p.Subject != r.GetUserId() {
		return nil, fault.NotFound(reasonUserUnknown, "user %s does not exist", r.GetUserId())
	}
	projects, err := k.projectsOf(ctx, p)
	return &useradminv1.ListUserProjectsResponse{Projects: projects}, err
}

func (k keystone) GetProject(ctx context.Context, r *useradminv1.GetProjectRequest) (*useradminv1.GetProjectResponse, error) {
	p, err := userOr(ctx, permReadUsers)
	if err != nil {
		return nil, err
	}
	if string(p.Tenant) != r.GetProjectId() {
		return nil, fault.NotFound(reasonProjectUnknown, "project %s does not exist", r.GetProjectId())
	}
	project, err := k.project(ctx, p)
	return &useradminv1.GetProjectResponse{Project: project}, err
}

// userOr lets all users in, whatever they may do, and others by permission.
func userOr(ctx context.Context, perm auth.Permission) (*auth.Principal, error) {
	if p := auth.From(ctx); isUser(p) {
		return p, nil
	}
	return require(ctx, perm)
}

// projectsOf are the projects that a user has a role in: the tenant, or none. Root keys have
// no tokens.
func (k keystone) projectsOf(ctx context.Context, p *auth.Principal) ([]*useradminv1.KeystoneProject, error) {
	var roles []string
	err := k.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		u, err := found(k.s.tables.users.Get(tx, scope(p.Tenant), p.Subject))
		if err != nil || u == nil {
			return err
		}
		permissions, err := k.s.tables.permissionsOf(tx, u)
		roles = rolesIn(permissions)
		return err
	})
	if err != nil || len(roles) == 0 {
		return nil, err
	}
	project, err := k.project(ctx, p)
	return []*useradminv1.KeystoneProject{project}, err
}

func (k keystone) project(ctx context.Context, p *auth.Principal) (m *useradminv1.KeystoneProject, err error) {
	err = k.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		account, err := k.s.tables.accountShown(tx, p.Tenant)
		m = &useradminv1.KeystoneProject{
			Id: string(p.Tenant), Name: account.GetName(), DomainId: domainID, Enabled: true, ParentId: domainID,
		}
		return err
	})
	return m, err
}
