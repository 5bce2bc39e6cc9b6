package connectionvault

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/holdplane/holdplane/services/connectionvault/catalog"
)

// callbackPath is where providers send browsers back to.
const callbackPath = "/vault/callback"

// inquiry is a request to a token endpoint that only has to be sent.
type inquiry struct {
	service    string
	url        string
	id, secret string
	auth       catalog.ClientAuth
	format     catalog.BodyFormat
	parameters url.Values
}

// issued is what a provider issued.
type issued struct {
	access, kind, refresh, scope string
	// expires is zero for tokens that never end.
	expires time.Time
	// copies are settings that the provider tells.
	copies map[string]string
}

// inquiry readies a request with the parameters of a grant. The error is a fault. It reads
// nothing but the party.
func (p *party) inquiry(e catalog.Endpoint, parameters url.Values) (*inquiry, error) {
	o, err := p.oauth()
	if err != nil {
		return nil, err
	}
	q := &inquiry{service: p.at.service, auth: o.ClientAuth, format: o.BodyFormat, parameters: parameters}
	if q.id, q.secret, err = p.client(); err != nil {
		return nil, err
	}
	if q.url, err = p.face.URL(e, p.texts); err != nil {
		return nil, urlFault(err)
	}
	more, err := p.face.TokenParams(p.texts)
	if err != nil {
		return nil, urlFault(err)
	}
	for name, value := range more {
		q.parameters.Set(name, value)
	}
	return q, nil
}

// redeeming is the request that trades a code for tokens.
func (p *party) redeeming(code, verifier, callback string) (*inquiry, error) {
	parameters := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback}}
	if verifier != "" {
		parameters.Set("code_verifier", verifier)
	}
	return p.inquiry(catalog.TokenURL, parameters)
}

// refreshing is the request that brings a new token for the one there is: by its refresh
// token, or by the grant again where that takes no browser.
func (p *party) refreshing() (*inquiry, error) {
	o, err := p.oauth()
	if err != nil {
		return nil, err
	}
	if o.Grant != catalog.AuthorizationCode {
		return p.granting()
	}
	return p.inquiry(catalog.RefreshURL, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {p.token.GetRefreshToken()}})
}

// granting is the request of the grants without a browser.
func (p *party) granting() (*inquiry, error) {
	parameters := url.Values{"grant_type": {string(p.face.OAuth.Grant)}}
	if scopes := p.scopes(); len(scopes) > 0 {
		parameters.Set("scope", p.joined(scopes))
	}
	if p.face.OAuth.Grant == catalog.Password {
		for _, id := range []string{"username", "password"} {
			if p.texts[id] == "" {
				return nil, missing(id)
			}
			parameters.Set(id, p.texts[id])
		}
	}
	return p.inquiry(catalog.TokenURL, parameters)
}

// scopes are those to ask for when nobody says otherwise.
func (p *party) scopes() []string {
	if own := p.integration.GetScopes(); len(own) > 0 {
		return own
	}
	return p.face.OAuth.Scopes
}

func (p *party) joined(scopes []string) string {
	return strings.Join(scopes, p.face.OAuth.ScopeSeparator)
}

// ask sends a request and reads what was issued. The error is a *refusal.
func (s *Service) ask(ctx context.Context, p *party, q *inquiry) (*issued, error) {
	ask := s.askByForm
	if q.format == catalog.JSON {
		ask = s.askByJSON
	}
	token, err := ask(ctx, q)
	if err == nil && (!utf8.ValidString(token.AccessToken) || !utf8.ValidString(token.RefreshToken)) {
		err = errNoToken // a form can hold what no record can
	}
	if err != nil {
		return nil, refusalOf(err, q)
	}
	return s.read(ctx, p, token), nil
}

// askByForm sends what golang.org/x/oauth2 makes of a request. Its client credentials take
// any grant and any parameter, which its other grants don't.
func (s *Service) askByForm(ctx context.Context, q *inquiry) (*oauth2.Token, error) {
	style := oauth2.AuthStyleInParams
	if q.auth == catalog.InHeader {
		style = oauth2.AuthStyleInHeader
	}
	asking := clientcredentials.Config{
		ClientID: q.id, ClientSecret: q.secret, TokenURL: q.url, AuthStyle: style, EndpointParams: q.parameters,
	}
	return asking.Token(context.WithValue(ctx, oauth2.HTTPClient, s.outside.of(q.service).HTTP()))
}

// read takes from an answer what is kept. Ends that are past already stand for none.
func (s *Service) read(ctx context.Context, p *party, token *oauth2.Token) *issued {
	scope, _ := token.Extra("scope").(string)
	i := &issued{
		access: token.AccessToken, kind: strings.ToValidUTF8(token.Type(), "\ufffd"), refresh: token.RefreshToken,
		scope: strings.ToValidUTF8(scope, "\ufffd"), expires: token.Expiry, copies: map[string]string{},
	}
	if now := time.Now(); !i.expires.After(now) {
		i.expires = time.Time{}
		if life := p.face.OAuth.ExpiresInDefault; life > 0 {
			i.expires = now.Add(time.Duration(life) * time.Second)
		}
	}
	for _, from := range slices.Sorted(maps.Keys(p.face.OAuth.Copy.Token)) {
		to := p.face.OAuth.Copy.Token[from]
		value := answerText(token, from)
		if value == "" {
			continue
		}
		if err := p.face.Accepts(to, value); err != nil {
			// The token is good all the same, and lost if it is not kept.
			s.deps.Log.WarnContext(ctx, "provider tells an unfit setting", "service", p.at.service, "setting", to, "error", err)
			continue
		}
		i.copies[to] = value
	}
	return i
}
