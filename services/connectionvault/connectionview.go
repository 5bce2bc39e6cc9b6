package connectionvault

import (
	"time"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
)

// view is a connection as a caller sees it.
func (s *Service) view(c *caller, f *facts) (m *connectionvaultv1.Connection, err error) {
	stands := f.standing()
	m = &connectionvaultv1.Connection{
		Id: f.api + "+" + f.face.ServiceID, ServiceId: f.face.ServiceID, UnifiedApi: f.api, Name: f.face.Name,
		TagLine: f.face.tagLine, Website: f.face.website, Icon: f.face.icon, Logo: f.face.logo,
		State: stands.state, IntegrationState: stands.integration, Health: stands.health, ConsentState: stands.consent,
		AuthType: string(f.face.AuthType), OauthGrantType: f.face.grant, Status: string(f.face.Status),
		Enabled: f.connection.GetEnabled(), FormFields: f.face.filledIn(f.settings),
		ConfigurableResources: f.face.Resources.Configurable, ResourceSchemaSupport: f.face.Resources.Schema,
		ResourceSettingsSupport: f.face.Resources.Settings, SettingsRequiredForAuthorization: f.face.RequiredForAuthorization,
		SchemaSupport:       len(f.face.Resources.Schema) > 0,
		CredentialsExpireAt: f.token.GetForgottenAtMs(), LastRefreshFailedAt: f.token.GetFailedAtMs(), LastDownstreamErrorAt: f.token.GetUnreachableAtMs(),
		ApplicationDataScopes: scopesView(f.application),
	}
	if f.connection != nil {
		if m.Metadata, err = f.metadata(); err != nil {
			return nil, err
		}
		m.Settings, m.Configuration = f.face.shown(f.settings).String(), f.connection.GetConfiguration()
		m.CustomMappings = mappingViews(f.connection)
		m.CreatedAt, m.UpdatedAt = new(f.connection.GetCreatedAtMs()), new(f.connection.GetUpdatedAtMs())
	}
	if m.Consents = consentViews(f.consents); len(m.GetConsents()) > 0 {
		m.LatestConsent = m.GetConsents()[0]
	}
	return m, s.addURLs(c, f, m)
}

// companies are the settings that name the customer's account at a service.
var companies = [...]string{"tenant_id", "realm_id", "account_id"}

// metadata is what the caller keeps with a connection, and in company_id the customer's
// account at the service, which is not the caller's to say.
func (f *facts) metadata() (string, error) {
	for _, id := range companies {
		account := f.settings.get(id)
		if !filled(account) || f.face.sensitive(id) {
			continue
		}
		own, err := parseObject(f.connection.GetMetadata())
		if err != nil {
			return "", err
		}
		return own.merged(object{{`"company_id"`, account}}).String(), nil
	}
	return f.connection.GetMetadata(), nil
}

// addURLs adds the addresses that a browser authorizes and revokes by, where that can be.
func (s *Service) addURLs(c *caller, f *facts, m *connectionvaultv1.Connection) (err error) {
	if s.reachable() != nil || c.consumer == "" || !f.face.byBrowser() || !f.authorizable() {
		return nil
	}
	if c.stater == nil {
		if c.stater, err = s.newStater(c.whose(f.now)); err != nil {
			return err
		}
	}
	authorize, revoke := c.stater.marks(f.api, f.face.ServiceID)
	if f.token == nil || c.allows(actionReauthorize) {
		m.AuthorizeUrl = s.browserURL(c, useAuthorize, f, authorize)
	}
	if c.allows(actionDisconnect) {
		m.RevokeUrl = s.browserURL(c, useRevoke, f, revoke)
	}
	return nil
}

// whose is what states say of the caller's consumer.
func (c *caller) whose(now int64) *storev1.VaultAuthorization {
	a := &storev1.VaultAuthorization{
		Tenant: string(c.tenant), Application: c.application.GetId(), Consumer: c.consumer,
		Session: c.session.GetId(), ExpiresAtMs: now + stateLife.Milliseconds(),
	}
	if c.session != nil {
		a.ExpiresAtMs = min(a.GetExpiresAtMs(), c.session.GetExpiresAtMs())
	}
	return a
}

// browserURL needs no escapes: ids of services and applications have nothing to escape.
func (s *Service) browserURL(c *caller, use string, f *facts, mark string) *string {
	address := s.deps.PublicURL + "/vault/" + use + "/" + f.face.ServiceID + "/" + c.application.GetId() + "?state=" + c.stater.whose + "." + f.api + "." + mark
	return &address
}

// authorizable tells whether the settings are there that authorizing takes.
func (f *facts) authorizable() bool {
	for _, id := range f.face.RequiredForAuthorization {
		i, ok := f.face.at[id]
		if !filled(f.settings.get(id)) && (!ok || f.face.Fields[i].Default == "") {
			return false
		}
	}
	return true
}

func scopesView(m *storev1.VaultApplication) *connectionvaultv1.DataScopes {
	if m.GetDataScopes() == "" {
		return nil
	}
	return &connectionvaultv1.DataScopes{Enabled: true, UpdatedAt: iso(m.GetDataScopesAtMs()), Resources: m.GetDataScopes()}
}

// iso is a time as Apideck writes those that are texts.
func iso(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z") }

// isoOrNil is nil for no time.
func isoOrNil(ms int64) *string {
	if ms == 0 {
		return nil
	}
	return new(iso(ms))
}

// consumerConnection is a connection as consumers and webhooks have it.
func consumerConnection(f *facts) *connectionvaultv1.ConsumerConnection {
	stands := f.standing()
	m := &connectionvaultv1.ConsumerConnection{
		Id: f.api + "+" + f.face.ServiceID, Name: f.face.Name, Icon: f.face.icon, Logo: f.face.logo, Website: f.face.website,
		TagLine: f.face.tagLine, ServiceId: f.face.ServiceID, UnifiedApi: f.api, ConsumerId: f.connection.GetConsumer(),
		AuthType: string(f.face.AuthType), Enabled: f.connection.GetEnabled(), State: stands.state, Health: stands.health,
		CredentialsExpireAt: isoOrNil(f.token.GetForgottenAtMs()), LastRefreshFailedAt: isoOrNil(f.token.GetFailedAtMs()),
	}
	if f.connection != nil {
		m.CreatedAt, m.UpdatedAt = new(iso(f.connection.GetCreatedAtMs())), new(iso(f.connection.GetUpdatedAtMs()))
	}
	return m
}
