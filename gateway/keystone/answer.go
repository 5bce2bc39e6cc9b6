package keystone

import (
	"google.golang.org/protobuf/proto"

	"github.com/holdplane/holdplane/gateway"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

// vary is on all answers.
var vary = []string{"X-Auth-Token"}

// answer writes a success: the message, with the addresses that services don't know.
func answer(dst []byte, c *gateway.Call, m proto.Message, codec *wirejson.Codec, offers catalog) ([]byte, error) {
	c.Header["Vary"] = vary
	c.TellQuota()
	switch m := m.(type) {
	case *useradminv1.GetVersionResponse:
		return gateway.AppendJSON(dst, versionAt(c.PublicURL)), nil
	case tokenAnswer:
		c.Header[subjectHeader] = []string{m.GetSubjectToken()}
		if t := m.GetToken(); m.GetWithCatalog() && t.GetProject() != nil {
			t.Catalog = offers.at(c.PublicURL)
		}
	case *useradminv1.GetCatalogResponse:
		m.Catalog = offers.at(c.PublicURL)
		m.Links = linkTo(c, "auth/catalog")
	case *useradminv1.GetProjectResponse:
		linkProject(c, m.GetProject())
	case interface {
		GetApplicationCredential() *useradminv1.ApplicationCredential
	}:
		linkCredential(c, m.GetApplicationCredential())
	case interface {
		GetProjects() []*useradminv1.KeystoneProject
	}:
		for _, p := range m.GetProjects() {
			linkProject(c, p)
		}
	case *useradminv1.ListApplicationCredentialsResponse:
		for _, a := range m.GetApplicationCredentials() {
			linkCredential(c, a)
		}
	}
	return appendMessage(dst, c, m, codec)
}

// tokenAnswer is what tells of a token.
type tokenAnswer interface {
	GetToken() *useradminv1.KeystoneToken
	GetSubjectToken() string
	GetWithCatalog() bool
}

// linkTo leads to a path below /v3.
func linkTo(c *gateway.Call, path string) *useradminv1.KeystoneLinks {
	return &useradminv1.KeystoneLinks{Self: c.PublicURL + "/v3/" + path}
}

func linkProject(c *gateway.Call, p *useradminv1.KeystoneProject) {
	if p != nil {
		p.Links = linkTo(c, "projects/"+p.GetId())
	}
}

// linkCredential leads where Keystone's links lead, though neither serves anything there
// (testdata/credentials.txtar).
func linkCredential(c *gateway.Call, a *useradminv1.ApplicationCredential) {
	if a != nil {
		a.Links = linkTo(c, "application_credentials/"+a.GetId())
	}
}

// listLinks are the links of a list. It is always whole.
type listLinks struct {
	Next     *string `json:"next"`
	Self     string  `json:"self"`
	Previous *string `json:"previous"`
}

// appendMessage writes a message. The links of a list take the place of its last brace.
func appendMessage(dst []byte, c *gateway.Call, m proto.Message, codec *wirejson.Codec) (_ []byte, err error) {
	if dst, err = codec.Append(dst, m); err != nil || !isList[c.RPC] {
		return dst, err
	}
	self := c.PublicURL + path(c.Request)
	if q := c.Request.URL.RawQuery; q != "" {
		self += "?" + q
	}
	dst = append(dst[:len(dst)-1], `,"links":`...)
	return append(gateway.AppendJSON(dst, listLinks{Self: self}), '}'), nil
}

var isList = map[string]bool{
	useradminv1.KeystoneService_ListAuthProjects_FullMethodName:                        true,
	useradminv1.KeystoneService_ListUserProjects_FullMethodName:                        true,
	useradminv1.ApplicationCredentialService_ListApplicationCredentials_FullMethodName: true,
}
