package connectionvault

import (
	"bytes"
	"errors"
	"maps"
	"slices"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

// party is a connection with all that calls to its provider need.
type party struct {
	*facts
	at place
	// texts are the settings that can stand in URLs and requests. Lists and objects can't.
	texts map[string]string
}

// party reads a connection, added or not, that the application still integrates.
func (s *Service) party(tx kv.Reader, at place, now int64) (*party, error) {
	application, err := s.tables.applications.Get(tx, at.scope(), at.application)
	if errors.Is(err, kv.ErrNotFound) {
		return nil, fault.NotFound(reasonAppUnknown, "there is no application %s", at.application)
	}
	if err != nil {
		return nil, err
	}
	f, err := s.facts(tx, &caller{tenant: at.tenant, application: application, consumer: at.consumer}, at.api, at.service, now)
	if err != nil {
		return nil, err
	}
	if f.integration == nil {
		return nil, fault.NotFound(reasonIntegrationAbsent, "the application does not integrate %s", at.service)
	}
	return newParty(f, at), nil
}

func newParty(f *facts, at place) *party {
	p := &party{facts: f, at: at, texts: map[string]string{}}
	for _, m := range f.settings {
		if text := scalar(m.value); text != "" {
			p.texts[m.name()] = text
		}
	}
	return p
}

// authorization is that of a browser which is about to authorize the connection.
func (p *party) authorization() *storev1.VaultAuthorization {
	a := p.at.authorization()
	a.HostsDigest = p.face.hostsDigest(p.settings)
	return a
}

// still refuses what a browser brings from another host than the settings lead to by now: the
// code is not for this one to see, nor is the token.
func (p *party) still(a *storev1.VaultAuthorization) error {
	if bytes.Equal(a.GetHostsDigest(), p.face.hostsDigest(p.settings)) {
		return nil
	}
	return fault.FailedPrecondition(reasonState, "the settings lead to another host by now; authorize the connection again")
}

// caller is the application, for the connection's consumer.
func (p *party) caller() *caller {
	return &caller{tenant: p.at.tenant, application: p.application, consumer: p.at.consumer}
}

// oauth refuses connections without OAuth.
func (p *party) oauth() (*catalog.OAuth, error) {
	if p.face.OAuth == nil {
		return nil, fault.FailedPrecondition(reasonState, "%s does not use OAuth; enter its credentials as settings", p.face.Name)
	}
	return p.face.OAuth, nil
}

// client is the OAuth client that speaks with the provider.
func (p *party) client() (id, secret string, err error) {
	id, secret = p.integration.GetClientId(), p.integration.GetClientSecret()
	if p.face.OAuth.CredentialsSource == catalog.FromConnection {
		id, secret = p.texts["client_id"], p.texts["client_secret"]
		if id == "" {
			return "", "", missing("client_id")
		}
	}
	if id == "" {
		return "", "", fault.FailedPrecondition(reasonClientAbsent, "the application has no OAuth client for %s; register one with the provider and set it", p.face.Name)
	}
	return id, secret, nil
}

// missing is what a caller is told of a setting that is not there.
func missing(id string) error { return wrongSetting(id, "is missing; enter it first") }

// urlFault is what a caller is told of a URL, or parameters of it, that settings are lacking
// for.
func urlFault(err error) error {
	if errors.Is(err, catalog.ErrNoURL) {
		return fault.FailedPrecondition(reasonState, "the connector can't do this yet: %s", err.Error())
	}
	return settingFault(err)
}

// withTexts are settings with texts in the places of those with their names.
func withTexts(settings object, texts map[string]string) object {
	var change object
	for _, id := range slices.Sorted(maps.Keys(texts)) {
		change = append(change, member{jsonText(id), jsonText(texts[id])})
	}
	return settings.merged(change)
}
