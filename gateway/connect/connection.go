package connect

import (
	"crypto/rand"
	"net/http"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

// place is where a connection is among those of a session.
type place struct{ API, Service string }

func placeOf(c *connectionvaultv1.Connection) place {
	return place{c.GetUnifiedApi(), c.GetServiceId()}
}

func (p place) segments() []string { return []string{p.API, p.Service} }

// connectionPage is the body of the page of one connection.
type connectionPage struct {
	Name, Line, State, Health string
	Action                    string // where forms go
	Overview                  string // all connections; empty where there is one
	Done                      string // what has just happened; empty for nothing
	Alert                     string // what did not work, and is no field's; empty for nothing
	Offers                    offers
	Form                      form
	Nonce                     string
	Mappings                  form
	Resources                 []item
	Consent                   *consentForm
	event
}

// form is fields, and what its button says.
type form struct {
	Fields []field
	Submit string
}

// connection shows one, or does what was asked for with it.
func (s *site) connection(v *visit, at place) error {
	c, err := v.get(at)
	if err != nil {
		return err
	}
	if v.r.Method == http.MethodPost {
		return v.act(c)
	}
	return v.connectionPage(c, answer{})
}

// get returns a connection that the session shows.
func (v *visit) get(at place) (*connectionvaultv1.Connection, error) {
	if !v.open.shows(at.API) {
		return nil, errUnknown
	}
	a, err := v.connections.GetConnection(v.r.Context(), &connectionvaultv1.GetConnectionRequest{UnifiedApi: at.API, ServiceId: at.Service})
	if err != nil {
		return nil, err
	}
	return a.GetConnection(), nil
}

// connectionPage shows a connection, with what is wrong with what came, if anything is.
func (v *visit) connectionPage(c *connectionvaultv1.Connection, came answer) error {
	w, at := v.words(), placeOf(c)
	p := connectionPage{
		Name: c.GetName(), Line: c.GetTagLine(), State: w.state(c),
		Action: v.at(at.segments()), Alert: came.alert, Offers: v.offers(c), Nonce: rand.Text(),
		Form:    form{Fields: came.fieldsOf(fieldsOf(w, "setting", asked(c)), "save"), Submit: w.Save},
		Consent: v.consentForm(c),
	}
	if c.CreatedAt != nil { // of what was never added it is clear
		p.Health = w.Health[c.GetHealth()]
	}
	if !v.open.settings.IsolationMode {
		p.Overview = v.at(nil)
	}
	if !settled(c) && !codeGrant(c) {
		p.Form.Submit = w.Connect
	}
	if !v.open.settings.HideResourceSettings && c.CreatedAt != nil {
		p.Mappings = form{Fields: came.fieldsOf(fieldsOf(w, "mapping", mappingFields(c)), "mappings"), Submit: w.Save}
		for _, resource := range c.GetConfigurableResources() {
			p.Resources = append(p.Resources, item{Name: resource, Href: v.at(append(at.segments(), resource))})
		}
	}
	status := http.StatusOK
	if came.wrong() {
		status = http.StatusUnprocessableEntity
	} else {
		p.Done, p.event = v.happened(c)
	}
	return v.show(status, "connection", c.GetName(), p)
}

// codeGrant reports whether a browser authorizes the connection.
func codeGrant(c *connectionvaultv1.Connection) bool {
	return c.GetOauthGrantType() == "authorization_code"
}

// settled reports whether what a connection needs to be entered or authorized was, once.
func settled(c *connectionvaultv1.Connection) bool {
	return c.GetState() == "authorized" || c.GetState() == "callable"
}

// asked are the fields to ask for now: before it is authorized, those that authorizing needs.
// What can be chosen from for the others is often known only then.
func asked(c *connectionvaultv1.Connection) []*connectionvaultv1.FormField {
	var all []*connectionvaultv1.FormField
	needed := map[string]bool{}
	for _, id := range c.GetSettingsRequiredForAuthorization() {
		needed[id] = true
	}
	early := codeGrant(c) && !settled(c)
	for _, f := range c.GetFormFields() {
		if !f.GetHidden() && (!early || needed[f.GetId()]) {
			all = append(all, f)
		}
	}
	return all
}

// mappingFields are mappings as fields.
func mappingFields(c *connectionvaultv1.Connection) []*connectionvaultv1.FormField {
	var all []*connectionvaultv1.FormField
	for _, m := range c.GetCustomMappings() {
		label := m.GetLabel()
		if label == "" {
			label = m.GetKey()
		}
		all = append(all, &connectionvaultv1.FormField{
			Id: m.GetId(), Label: label, Description: m.Description, Placeholder: m.Example,
			Type: "text", Required: m.GetRequired(), Value: jsonText(m.GetValue()),
		})
	}
	return all
}
