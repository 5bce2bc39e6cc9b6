package apideck

import (
	"google.golang.org/protobuf/proto"

	"github.com/holdplane/holdplane/gateway"
	vaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

// dress adds to answers what services leave to the gateway, and makes of them what the client
// reads.
func dress(c *gateway.Call, m proto.Message) {
	types := optionTypesFor(c.Request.Header)
	switch m := m.(type) {
	case interface {
		GetConnection() *vaultv1.Connection
	}:
		types.dress(m.GetConnection())
	case *vaultv1.ListConnectionsResponse:
		for _, one := range m.GetConnections() {
			types.dress(one)
		}
	case *vaultv1.GetConnectorResponse:
		types.dressFields(m.GetConnector().GetSettings())
	case *vaultv1.ListConnectorsResponse:
		for _, one := range m.GetConnectors() {
			types.dressFields(one.GetSettings())
		}
	case *vaultv1.CreateSessionResponse:
		m.SessionUri = c.PublicURL + "/vault/session/" + m.GetSessionToken()
	case interface{ GetWebhook() *vaultv1.Webhook }:
		dressWebhook(c, m.GetWebhook())
	case *vaultv1.ListWebhooksResponse:
		for _, one := range m.GetWebhooks() {
			dressWebhook(c, one)
		}
	case *vaultv1.ListLogsResponse:
		for _, one := range m.GetLogs() {
			if one.Service == nil { // @apideck/unify reads no log without
				one.Service = &vaultv1.LoggedService{}
			}
		}
	}
}

func (t optionTypes) dress(m *vaultv1.Connection) {
	if m == nil {
		return
	}
	m.Configuration = t.inConfiguration(m.GetConfiguration())
	t.dressFields(m.GetFormFields())
}

func (t optionTypes) dressFields(fields []*vaultv1.FormField) {
	for _, f := range fields {
		f.Options = t.inOptions(f.GetOptions())
		if !fieldTypes[f.GetType()] {
			f.Type = "text"
		}
	}
}

// fieldTypes are those that every generation of SDKs reads: older ones refuse the whole list
// for one that they don't know.
var fieldTypes = map[string]bool{
	"text": true, "checkbox": true, "tel": true, "email": true, "url": true, "textarea": true, "select": true, "filtered-select": true,
	"multi-select": true, "datetime": true, "date": true, "time": true, "number": true,
}

// dressWebhook adds where providers would send their events. @apideck/unify reads no webhook
// without.
func dressWebhook(c *gateway.Call, m *vaultv1.Webhook) {
	if m != nil {
		m.ExecuteBaseUrl = c.PublicURL + "/webhook/webhooks/" + m.GetId() + "/execute"
	}
}
