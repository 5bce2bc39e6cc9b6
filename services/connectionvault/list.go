package connectionvault

import (
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// pair tells the connections of a consumer apart.
type pair struct{ api, service string }

// allFacts reads what is known of all connections that a consumer has or could have, by
// service and then as the catalog orders its unified APIs. It scans each table once.
func (s *Service) allFacts(tx kv.Reader, c *caller, api string, now int64) ([]*facts, error) {
	integrations, err := s.integrated.of(tx, &s.tables, c.application)
	if err != nil {
		return nil, err
	}
	known, err := s.tables.knownOf(tx, c)
	if err != nil {
		return nil, err
	}
	all := make([]*facts, 0, len(integrations))
	for _, integration := range integrations {
		face := s.faces[integration.GetService()]
		if face == nil {
			continue // the catalog had it once
		}
		for _, of := range face.UnifiedAPIs {
			if api != "" && api != of || !c.sees(of) {
				continue
			}
			f := &facts{face: face, api: of, application: c.application, integration: integration, now: now}
			if k := known[pair{of, face.ServiceID}]; k != nil {
				f.connection, f.token, f.consents = k.connection, k.token, k.consents
				if f.settings, err = parseObject(f.connection.GetSettings()); err != nil {
					return nil, reads("the settings of a connection", err)
				}
			}
			all = append(all, f)
		}
	}
	return all, nil
}

// known is what the store has of a connection.
type known struct {
	connection *storev1.VaultConnection
	token      *storev1.VaultToken
	consents   []*storev1.VaultConsent
}

// knownOf reads all connections of the caller's consumer. Consents count where the
// application asks for them only, and are always shown.
func (t *tables) knownOf(tx kv.Reader, c *caller) (map[pair]*known, error) {
	if c.consumer == "" {
		return nil, nil
	}
	return t.knownBy(tx, c.tenant, c.application.GetId(), c.consumer)
}

func (t *tables) knownBy(tx kv.Reader, of tenant.ID, application, consumer string) (map[pair]*known, error) {
	all := map[pair]*known{}
	for m, err := range t.connections.Below(tx, scope(of), table.Page{}, application, consumer) {
		if err != nil {
			return nil, err
		}
		all[pair{m.GetApi(), m.GetService()}] = &known{connection: m}
	}
	if len(all) == 0 {
		return all, nil
	}
	for m, err := range t.tokens.Below(tx, scope(of), table.Page{}, application, consumer) {
		if err != nil {
			return nil, err
		}
		if k := all[pair{m.GetApi(), m.GetService()}]; k != nil {
			k.token = m
		}
	}
	for m, err := range t.consents.Below(tx, scope(of), table.Page{}, application, consumer) {
		if err != nil {
			return nil, err
		}
		if k := all[pair{m.GetApi(), m.GetService()}]; k != nil {
			k.consents = append(k.consents, m)
		}
	}
	return all, nil
}
