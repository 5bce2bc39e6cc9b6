package connectionvault

import (
	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

// connectorStatus is a connector's status in the words of the connector API, which are others
// than those of connections.
func connectorStatus(s catalog.Status) string {
	switch s {
	case catalog.Upcoming:
		return "development"
	case catalog.Requested:
		return "considering"
	}
	return string(s)
}

func (f *face) connectorView(all *catalog.Catalog) *connectionvaultv1.Connector {
	m := &connectionvaultv1.Connector{
		Id: f.ServiceID, ServiceId: f.ServiceID, Name: f.Name, Status: connectorStatus(f.Status), Description: f.tagLine,
		IconUrl: f.icon, LogoUrl: f.logo, WebsiteUrl: f.website, AuthType: string(f.AuthType), AuthOnly: true,
		Settings: f.fields, ConfigurableResources: f.Resources.Configurable, OauthGrantType: f.grant,
	}
	for _, api := range f.UnifiedAPIs {
		m.UnifiedApis = append(m.UnifiedApis, &connectionvaultv1.ConnectorApi{Id: api, Name: apiName(all, api)})
	}
	if f.OAuth == nil {
		return m
	}
	m.OauthCredentialsSource, m.CustomScopes = new(string(f.OAuth.CredentialsSource)), true
	for _, scope := range f.OAuth.Scopes {
		m.OauthScopes = append(m.OauthScopes, &connectionvaultv1.OauthScope{Id: scope, Label: scope, DefaultApis: f.UnifiedAPIs})
	}
	return m
}

func apiView(all *catalog.Catalog, a catalog.UnifiedAPI) *connectionvaultv1.Api {
	m := &connectionvaultv1.Api{Id: a.ID, Type: "unified", Name: a.Name, Status: string(catalog.Live)}
	for c := range all.Of(a.ID) {
		m.Connectors = append(m.Connectors, &connectionvaultv1.ApiConnector{Id: c.ServiceID, Name: c.Name})
	}
	return m
}

func apiName(all *catalog.Catalog, id string) string {
	for a := range all.UnifiedAPIs() {
		if a.ID == id {
			return a.Name
		}
	}
	return id
}
