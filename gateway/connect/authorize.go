package connect

import (
	"errors"
	"net/http"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

// errLocation hides an address that browsers must not be sent to.
var errLocation = errors.New("the service sends the browser to what is no address on the web")

// authorize sends the browser to the provider.
func (s *site) authorize(v *visit) error {
	if err := v.only(http.MethodGet); err != nil {
		return err
	}
	if len(v.segments) != 2 {
		return errUnknown
	}
	a, err := s.browser.BeginAuthorization(v.r.Context(), &connectionvaultv1.BeginAuthorizationRequest{
		ServiceId: v.segments[0], ApplicationId: v.segments[1], State: v.query.Get("state"),
		RedirectUri: v.query.Get("redirect_uri"), Scope: v.query.Get("scope"), Nonce: v.query.Get("nonce"),
		Cookie: v.cookie(),
	})
	if err != nil {
		return err
	}
	if _, ok := web(a.GetLocation()); !ok {
		return errLocation
	}
	v.setCookie(a.GetCookie())
	return v.send(a.GetLocation())
}

// callback takes the browser from the provider to the application. The cookie stays when
// something goes wrong: anybody can send a browser here with what is wrong.
func (s *site) callback(v *visit) error {
	if err := v.only(http.MethodGet); err != nil {
		return err
	}
	if len(v.segments) != 0 {
		return errUnknown
	}
	parameters := map[string]string{}
	for name := range v.query {
		parameters[name] = v.query.Get(name)
	}
	e, err := s.browser.EndAuthorization(v.r.Context(), &connectionvaultv1.EndAuthorizationRequest{
		State: parameters["state"], Code: parameters["code"], Iss: parameters["iss"],
		Error: parameters["error"], ErrorDescription: parameters["error_description"],
		Cookie: v.cookie(), Parameters: parameters,
	})
	if err != nil {
		return err
	}
	if _, ok := web(e.GetLocation()); !ok {
		return errLocation
	}
	v.setCookie(e.GetCookie())
	return v.send(e.GetLocation())
}

// revoke ends an authorization.
func (s *site) revoke(v *visit) error {
	if err := v.only(http.MethodGet); err != nil {
		return err
	}
	if len(v.segments) != 2 {
		return errUnknown
	}
	a, err := s.browser.BeginRevocation(v.r.Context(), &connectionvaultv1.BeginRevocationRequest{
		ServiceId: v.segments[0], ApplicationId: v.segments[1],
		State: v.query.Get("state"), RedirectUri: v.query.Get("redirect_uri"),
	})
	if err != nil {
		return err
	}
	if _, ok := web(a.GetLocation()); !ok {
		return errLocation
	}
	return v.send(a.GetLocation())
}
