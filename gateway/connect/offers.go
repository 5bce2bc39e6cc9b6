package connect

import (
	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// offers are what can be done with a connection, as the session allows.
type offers struct{ Save, Connect, Reconnect, Enable, Disable, Disconnect, Delete, Mappings, Consent bool }

// offers returns what can be done with a connection now.
func (v *visit) offers(c *connectionvaultv1.Connection) offers {
	added, usable, s := c.CreatedAt != nil, c.GetIntegrationState() == "configured", v.open
	ready := usable && codeGrant(c) && c.GetAuthorizeUrl() != ""
	was := settled(c) || c.GetState() == "invalid"
	fields := asked(c)
	return offers{
		Save:       usable && len(fields) > 0,
		Connect:    ready && !was,
		Reconnect:  ready && was && s.allows(allowReauthorize),
		Enable:     usable && !c.GetEnabled() && (added || !codeGrant(c) && len(fields) == 0),
		Disable:    added && c.GetEnabled() && s.allows(allowDisable),
		Disconnect: was && c.GetRevokeUrl() != "" && s.allows(allowDisconnect),
		Delete:     added && s.allows(allowDelete),
		Mappings:   added && !s.settings.HideResourceSettings && len(c.GetCustomMappings()) > 0,
		Consent:    added && c.GetApplicationDataScopes().GetEnabled(),
	}
}

// permit refuses an action that is not on the page. To confirm is to finish what was begun on
// it.
func (o offers) permit(action string) error {
	may := map[string]bool{
		"save": o.Save, "connect": o.Connect || o.Reconnect, "confirm": true, "enable": o.Enable, "disable": o.Disable,
		"disconnect": o.Disconnect, "delete": o.Delete, "mappings": o.Mappings, "consent": o.Consent,
	}
	if !may[action] {
		return fault.PermissionDenied("ACTION_ABSENT", "the page does not offer this")
	}
	return nil
}
