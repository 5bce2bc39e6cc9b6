package catalog

import (
	"time"

	"go.yaml.in/yaml/v3"
)

// OAuth says how to speak OAuth 2.0 with a provider. The URLs are as the file has them,
// with templates; Connector.URL gives those to use.
type OAuth struct {
	Grant        Grant  `yaml:"grant"`
	AuthorizeURL string `yaml:"authorize_url"`
	TokenURL     string `yaml:"token_url"`
	// RefreshURL is empty where TokenURL refreshes too.
	RefreshURL string `yaml:"refresh_url"`
	// RevokeURL is empty where tokens are forgotten here and nowhere else.
	RevokeURL string `yaml:"revoke_url"`
	// Issuer, when given, is what the callback's iss must be (RFC 9207).
	Issuer string `yaml:"issuer"`
	// Scopes are asked for unless the integration has its own.
	Scopes []string `yaml:"scopes"`
	// ScopeSeparator is a space when the file does not say.
	ScopeSeparator string `yaml:"scope_separator"`
	// PKCE is S256 when the file does not say.
	PKCE PKCE `yaml:"pkce"`
	// ClientAuth is InBody when the file does not say.
	ClientAuth ClientAuth `yaml:"client_auth"`
	// BodyFormat is Form when the file does not say.
	BodyFormat BodyFormat `yaml:"body_format"`
	// AuthorizeParams and TokenParams are as the file has them, with templates;
	// Connector.AuthorizeParams and Connector.TokenParams give those to use.
	AuthorizeParams map[string]string `yaml:"authorize_params"`
	TokenParams     map[string]string `yaml:"token_params"`
	// CredentialsSource is FromIntegration when the file does not say.
	CredentialsSource CredentialsSource `yaml:"credentials_source"`
	// ExpiresInDefault is a token's life in seconds when the answer does not say: 3600
	// when the file does not either, 0 when tokens never expire.
	ExpiresInDefault int `yaml:"expires_in_default"`
	// RefreshBuffer is how long before its end a token is refreshed: 60 s when the file
	// does not say, 24 h at most.
	RefreshBuffer time.Duration `yaml:"refresh_buffer"`
	Copy          Copy          `yaml:"copy"`
}

// UnmarshalYAML fills what the file leaves out.
func (o *OAuth) UnmarshalYAML(n *yaml.Node) error {
	type plain OAuth
	p := plain{
		ScopeSeparator: " ", PKCE: S256, ClientAuth: InBody, BodyFormat: Form,
		CredentialsSource: FromIntegration, ExpiresInDefault: 3600, RefreshBuffer: time.Minute,
	}
	err := n.Decode(&p)
	*o = OAuth(p)
	return err
}

// Copy says what a provider tells that belongs into a connection's settings: names there
// by names here. Before such a value is kept, Connector.Accepts must have passed it.
type Copy struct {
	// Callback has parameters of the callback's query.
	Callback map[string]string `yaml:"callback"`
	// Token has members of the token answer; a dot descends into an object.
	Token map[string]string `yaml:"token"`
}

// Grant is an OAuth 2.0 grant.
type Grant string

// The grants of OAuth 2.0 that a connector may use.
const (
	AuthorizationCode Grant = "authorization_code"
	ClientCredentials Grant = "client_credentials"
	Password          Grant = "password"
)

var grants = []Grant{AuthorizationCode, ClientCredentials, Password}

// PKCE is the method of the code challenge.
type PKCE string

// The methods; plain is not offered, for it protects nothing.
const (
	S256    PKCE = "S256"
	PKCEOff PKCE = "off"
)

var pkces = []PKCE{S256, PKCEOff}

// ClientAuth says where the client's id and secret stand in a token request.
type ClientAuth string

// The places of the client's credentials.
const (
	InHeader ClientAuth = "basic"
	InBody   ClientAuth = "body"
)

var clientAuths = []ClientAuth{InHeader, InBody}

// BodyFormat is the format of a token request.
type BodyFormat string

// The formats; answers are JSON with both.
const (
	Form BodyFormat = "form"
	JSON BodyFormat = "json"
)

var bodyFormats = []BodyFormat{Form, JSON}

// CredentialsSource says whose OAuth client is used.
type CredentialsSource string

const (
	// FromIntegration is the client that the operator registered with the provider.
	FromIntegration CredentialsSource = "integration"
	// FromConnection is the end user's: the fields client_id and client_secret.
	FromConnection CredentialsSource = "connection"
)

var credentialsSources = []CredentialsSource{FromIntegration, FromConnection}

var scopeSeparators = []string{" ", ",", "+"}
