package connectionvault

import (
	"cmp"
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// operator serves OperatorService.
type operator struct {
	connectionvaultv1.UnimplementedOperatorServiceServer
	s *Service
}

// AddApplication makes the key first: without its application it opens nothing, and is not
// known to anybody if the application is not made after all.
func (o operator) AddApplication(ctx context.Context, r *connectionvaultv1.AddApplicationRequest) (*connectionvaultv1.AddApplicationResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	if err := o.s.checkApplication(r); err != nil {
		return nil, err
	}
	m := newApplication(r)
	if err := o.s.tenants.Require(ctx, r.GetTenant()); err != nil {
		return nil, err
	}
	err := o.s.deps.Store.View(ctx, func(tx kv.Reader) error { return o.s.tables.unlike(tx, r, m.GetId()) })
	if err != nil {
		return nil, err
	}
	key, err := o.s.newKey(ctx, m, r.GetApiKey())
	if err != nil {
		return nil, err
	}
	m.Keys = []*storev1.VaultKey{key}
	done := audit.Event(ctx, "application.create", m.GetId())
	err = o.s.tenants.Change(ctx, r.GetTenant(), func(tx kv.Writer) error {
		if err := o.s.tables.unlike(tx, r, m.GetId()); err != nil {
			return err
		}
		return o.s.tables.addApplication(tx, m, r.GetIntegrations(), done)
	})
	if errors.Is(err, table.ErrExists) {
		err = takenApplication(m.GetId())
	}
	if err != nil {
		return nil, errors.Join(err, o.s.unmakeKey(ctx, m, r.GetApiKey()))
	}
	return &connectionvaultv1.AddApplicationResponse{Id: m.GetId(), ApiKey: key.GetSecret()}, nil
}

func newApplication(r *connectionvaultv1.AddApplicationRequest) *storev1.VaultApplication {
	m := &storev1.VaultApplication{
		Id: cmp.Or(r.GetId(), id.New("app")), Tenant: r.GetTenant(), Name: r.GetName(),
		RedirectUris: r.GetRedirectUris(), DefaultRedirectUri: r.GetDefaultRedirectUri(),
		ConfirmConnections: r.GetConfirmConnections(), DataScopes: r.GetDataScopes(), IntegrationsMark: newMark(), CreatedAtMs: time.Now().UnixMilli(),
	}
	if m.GetDefaultRedirectUri() == "" && len(m.GetRedirectUris()) > 0 {
		m.DefaultRedirectUri = m.GetRedirectUris()[0]
	}
	if m.GetDataScopes() != "" {
		m.DataScopesAtMs = m.GetCreatedAtMs()
	}
	return m
}

func (t *tables) addApplication(tx kv.Writer, m *storev1.VaultApplication, all []*connectionvaultv1.NewIntegration, done audit.Entry) error {
	of := scope(tenant.ID(m.GetTenant()))
	if err := t.applications.Insert(tx, of, m); err != nil {
		return err
	}
	for _, n := range all {
		if err := t.integrations.Insert(tx, of, newIntegration(m.GetId(), n, m.GetCreatedAtMs())); err != nil {
			return err
		}
	}
	return t.audit.Write(tx, of, done)
}

// unlike refuses an application whose id is there already, whoever's it is.
func (t *tables) unlike(tx kv.Reader, r *connectionvaultv1.AddApplicationRequest, name string) error {
	there, err := t.applications.Find(tx, table.Global, byID, name)
	switch {
	case errors.Is(err, kv.ErrNotFound):
		return nil
	case err != nil:
		return err
	case there.GetTenant() != r.GetTenant():
		return takenApplication(name)
	}
	integrations, err := t.integrationsOf(tx, there)
	if err != nil {
		return err
	}
	return compareApplication(r, there, integrations)
}

func takenApplication(name string) error {
	return fault.AlreadyExists(reasonAppThere, "there is an application %s already", name)
}

func compareApplication(r *connectionvaultv1.AddApplicationRequest, there *storev1.VaultApplication, integrations []*storev1.VaultIntegration) error {
	var d differences
	d.text("name", r.GetName(), there.GetName())
	d.add("api_key", r.GetApiKey() != "" && !hasKey(there, r.GetApiKey()))
	d.add("redirect_uris", !sameSet(r.GetRedirectUris(), there.GetRedirectUris()))
	d.text("default_redirect_uri", r.GetDefaultRedirectUri(), there.GetDefaultRedirectUri())
	d.add("confirm_connections", r.GetConfirmConnections() != there.GetConfirmConnections())
	d.text("data_scopes", r.GetDataScopes(), there.GetDataScopes())
	d.add("integrations", !sameIntegrations(r.GetIntegrations(), integrations))
	return d.exists(fault.AlreadyExists(reasonAppThere, "there is an application %s already", there.GetId()))
}

func (o operator) ListApplications(ctx context.Context, r *connectionvaultv1.ListApplicationsRequest) (*connectionvaultv1.ListApplicationsResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	if err := o.s.tenants.Require(ctx, r.GetTenant()); err != nil {
		return nil, err
	}
	answer := &connectionvaultv1.ListApplicationsResponse{}
	err := o.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		answer.Applications = nil
		for m, err := range o.s.tables.applications.All(tx, scope(tenant.ID(r.GetTenant())), table.Page{}) {
			if err != nil {
				return err
			}
			integrations, err := o.s.tables.integrationsOf(tx, m)
			if err != nil {
				return err
			}
			answer.Applications = append(answer.Applications, applicationView(m, integrations))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

func applicationView(m *storev1.VaultApplication, integrations []*storev1.VaultIntegration) *connectionvaultv1.Application {
	view := &connectionvaultv1.Application{
		Tenant: m.GetTenant(), Id: m.GetId(), Name: m.GetName(), RedirectUris: m.GetRedirectUris(),
		DefaultRedirectUri: m.GetDefaultRedirectUri(), ConfirmConnections: m.GetConfirmConnections(),
		CreatedAt: timestamppb.New(time.UnixMilli(m.GetCreatedAtMs())), DataScopes: m.GetDataScopes(),
	}
	for _, i := range integrations {
		view.Integrations = append(view.Integrations, &connectionvaultv1.Integration{
			ServiceId: i.GetService(), ClientId: i.GetClientId(), HasSecret: i.GetClientSecret() != "",
			Disabled: i.GetDisabled(), Scopes: i.GetScopes(),
		})
	}
	return view
}
