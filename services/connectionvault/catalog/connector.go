package catalog

import "net/netip"

// Connector is a provider that end users connect to. It must not be changed.
type Connector struct {
	// ServiceID never changes: lower-case letters, digits and hyphens, 64 at most.
	ServiceID string `yaml:"service_id"`
	// Name is what end users read.
	Name string `yaml:"name"`
	// UnifiedAPIs has one id or more; each makes a connection of its own,
	// "UNIFIED_API+SERVICE_ID".
	UnifiedAPIs []string `yaml:"unified_apis"`
	// Status is live when the file does not say.
	Status Status `yaml:"status"`
	// Website, Icon and Logo are https URLs, or empty.
	Website string `yaml:"website"`
	Icon    string `yaml:"icon"`
	Logo    string `yaml:"logo"`
	// TagLine is one sentence about the provider, or empty.
	TagLine  string   `yaml:"tag_line"`
	AuthType AuthType `yaml:"auth_type"`
	// OAuth is nil unless AuthType is OAuth2.
	OAuth *OAuth `yaml:"oauth"`
	// RequiredForAuthorization are the ids of fields that must have values before the
	// authorize URL can be made.
	RequiredForAuthorization []string `yaml:"required_for_authorization"`
	// Fields are what the end user is asked, in that order.
	Fields    []Field   `yaml:"fields"`
	Resources Resources `yaml:"resources"`
	// AllowAddresses are networks that calls for this connector may reach although they
	// are not public; with any, http is allowed too. Only operators' files give them.
	AllowAddresses []netip.Prefix `yaml:"allow_addresses"`

	urls            map[Endpoint][]template
	authorizeParams map[string]text
	tokenParams     map[string]text
}

// Field returns the field of an id, and false when there is none.
func (c *Connector) Field(id string) (*Field, bool) {
	for i := range c.Fields {
		if c.Fields[i].ID == id {
			return &c.Fields[i], true
		}
	}
	return nil, false
}

// Resources are the ids of the unified API's resources that can be set up.
type Resources struct {
	// Configurable have defaults that a connection may set.
	Configurable []string `yaml:"configurable"`
	// Schema can be asked for their schema.
	Schema []string `yaml:"schema"`
	// Settings have a configuration form of their own.
	Settings []string `yaml:"settings"`
}

// Status says how far a connector is.
type Status string

// The states of a connector. Only live ones must be complete.
const (
	Live      Status = "live"
	Upcoming  Status = "upcoming"
	Requested Status = "requested"
)

var statuses = []Status{Live, Upcoming, Requested}

// AuthType says what a connector's credentials are.
type AuthType string

// The kinds of credentials, as Apideck's wire spells them.
const (
	OAuth2 AuthType = "oauth2"
	APIKey AuthType = "apiKey"
	Basic  AuthType = "basic"
	Custom AuthType = "custom" // fields only; what they mean is the caller's business
	NoAuth AuthType = "none"
)

var authTypes = []AuthType{OAuth2, APIKey, Basic, Custom, NoAuth}
