package keystone

import (
	"net/http"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/holdplane/holdplane/gateway"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// subjectHeader brings the token that a call is about, which need not be the caller's, and
// takes the new one away.
const subjectHeader = "X-Subject-Token"

// credential is the caller's token, as services take it.
var credential = gateway.Bearer("X-Auth-Token")

// path takes slashes at the end of every path, as Keystone's URLNormalizingMiddleware does.
func path(r *http.Request) string { return strings.TrimRight(r.URL.EscapedPath(), "/") }

// public are the RPCs that need no token.
var public = map[string]bool{
	useradminv1.KeystoneService_GetVersion_FullMethodName:          true,
	useradminv1.KeystoneService_CreateKeystoneToken_FullMethodName: true,
}

// admit refuses who brings no token before the body is read, as Keystone does.
func admit(c *gateway.Call) error {
	if public[c.RPC] || credential(c.Request) != "" {
		return nil
	}
	return fault.Unauthenticated(fault.ReasonCredentialAbsent, "send a token as X-Auth-Token")
}

func fill(c *gateway.Call, m proto.Message) error {
	switch m := m.(type) {
	case *useradminv1.CreateKeystoneTokenRequest:
		m.WithCatalog = withCatalog(c.Request)
	case *useradminv1.GetKeystoneTokenRequest:
		m.SubjectToken, m.WithCatalog = subject(c.Request), withCatalog(c.Request)
	case *useradminv1.RevokeKeystoneTokenRequest:
		m.SubjectToken = subject(c.Request)
	}
	return nil
}

// withCatalog tells whether the query lacks nocatalog, which counts whatever its value.
func withCatalog(r *http.Request) bool {
	_, without := r.URL.Query()["nocatalog"]
	return !without
}

// subject is the token that the call is about; empty when there is none, or more than one.
// What is no text stays a token that nobody has: messages carry text only.
func subject(r *http.Request) string {
	if v := r.Header[subjectHeader]; len(v) == 1 {
		return strings.ToValidUTF8(v[0], "\uFFFD")
	}
	return ""
}
