package catalog

import (
	"maps"
	"slices"
	"strings"
	"time"
)

const maxRefreshBuffer = 24 * time.Hour

// reserved are the parameters of the protocol, which no file may set.
var (
	reservedAuthorize = []string{"client_id", "client_secret", "code_challenge", "code_challenge_method", "nonce", "redirect_uri", "response_type", "scope", "state"}
	reservedToken     = []string{"client_id", "client_secret", "code", "code_verifier", "grant_type", "password", "redirect_uri", "refresh_token", "scope", "username"}
)

func (i *inspection) oauth() {
	o := i.OAuth
	oneOf(i, at("oauth", "grant"), o.Grant, grants)
	oneOf(i, at("oauth", "scope_separator"), o.ScopeSeparator, scopeSeparators)
	oneOf(i, at("oauth", "pkce"), o.PKCE, pkces)
	oneOf(i, at("oauth", "client_auth"), o.ClientAuth, clientAuths)
	oneOf(i, at("oauth", "body_format"), o.BodyFormat, bodyFormats)
	oneOf(i, at("oauth", "credentials_source"), o.CredentialsSource, credentialsSources)
	for n, scope := range o.Scopes {
		if scope == "" || strings.ContainsAny(scope, o.ScopeSeparator+" \t\r\n\"\\") {
			i.wrong(at("oauth", "scopes", n), "%q must be one scope: not empty, without the separator, blanks, quotes and backslashes", scope)
		}
	}
	i.distinct(at("oauth", "scopes"), o.Scopes)
	if o.ExpiresInDefault < 0 {
		i.wrong(at("oauth", "expires_in_default"), "must be seconds, or 0 for tokens that never expire")
	}
	if o.RefreshBuffer < 0 || o.RefreshBuffer > maxRefreshBuffer {
		i.wrong(at("oauth", "refresh_buffer"), "must be between 0s and 24h")
	}
	if o.Issuer != "" && !fitURL(o.Issuer, len(i.AllowAddresses) > 0) {
		i.wrong(at("oauth", "issuer"), "%q must be an https URL", o.Issuer)
	}
}

func (i *inspection) copied() {
	for key, names := range map[string]map[string]string{"callback": i.OAuth.Copy.Callback, "token": i.OAuth.Copy.Token} {
		for from, to := range names {
			path := at("oauth", "copy", key, from)
			f, ok := i.Field(to)
			switch {
			case from == "" || !idPattern.MatchString(to):
				i.wrong(path, "%q must be letters, digits, hyphens and underscores, a letter first, 64 at most", to)
			case ok && f.Sensitive:
				i.wrong(path, "the field %s is sensitive: what a provider tells is not kept as a secret", to)
			}
		}
	}
}

// params readies the extra parameters.
func (i *inspection) params() {
	i.authorizeParams = i.texts("authorize_params", i.OAuth.AuthorizeParams, reservedAuthorize, AuthorizeURL)
	i.tokenParams = i.texts("token_params", i.OAuth.TokenParams, reservedToken, TokenURL)
}

func (i *inspection) texts(key string, params map[string]string, reserved []string, e Endpoint) map[string]text {
	parsed := map[string]text{}
	for _, name := range slices.Sorted(maps.Keys(params)) {
		path := at("oauth", key, name)
		if name == "" || slices.Contains(reserved, name) {
			i.wrong(path, "the protocol sets %q; leave it out", name)
		}
		t, err := parseText(params[name])
		if err != nil {
			i.wrong(path, "%q %v", params[name], err)
		}
		for field := range t.names() {
			i.named(path, field)
			i.inTime(path, field, e)
		}
		parsed[name] = t
	}
	return parsed
}
