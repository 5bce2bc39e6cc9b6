package connectionvault

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

// authorizationLife is how long a browser may stay with a provider.
const authorizationLife = 10 * time.Minute

// cookieFlows is how many authorizations one browser may be at: each tab has its own.
const cookieFlows = 4

// BeginAuthorization sends the browser to the provider with a state of its own, which works
// once, and only together with what the browser's cookie says from now on.
func (b browser) BeginAuthorization(ctx context.Context, r *connectionvaultv1.BeginAuthorizationRequest) (*connectionvaultv1.BeginAuthorizationResponse, error) {
	if err := b.s.reachable(); err != nil {
		return nil, err
	}
	v, err := b.s.arrive(ctx, useAuthorize, r)
	if err != nil {
		return nil, err
	}
	cookie, state := secret(), secret()
	a := v.authorization(r)
	a.Digest, a.CookieDigest, a.ExpiresAtMs = digestOf(state), digestOf(cookie), time.Now().Add(authorizationLife).UnixMilli()
	location, err := v.party.authorizeURL(state, b.s.callback(), a)
	if err == nil {
		err = b.s.keepAuthorization(ctx, a)
	}
	if err != nil {
		if location, err = withFault(v.redirect, err); err != nil {
			return nil, err
		}
		return &connectionvaultv1.BeginAuthorizationResponse{Location: location, Cookie: r.GetCookie()}, nil
	}
	return &connectionvaultv1.BeginAuthorizationResponse{Location: location, Cookie: addFlow(r.GetCookie(), cookie)}, nil
}

func (v *visit) authorization(r *connectionvaultv1.BeginAuthorizationRequest) *storev1.VaultAuthorization {
	a := v.party.authorization()
	a.RedirectUri, a.Nonce, a.Session, a.Scopes = v.redirect, r.GetNonce(), v.session, strings.Fields(r.GetScope())
	if v.party.face.OAuth != nil && v.party.face.OAuth.PKCE == catalog.S256 {
		a.Verifier = oauth2.GenerateVerifier()
	}
	return a
}

func (p place) authorization() *storev1.VaultAuthorization {
	return &storev1.VaultAuthorization{
		Tenant: string(p.tenant), Application: p.application, Consumer: p.consumer, Api: p.api, Service: p.service,
	}
}

// keepAuthorization keeps a browser's way. Its row is the state's: whoever has that finds it.
func (s *Service) keepAuthorization(ctx context.Context, a *storev1.VaultAuthorization) error {
	at := placeOf(a)
	entry := at.event(ctx, "connection.authorize.begin")
	return s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		if err := s.tables.authorizations.Insert(tx, at.scope(), a); err != nil {
			return err
		}
		return s.tables.audit.Write(tx, at.scope(), entry)
	})
}

// callback is where providers send browsers back to.
func (s *Service) callback() string { return s.deps.PublicURL + callbackPath }

// authorizeURL is where a browser goes to authorize. The error is a fault.
func (p *party) authorizeURL(state, callback string, a *storev1.VaultAuthorization) (string, error) {
	o, err := p.oauth()
	switch {
	case err != nil:
		return "", err
	case o.Grant != catalog.AuthorizationCode:
		return "", fault.FailedPrecondition(reasonState, "%s is not authorized by a browser", p.face.Name)
	case p.integration.GetDisabled():
		return "", fault.FailedPrecondition(reasonState, "the application has switched %s off", p.face.Name)
	}
	id, _, err := p.client()
	if err != nil {
		return "", err
	}
	to, err := p.face.URL(catalog.AuthorizeURL, p.texts)
	if err != nil {
		return "", urlFault(err)
	}
	more, err := p.face.AuthorizeParams(p.texts)
	if err != nil {
		return "", urlFault(err)
	}
	scopes := a.GetScopes()
	if len(scopes) == 0 {
		scopes = p.scopes()
	}
	var options []oauth2.AuthCodeOption
	for _, name := range slices.Sorted(maps.Keys(more)) {
		options = append(options, oauth2.SetAuthURLParam(name, more[name]))
	}
	if len(scopes) > 0 {
		options = append(options, oauth2.SetAuthURLParam("scope", p.joined(scopes)))
	}
	if a.GetVerifier() != "" {
		options = append(options, oauth2.S256ChallengeOption(a.GetVerifier()))
	}
	config := oauth2.Config{ClientID: id, RedirectURL: callback, Endpoint: oauth2.Endpoint{AuthURL: to}}
	return config.AuthCodeURL(state, options...), nil
}

// addFlow puts a value into a cookie, before those of the browser's other tabs.
func addFlow(cookie, value string) string {
	all := append([]string{value}, strings.Split(cookie, ".")...)
	all = slices.DeleteFunc(all, func(s string) bool { return len(s) != len(value) })
	return strings.Join(all[:min(len(all), cookieFlows)], ".")
}
