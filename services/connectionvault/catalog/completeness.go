package catalog

// complete says what a live connector lacks for its auth type. Others may lack it.
func (i *inspection) complete() {
	if (i.AuthType == OAuth2) != (i.OAuth != nil) {
		i.wrong(at("oauth"), "goes with auth_type oauth2, and oauth2 does not go without it")
		return
	}
	secrets := 0
	for _, f := range i.Fields {
		if f.Sensitive {
			secrets++
		}
	}
	if i.AuthType == NoAuth && secrets > 0 {
		i.wrong(at("auth_type"), "none has no sensitive fields")
	}
	if i.Status != Live {
		return
	}
	switch i.AuthType {
	case OAuth2:
		i.completeOAuth()
	case APIKey:
		i.need(secrets > 0, "a sensitive field for the key")
	case Basic:
		i.need(secrets > 0 && len(i.Fields) > 1, "fields for user and password, one of them sensitive")
	case Custom:
		i.need(len(i.Fields) > 0, "fields")
	}
}

func (i *inspection) need(ok bool, what string) {
	if !ok {
		i.wrong(at("auth_type"), "%s needs %s; without, the status is upcoming", i.AuthType, what)
	}
}

func (i *inspection) completeOAuth() {
	o := i.OAuth
	i.need(o.Grant != AuthorizationCode || o.AuthorizeURL != "", "oauth.authorize_url")
	i.need(o.TokenURL != "", "oauth.token_url")
	if o.Grant == Password {
		i.need(i.has("username", false) && i.has("password", true), "the fields username and password, the latter sensitive")
	}
	if o.CredentialsSource == FromConnection {
		i.need(i.has("client_id", false) && i.has("client_secret", true), "the fields client_id and client_secret, the latter sensitive")
	}
}

func (i *inspection) has(id string, sensitive bool) bool {
	f, ok := i.Field(id)
	return ok && (f.Sensitive || !sensitive)
}
