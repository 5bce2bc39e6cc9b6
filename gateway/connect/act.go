package connect

import (
	"cmp"
	"errors"
	"net/url"
	"strings"

	"google.golang.org/protobuf/types/known/fieldmaskpb"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// act does what a form asks for, and sends the browser back to the page; or shows the page
// with why not.
func (v *visit) act(c *connectionvaultv1.Connection) error {
	action := v.r.PostForm.Get("action")
	if err := v.offers(c).permit(action); err != nil {
		return err
	}
	var done string
	var err error
	switch action {
	case "connect":
		return v.depart(c)
	case "confirm":
		return v.confirm(c)
	case "save":
		done, err = v.save(c)
	case "mappings":
		done, err = "saved", v.saveMappings(c)
	case "consent":
		done, err = "saved", v.recordConsent(c)
	case "enable", "disable":
		done, err = action+"d", v.update(c, &connectionvaultv1.UpdateConnectionRequest{Enabled: new(action == "enable")}, "enabled")
	case "disconnect":
		done, err = "disconnected", v.disconnect(c)
	case "delete":
		done = "deleted"
		_, err = v.connections.DeleteConnection(v.r.Context(), &connectionvaultv1.DeleteConnectionRequest{
			UnifiedApi: c.GetUnifiedApi(), ServiceId: c.GetServiceId(),
		})
	}
	if err != nil {
		return v.explain(c, action, err)
	}
	return v.send(v.at(placeOf(c).segments(), "done", done))
}

// explain shows the page again with what the service says, if that is for the consumer.
func (v *visit) explain(c *connectionvaultv1.Connection, action string, err error) error {
	came := answer{form: action, given: v.r.PostForm}
	if errors.As(err, &came.errors) {
		return v.connectionPage(c, came)
	}
	f := fault.From(err)
	if !pageable(f) {
		return err
	}
	came.blame(f)
	return v.connectionPage(c, came)
}

// save keeps what was entered, and connects with it where that needs no browser.
func (v *visit) save(c *connectionvaultv1.Connection) (done string, err error) {
	settings, err := collect(v.words(), asked(c), v.r.PostForm)
	if err != nil {
		return "", err
	}
	r, paths := &connectionvaultv1.UpdateConnectionRequest{Settings: settings}, []string{"settings"}
	if c.CreatedAt == nil {
		r.Enabled, paths = new(true), append(paths, "enabled")
	}
	if err := v.update(c, r, paths...); err != nil {
		return "", err
	}
	if grant := c.GetOauthGrantType(); grant != "client_credentials" && grant != "password" {
		return "saved", nil
	}
	_, err = v.connections.AuthorizeConnection(v.r.Context(), &connectionvaultv1.AuthorizeConnectionRequest{
		UnifiedApi: c.GetUnifiedApi(), ServiceId: c.GetServiceId(),
	})
	return "connected", err
}

func (v *visit) saveMappings(c *connectionvaultv1.Connection) error {
	r := &connectionvaultv1.UpdateConnectionRequest{}
	wrong := fieldErrors{}
	for _, f := range mappingFields(c) {
		value := strings.TrimSpace(v.r.PostForm.Get(formName(f.GetId())))
		if value == "" && f.GetRequired() {
			wrong[f.GetId()] = v.words().Missing
		}
		r.CustomMappings = append(r.CustomMappings, &connectionvaultv1.CustomMappingChange{Id: f.GetId(), Value: value})
	}
	if len(wrong) > 0 {
		return wrong
	}
	return v.update(c, r, "custom_mappings")
}

// update changes fields of a connection.
func (v *visit) update(c *connectionvaultv1.Connection, r *connectionvaultv1.UpdateConnectionRequest, paths ...string) error {
	r.UnifiedApi, r.ServiceId, r.UpdateMask = c.GetUnifiedApi(), c.GetServiceId(), &fieldmaskpb.FieldMask{Paths: paths}
	_, err := v.connections.UpdateConnection(v.r.Context(), r)
	return err
}

// disconnect ends the authorization. A browser would be sent through here and back, so it is
// spared the way; that nothing has ended, stands in the address that it would go to.
func (v *visit) disconnect(c *connectionvaultv1.Connection) error {
	u, err := url.Parse(c.GetRevokeUrl())
	if err != nil {
		return errLocation
	}
	_, rest, _ := strings.Cut(u.Path, revokePath+"/")
	service, application, ok := strings.Cut(rest, "/")
	if !ok {
		return errLocation
	}
	a, err := v.browser.BeginRevocation(v.r.Context(), &connectionvaultv1.BeginRevocationRequest{
		ServiceId: service, ApplicationId: application, State: u.Query().Get("state"), RedirectUri: v.PublicURL + returnPath,
	})
	if err != nil {
		return err
	}
	to, ok := web(a.GetLocation())
	if !ok {
		return errLocation
	}
	if q := to.Query(); q.Has("error") {
		return fault.FailedPrecondition("NOT_REVOKED", "%s", cmp.Or(q.Get("error_description"), q.Get("error")))
	}
	return nil
}
