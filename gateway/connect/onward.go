package connect

import (
	"net/http"
	"net/url"
	"regexp"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// nonceForm is what the page made.
var nonceForm = regexp.MustCompile(`^[A-Z2-7]{26}$`)

// onwardPage is the body of a page that leads away. A redirect would not do: browsers refuse
// to send a form on to another host than the policy of its page names.
type onwardPage struct {
	Next, Name string
	// Nonce is of the authorization that begins; empty for none. Page is what it comes back
	// to, by a form with the page's proof.
	Nonce, Page string
}

// depart leads to the provider, from where the browser comes back to /vault/session/return.
func (v *visit) depart(c *connectionvaultv1.Connection) error {
	nonce := v.r.PostForm.Get("nonce")
	if !nonceForm.MatchString(nonce) {
		return fault.InvalidArgument(fault.ReasonInvalid, "the form is malformed")
	}
	u, ok := web(c.GetAuthorizeUrl())
	if !ok {
		return errLocation
	}
	q := u.Query()
	q.Set("redirect_uri", v.PublicURL+returnPath)
	q.Set("nonce", nonce)
	u.RawQuery = q.Encode()
	return v.show(http.StatusOK, "onward", v.words().Onward, onwardPage{
		Next: u.String(), Name: c.GetName(), Nonce: nonce, Page: v.at(placeOf(c).segments()),
	})
}

// confirm makes what was authorized usable.
func (v *visit) confirm(c *connectionvaultv1.Connection) error {
	_, err := v.connections.ConfirmConnection(v.r.Context(), &connectionvaultv1.ConfirmConnectionRequest{
		UnifiedApi: c.GetUnifiedApi(), ServiceId: c.GetServiceId(), ConfirmToken: v.r.PostForm.Get("confirm_token"),
	})
	if err != nil {
		return v.explain(c, "confirm", err)
	}
	if end, ok := web(v.open.end); ok && v.open.settings.AutoRedirect && !v.look.Frame {
		return v.show(http.StatusOK, "onward", v.words().Onward, onwardPage{Next: end.String(), Name: end.Host})
	}
	return v.send(v.at(placeOf(c).segments(), "done", "connected"))
}

// End is where the session leads in the end; empty for nowhere.
func (s *session) End() string { return s.end }

// EndHost is its name for people.
func (s *session) EndHost() string {
	u, err := url.Parse(s.end)
	if err != nil {
		return ""
	}
	return u.Host
}
