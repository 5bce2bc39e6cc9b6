package main

import (
	"context"
	"fmt"
	"iter"

	"google.golang.org/protobuf/proto"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/spelling"
	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

type bootstrapApp struct {
	ID                 text                   `yaml:"id"`
	Name               text                   `yaml:"name"`
	APIKey             secret                 `yaml:"api_key"`
	RedirectURIs       []text                 `yaml:"redirect_uris"`
	DefaultRedirectURI text                   `yaml:"default_redirect_uri"`
	ConfirmConnections bool                   `yaml:"confirm_connections"`
	DataScopes         text                   `yaml:"data_scopes"`
	Integrations       []bootstrapIntegration `yaml:"integrations"`

	everything bool // integrate all services of the catalog
}

type bootstrapIntegration struct {
	ServiceID    text   `yaml:"service_id"`
	ClientID     text   `yaml:"client_id"`
	ClientSecret secret `yaml:"client_secret"`
	Scopes       []text `yaml:"scopes"`
	Disabled     bool   `yaml:"disabled"`
}

// checkApps wants ids and keys: those tell at the next start what is there already, and a key
// that is made here would be shown to nobody.
func (t *bootstrapTenant) checkApps() error {
	for i, a := range t.Apps {
		if a.ID == "" || a.APIKey.text == "" {
			return fmt.Errorf("apps[%d] needs id and api_key", i)
		}
		for j, n := range a.Integrations {
			if n.ServiceID == "" {
				return fmt.Errorf("apps[%d].integrations[%d] has no service_id", i, j)
			}
		}
	}
	return nil
}

// fit has applications that integrate everything do so, and refuses what the catalog does not
// have. Without a catalog it is another process that makes them.
func (t *bootstrapTenant) fit(all *catalog.Catalog) error {
	if all == nil {
		return nil
	}
	for i := range t.Apps {
		a := &t.Apps[i]
		if a.everything {
			for connector := range all.All() {
				a.Integrations = append(a.Integrations, bootstrapIntegration{ServiceID: text(connector.ServiceID)})
			}
		}
		for j, n := range a.Integrations {
			if _, ok := all.Connector(string(n.ServiceID)); !ok {
				return fmt.Errorf("apps[%d].integrations[%d]: no connector is called %q; did you mean %q?", i, j, n.ServiceID, nearestService(all, n.ServiceID))
			}
		}
	}
	return nil
}

func nearestService(all *catalog.Catalog, name text) string {
	return spelling.Nearest(string(name), func(yield func(string) bool) {
		for connector := range all.All() {
			if !yield(connector.ServiceID) {
				return
			}
		}
	})
}

// appSecrets are what nobody else may read, and what they are.
func appSecrets(apps []bootstrapApp) iter.Seq2[string, secret] {
	return func(yield func(string, secret) bool) {
		for _, a := range apps {
			if !yield("an application's key", a.APIKey) {
				return
			}
			for _, n := range a.Integrations {
				if !yield("an integration's client secret", n.ClientSecret) {
					return
				}
			}
		}
	}
}

func (a *bootstrapApp) request(tenant text) *connectionvaultv1.AddApplicationRequest {
	r := &connectionvaultv1.AddApplicationRequest{
		Tenant: string(tenant), Id: string(a.ID), Name: string(a.Name), ApiKey: a.APIKey.text,
		RedirectUris: plain(a.RedirectURIs), DefaultRedirectUri: string(a.DefaultRedirectURI),
		ConfirmConnections: a.ConfirmConnections, DataScopes: string(a.DataScopes),
	}
	for _, n := range a.Integrations {
		r.Integrations = append(r.Integrations, &connectionvaultv1.NewIntegration{
			ServiceId: string(n.ServiceID), ClientId: string(n.ClientID), ClientSecret: n.ClientSecret.text,
			Scopes: plain(n.Scopes), Disabled: n.Disabled,
		})
	}
	return r
}

// appRequests are the requests that connection-vault gets, and where in the file they stand.
func (t *bootstrapTenant) appRequests() iter.Seq2[string, proto.Message] {
	return func(yield func(string, proto.Message) bool) {
		for i, a := range t.Apps {
			if !yield(fmt.Sprintf("apps[%d]", i), a.request(t.ID)) {
				return
			}
		}
	}
}

// applications adds a tenant's.
func (a *applier) applications(ctx context.Context, t bootstrapTenant) error {
	for _, app := range t.Apps {
		_, err := a.apps.AddApplication(ctx, app.request(t.ID))
		if err := a.report(ctx, addition(err), "tenant", t.ID, "app", app.ID); err != nil {
			return fmt.Errorf("application %s: %w", app.ID, err)
		}
	}
	return nil
}
