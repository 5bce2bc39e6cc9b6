package keystone_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/holdplane/holdplane/gateway/keystone"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// public is the address that the gateways of these tests are known by.
const public = "https://id.example.com"

// scripted is a connection that notes what it is asked and answers what it was told.
type scripted struct {
	grpc.ClientConnInterface
	asked  proto.Message
	sent   metadata.MD
	answer proto.Message
	err    error
}

func (c *scripted) Invoke(ctx context.Context, _ string, in, out any, _ ...grpc.CallOption) error {
	c.asked = in.(proto.Message)
	c.sent, _ = metadata.FromOutgoingContext(ctx)
	if c.answer != nil {
		proto.Merge(out.(proto.Message), c.answer)
	}
	return c.err
}

// send makes a call: a method and a target, a body and pairs of headers.
func send(tb testing.TB, h http.Handler, call, body string, header ...string) *httptest.ResponseRecorder {
	tb.Helper()
	method, target, _ := strings.Cut(call, " ")
	r := httptest.NewRequestWithContext(tb.Context(), method, target, strings.NewReader(body))
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// What services are asked comes from where Keystone takes it, and from nowhere else.
func TestRequests(t *testing.T) {
	get := func(subject string, catalog bool) proto.Message {
		return &useradminv1.GetKeystoneTokenRequest{SubjectToken: subject, WithCatalog: catalog}
	}
	for _, tt := range []struct {
		name, call, body string
		header           []string
		want             proto.Message
	}{
		{"a token to look at", "GET /v3/auth/tokens", "", []string{"X-Subject-Token", "s"}, get("s", true)},
		{"without catalog", "GET /v3/auth/tokens?nocatalog", "", []string{"X-Subject-Token", "s"}, get("s", false)},
		{"without catalog, whatever the value", "HEAD /v3/auth/tokens?a=1&nocatalog=false", "", []string{"X-Subject-Token", "s"}, get("s", false)},
		{"another parameter", "GET /v3/auth/tokens?NoCatalog", "", nil, get("", true)},
		{"two tokens", "GET /v3/auth/tokens", "", []string{"X-Subject-Token", "s", "X-Subject-Token", "s"}, get("", true)},
		{"a token that is no text", "GET /v3/auth/tokens", "", []string{"X-Subject-Token", "\xffs"}, get("\uFFFDs", true)},
		{"a token in the query", "GET /v3/auth/tokens?subject_token=s&with_catalog=true&nocatalog", "", nil, get("", false)},
		{"a token to revoke", "DELETE /v3/auth/tokens/", "", []string{"X-Subject-Token", "s"}, &useradminv1.RevokeKeystoneTokenRequest{SubjectToken: "s"}},
		{"nothing to log in with", "POST /v3/auth/tokens", "", nil, &useradminv1.CreateKeystoneTokenRequest{WithCatalog: true}},
		{"the catalog by the body", "POST /v3/auth/tokens?nocatalog", `{"with_catalog":true,"withCatalog":true}`, nil, &useradminv1.CreateKeystoneTokenRequest{}},
		{"names in another case", "POST /v3/auth/tokens", `{"Auth":{},"auth":{"identity":{"applicationCredential":{},"Methods":["a"]}}}`, nil,
			&useradminv1.CreateKeystoneTokenRequest{WithCatalog: true, Auth: &useradminv1.KeystoneAuth{Identity: &useradminv1.KeystoneIdentity{}}}},
		{"a scope as it came", "POST /v3/auth/tokens", `{"auth":{"scope": {"project":{"id" :"p"}} }}`, nil,
			&useradminv1.CreateKeystoneTokenRequest{WithCatalog: true, Auth: &useradminv1.KeystoneAuth{Scope: `{"project":{"id" :"p"}}`}}},
		{"another user in the body", "POST /v3/users/u/application_credentials", `{"user_id":"v","application_credential":{"name":"n","expires_at":null,"access_rules":[]}}`, nil,
			&useradminv1.CreateApplicationCredentialRequest{UserId: "u", ApplicationCredential: &useradminv1.NewApplicationCredential{Name: "n", AccessRules: "[]"}}},
		{"another user in the query", "GET /v3/users/u/application_credentials?user_id=v&name=a&name=b", "", nil,
			&useradminv1.ListApplicationCredentialsRequest{UserId: "u", Name: "b"}},
		{"an escaped slash", "GET /v3/users/u/application_credentials/a%2Fb/", "", nil,
			&useradminv1.GetApplicationCredentialRequest{UserId: "u", CredentialId: "a/b"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := &scripted{}
			header := append([]string{"X-Auth-Token", "t", "Authorization", "Bearer other"}, tt.header...)
			w := send(t, over(t, c, public, keystone.Options{}), tt.call, tt.body, header...)
			if diff := cmp.Diff(tt.want, c.asked, protocmp.Transform()); diff != "" {
				t.Errorf("got %d %s: %s", w.Code, w.Body, diff)
			}
			if got := strings.Join(c.sent["authorization"], " "); got != "Bearer t" {
				t.Errorf("the credential is %q", got)
			}
		})
	}
}

// Who has no token is refused before anything is read, but for the two calls that need none.
func TestTokenIsNeeded(t *testing.T) {
	for i := range useradminv1.File_holdplane_useradmin_v1_keystone_proto.Services().Len() {
		methods := useradminv1.File_holdplane_useradmin_v1_keystone_proto.Services().Get(i).Methods()
		for j := range methods.Len() {
			rule := proto.GetExtension(methods.Get(j).Options(), annotations.E_Http).(*annotations.HttpRule)
			call := "GET " + rule.GetGet()
			if rule.GetPost() != "" {
				call = "POST " + rule.GetPost()
			} else if rule.GetDelete() != "" {
				call = "DELETE " + rule.GetDelete()
			}
			free := call == "GET /v3" || call == "POST /v3/auth/tokens"
			c := &scripted{}
			h := over(t, c, public, keystone.Options{})
			call = strings.NewReplacer("{", "", "}", "").Replace(call)
			if w := send(t, h, call, "{", "Authorization", "Bearer t"); !free && w.Code != http.StatusUnauthorized || c.asked != nil && !free {
				t.Errorf("%s: got %d %s", call, w.Code, w.Body)
			}
			c.err = fault.PermissionDenied(fault.ReasonPermission, "x")
			if w := send(t, h, call, "{}", "X-Auth-Token", "t"); !free && !strings.Contains(w.Body.String(), "action: identity:") {
				t.Errorf("%s: got %s, which names no action", call, w.Body)
			}
		}
	}
}

// The catalog is of what the installation has, for tokens of a project only.
func TestCatalog(t *testing.T) {
	project := &useradminv1.KeystoneTokenProject{Id: "p"}
	for _, tt := range []struct {
		name    string
		options keystone.Options
		answer  *useradminv1.GetKeystoneTokenResponse
		want    []string
	}{
		{"all services", keystone.Options{KeyManager: true}, &useradminv1.GetKeystoneTokenResponse{Token: &useradminv1.KeystoneToken{Project: project}, WithCatalog: true},
			[]string{`"type":"identity"`, `"url":"https://id.example.com/v3/"`, `"type":"key-manager"`, `"url":"https://id.example.com"`}},
		{"no key manager", keystone.Options{}, &useradminv1.GetKeystoneTokenResponse{Token: &useradminv1.KeystoneToken{Project: project}, WithCatalog: true},
			[]string{`"type":"identity"`, `"url":"https://id.example.com/v3/"`}},
		{"not asked for", keystone.Options{KeyManager: true}, &useradminv1.GetKeystoneTokenResponse{Token: &useradminv1.KeystoneToken{Project: project}}, nil},
		{"no project", keystone.Options{KeyManager: true}, &useradminv1.GetKeystoneTokenResponse{Token: &useradminv1.KeystoneToken{}, WithCatalog: true}, nil},
		{"no token", keystone.Options{KeyManager: true}, &useradminv1.GetKeystoneTokenResponse{WithCatalog: true}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := send(t, over(t, &scripted{answer: tt.answer}, public, tt.options), "GET /v3/auth/tokens", "", "X-Auth-Token", "t")
			for _, part := range []string{`"type":"identity"`, `"url":"https://id.example.com/v3/"`, `"type":"key-manager"`, `"url":"https://id.example.com"`} {
				has, want := strings.Contains(w.Body.String(), part), strings.Contains(strings.Join(tt.want, " "), part)
				if w.Code != http.StatusOK || has != want {
					t.Errorf("%s: got %v in %d %s", part, has, w.Code, w.Body)
				}
			}
			if has := strings.Contains(w.Body.String(), `"catalog"`); has != (tt.want != nil) {
				t.Errorf("catalog: %v in %s", has, w.Body)
			}
		})
	}
}
