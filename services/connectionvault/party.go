package connectionvault

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

// party is a connection with all that calls to its provider need.
type party struct {
	at          place
	connector   *catalog.Connector
	integration *storev1.VaultIntegration
	connection  *storev1.VaultConnection // nil where the consumer has not added it
	token       *storev1.VaultToken      // nil where there is none
	row         *storev1.VaultToken      // what a new token replaces; nil for nothing
	settings    map[string]string
}

// party reads a connection, added or not, of an application that is there.
func (s *Service) party(tx kv.Reader, at place) (*party, error) {
	connector, ok := s.deps.Catalog.Connector(at.service)
	if !ok || !slices.Contains(connector.UnifiedAPIs, at.api) {
		return nil, fault.NotFound(reasonConnectorUnknown, "there is no service %s in the unified API %s", at.service, at.api)
	}
	p := &party{at: at, connector: connector}
	var err error
	p.integration, err = s.tables.integrations.Get(tx, at.scope(), at.application, at.service)
	switch {
	case errors.Is(err, kv.ErrNotFound):
		return nil, fault.NotFound(reasonIntegrationAbsent, "the application does not integrate %s", at.service)
	case err != nil:
		return nil, err
	}
	p.connection, err = s.tables.connections.Get(tx, at.scope(), connectionKey(at)...)
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		return nil, err
	}
	if err != nil {
		p.connection = nil
	}
	if p.token, p.row, err = s.tables.token(tx, at); err != nil {
		return nil, err
	}
	p.settings, err = textsOf(p.connection.GetSettings())
	return p, err
}

// oauth refuses connections without OAuth.
func (p *party) oauth() (*catalog.OAuth, error) {
	if p.connector.OAuth == nil {
		return nil, fault.FailedPrecondition(reasonState, "%s does not use OAuth; enter its credentials as settings", p.connector.Name)
	}
	return p.connector.OAuth, nil
}

// client is the OAuth client that speaks with the provider.
func (p *party) client() (id, secret string, err error) {
	id, secret = p.integration.GetClientId(), p.integration.GetClientSecret()
	if p.connector.OAuth.CredentialsSource == catalog.FromConnection {
		id, secret = p.settings["client_id"], p.settings["client_secret"]
		if id == "" {
			return "", "", missing("client_id")
		}
	}
	if id == "" {
		return "", "", fault.FailedPrecondition(reasonClientAbsent, "the application has no OAuth client for %s; register one with the provider and set it", p.connector.Name)
	}
	return id, secret, nil
}

// missing is what a caller is told of a setting that is not there.
func missing(id string) error {
	return fault.FailedPrecondition(reasonSettings, "the setting %q is missing; enter it first", id).With("field", id)
}

// settingsFault is what a caller is told of a setting that a URL or a request lacks.
func settingsFault(err error) error {
	var setting *catalog.SettingError
	switch {
	case errors.As(err, &setting):
		return fault.FailedPrecondition(reasonSettings, "%s", setting.Error()).With("field", setting.ID)
	case errors.Is(err, catalog.ErrNoURL):
		return fault.FailedPrecondition(reasonState, "the connector can't do this yet: %s", err.Error())
	}
	return err
}

// textsOf are the settings that can stand in URLs and requests, as texts. Lists and objects
// can't.
func textsOf(settings string) (map[string]string, error) {
	texts := map[string]string{}
	if settings == "" {
		return texts, nil
	}
	var all map[string]any
	d := json.NewDecoder(bytes.NewReader([]byte(settings)))
	d.UseNumber()
	if err := d.Decode(&all); err != nil {
		return nil, fmt.Errorf("read the settings of a connection: %w", err)
	}
	for id, v := range all {
		switch v := v.(type) {
		case string:
			texts[id] = v
		case json.Number:
			texts[id] = v.String()
		case bool:
			texts[id] = strconv.FormatBool(v)
		}
	}
	return texts, nil
}

// withTexts puts texts into settings, and leaves the others as they are.
func withTexts(settings string, texts map[string]string) (string, error) {
	if len(texts) == 0 {
		return settings, nil
	}
	all := map[string]json.RawMessage{}
	if settings != "" {
		if err := json.Unmarshal([]byte(settings), &all); err != nil {
			return "", fmt.Errorf("read the settings of a connection: %w", err)
		}
	}
	for id, text := range texts {
		value, err := json.Marshal(text)
		if err != nil {
			return "", err
		}
		all[id] = value
	}
	merged, err := json.Marshal(all)
	return string(merged), err
}
