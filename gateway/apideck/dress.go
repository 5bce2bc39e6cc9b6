package apideck

import (
	"slices"

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
		if one := m.GetConnector(); one != nil {
			one.Settings = types.dressed(one.GetSettings())
		}
	case *vaultv1.ListConnectorsResponse:
		for _, one := range m.GetConnectors() {
			one.Settings = types.dressed(one.GetSettings())
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
	m.FormFields = t.dressed(m.GetFormFields())
}

// dressed copies the fields that it changes: connections of a service may share them.
func (t optionTypes) dressed(fields []*vaultv1.FormField) []*vaultv1.FormField {
	own := false
	for i, f := range fields {
		options, known := t.inOptions(f.GetOptions()), fieldTypes[f.GetType()]
		if known && options == f.GetOptions() {
			continue
		}
		if !own {
			fields, own = slices.Clone(fields), true
		}
		fields[i] = proto.CloneOf(f)
		fields[i].Options = options
		if !known {
			fields[i].Type = "text"
		}
	}
	return fields
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
