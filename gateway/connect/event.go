package connect

import (
	"encoding/json"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

// event is what a page tells its audience. The zero event is none.
type event struct {
	// Event is change or delete; empty for none.
	Event string
	// Connection is a JSON object.
	Connection string
	// Finish tells that there is nothing more to do.
	Finish bool
}

// heard is a connection as the audience gets it, named as on the wire. Settings are not in it.
type heard struct {
	ID               string `json:"id"`
	ServiceID        string `json:"service_id"`
	Name             string `json:"name"`
	TagLine          string `json:"tag_line,omitempty"`
	UnifiedAPI       string `json:"unified_api"`
	State            string `json:"state"`
	IntegrationState string `json:"integration_state"`
	AuthType         string `json:"auth_type"`
	GrantType        string `json:"oauth_grant_type,omitempty"`
	Status           string `json:"status"`
	Enabled          bool   `json:"enabled"`
	Health           string `json:"health,omitempty"`
	Icon             string `json:"icon,omitempty"`
	Logo             string `json:"logo,omitempty"`
	Website          string `json:"website,omitempty"`
	CreatedAt        *int64 `json:"created_at,omitempty"`
	UpdatedAt        *int64 `json:"updated_at,omitempty"`
}

// happened returns what the page's address says has just happened, in words and for the
// audience. Whoever makes such an address has the page tell what is so all the same.
func (v *visit) happened(c *connectionvaultv1.Connection) (string, event) {
	done := v.query.Get("done")
	said := v.words().Done[done]
	if said == "" || done == "refused" || c == nil {
		return said, event{}
	}
	text, err := json.Marshal(heard{
		c.GetId(), c.GetServiceId(), c.GetName(), c.GetTagLine(), c.GetUnifiedApi(), c.GetState(), c.GetIntegrationState(),
		c.GetAuthType(), c.GetOauthGrantType(), c.GetStatus(), c.GetEnabled(), c.GetHealth(), c.GetIcon(), c.GetLogo(),
		c.GetWebsite(), c.CreatedAt, c.UpdatedAt,
	})
	if err != nil { // texts and numbers can always be told
		return said, event{}
	}
	e := event{Event: "change", Connection: string(text)}
	if done == "deleted" {
		e.Event = "delete"
	}
	e.Finish = done == "connected" && v.open.settings.AutoRedirect && v.look.Frame
	return said, e
}
