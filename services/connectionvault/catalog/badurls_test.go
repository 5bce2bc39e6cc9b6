package catalog_test

import "strings"

// rest is acme from auth_type on, oauthBlock the mapping of oauth in it.
var (
	rest       = acme[strings.Index(acme, "auth_type:"):]
	oauthBlock = acme[strings.Index(acme, "oauth:"):strings.Index(acme, "required_for")]
)

var badURLs = []badFile{
	{"http", "https://api.", "http://api.", `line 9: oauth.token_url: must be https`},
	{"another scheme", "https://api.", "ftp://api.", `line 9: oauth.token_url: "ftp://api.acme.example/token" is no URL such as https://host/path with a lower-case host`},
	{"no scheme", "https://api.", "//api.", `line 9: oauth.token_url: "//api.acme.example/token" is no URL such as https://host/path with a lower-case host`},
	{"user information", "https://api.", "https://me@api.", `line 9: oauth.token_url: "https://me@api.acme.example/token" is no URL such as https://host/path with a lower-case host`},
	{"a fragment", "example/token", "example/token#a", `line 9: oauth.token_url: "https://api.acme.example/token#a" has "#", which cannot stand in it`},
	{"a blank", "example/token", "example/to ken", `line 9: oauth.token_url: "https://api.acme.example/to ken" has " ", which cannot stand in it`},
	{"a backslash", "example/token", `example\token`, `line 9: oauth.token_url: "https://api.acme.example\\token" has "\\", which cannot stand in it`},
	{"capitals in the host", "https://api.", "https://API.", `line 9: oauth.token_url: "https://API.acme.example/token" is no URL such as https://host/path with a lower-case host`},
	{"a name in the port", "example/token", "example:{site}/token", `line 9: oauth.token_url: "https://api.acme.example:{site}/token" is no URL such as https://host/path with a lower-case host`},
	{"a name of no field", "https://{site}", "https://{sight}", `line 8: oauth.authorize_url: there is no field and no copied value for {sight}`},
	{"a name of a secret", "https://{site}", "https://{key}", `line 8: oauth.authorize_url: {key} is a sensitive field; secrets do not belong in URLs or parameters`},
	{"half a name", "https://{site}", "https://{site", `line 8: oauth.authorize_url: "https://{site.acme.example/authorize" is no URL such as https://host/path with a lower-case host`},
	{"an empty name", "https://{site}", "https://{}", `line 8: oauth.authorize_url: "https://{}.acme.example/authorize" has {, which is no {field}`},
	{"an empty label", "https://api.", "https://api..", `line 9: oauth.token_url: has a host or path that cannot be`},
	{"dots in the path", "example/token", "example/../token", `line 9: oauth.token_url: has a host or path that cannot be`},
	{"a host that anybody may have", "https://{site}.acme.example/", "https://acme.{site}/", `line 8: oauth.authorize_url: {site} could make it anybody's host: end the host in a domain, or give the field site options, or a pattern that ends in a domain`},
	{"a whole host from a field", "https://{site}.acme.example/", "https://{site}/", `line 8: oauth.authorize_url: {site} could make it anybody's host: end the host in a domain, or give the field site options, or a pattern that ends in a domain`},
	{"a whole origin from a field", "https://{site}.acme.example/authorize", `"{site}/authorize"`, `line 8: oauth.authorize_url: {site} could make it anybody's host: end the host in a domain, or give the field site options, or a pattern that ends in a domain`},
	{"a suffix that others register", "https://{site}.acme.example/", "https://{site}acme.example/", `line 8: oauth.authorize_url: {site} could make it anybody's host: end the host in a domain, or give the field site options, or a pattern that ends in a domain`},
	{"a name that may be missing", "https://{site}", "https://{zone}", `line 8: oauth.authorize_url: {zone} may have no value yet: list its field under required_for_authorization, or give it a default`},
	{"a copied value that comes too late", "https://{site}", "https://{shop}", `line 8: oauth.authorize_url: {shop} may have no value yet: list its field under required_for_authorization, or give it a default`},
	{"a bad URL to fall back to", "example/token", "example/token || x", `line 9: oauth.token_url: "x" is no URL such as https://host/path with a lower-case host`},
	{"a name in the host with allowed addresses", "website: https://acme.example", "allow_addresses: [10.0.0.0/8]", `line 8: oauth.authorize_url: with allow_addresses the host must not be filled in: {site} could lead to any of the addresses`},
}

var incomplete = []badFile{
	{"oauth2 without oauth", oauthBlock, "", `line 1: oauth: goes with auth_type oauth2, and oauth2 does not go without it`},
	{"a key without field", rest, "auth_type: apiKey\n", `line 5: auth_type: apiKey needs a sensitive field for the key; without, the status is upcoming`},
	{"basic without password", rest, "auth_type: basic\nfields: [{id: user, label: User}, {id: name, label: Name}]\n", `line 5: auth_type: basic needs fields for user and password, one of them sensitive; without, the status is upcoming`},
	{"custom without fields", rest, "auth_type: custom\n", `line 5: auth_type: custom needs fields; without, the status is upcoming`},
	{"none with a secret", rest, "auth_type: none\nfields: [{id: key, label: Key, sensitive: true}]\n", `line 5: auth_type: none has no sensitive fields`},
	{"a key with oauth", "auth_type: oauth2", "auth_type: apiKey", `line 7: oauth: goes with auth_type oauth2, and oauth2 does not go without it`},
	{"no token URL", "  token_url: https://api.acme.example/token\n", "", `line 5: auth_type: oauth2 needs oauth.token_url; without, the status is upcoming`},
	{"no authorize URL", "  authorize_url: https://{site}.acme.example/authorize\n", "", `line 5: auth_type: oauth2 needs oauth.authorize_url; without, the status is upcoming`},
	{"password without fields", "authorization_code", "password", `line 5: auth_type: oauth2 needs the fields username and password, the latter sensitive; without, the status is upcoming`},
	{"the end user's client without fields", "scopes: [read]", "credentials_source: connection", `line 5: auth_type: oauth2 needs the fields client_id and client_secret, the latter sensitive; without, the status is upcoming`},
}
