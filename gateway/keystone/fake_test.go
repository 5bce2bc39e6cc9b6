package keystone_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/gateway/keystone"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/rpc"
)

// people is a user-admin service with the users of the recordings and their password. It
// holds what the wire needs to be seen; the rules of the product are the real one's.
type people struct {
	useradminv1.UnimplementedKeystoneServiceServer
	mu          sync.Mutex
	sessions    []*session
	credentials []*useradminv1.ApplicationCredential
	secrets     map[string]string // of application credentials, by id
}

// session is a token that was issued.
type session struct {
	id      string
	token   *useradminv1.KeystoneToken
	revoked bool
}

const password = "barbican"

// home is the domain of all.
var home = &useradminv1.KeystoneDomain{Id: "default", Name: "Default"}

// projectA is the project that the users have a role in; there is another, project_b.
var projectA = &useradminv1.KeystoneTokenProject{Id: "01be65b323d54d84b291da6e44f40be6", Name: "project_a", Domain: home}

type user struct {
	id, name string
	role     *useradminv1.KeystoneRole
}

var users = []user{
	{"4d93475ce0404572a34f5a3c79119c42", "project_a_creator", &useradminv1.KeystoneRole{Id: "cd2bd92ce3d243bc99b969dc02726b67", Name: "creator"}},
	{"6367768b343e482b96fa6f7acca10230", "project_a_observer", &useradminv1.KeystoneRole{Id: "0f345ee92da5436485e421b9d3cb88e2", Name: "observer"}},
}

var errRefused = fault.Unauthenticated("INVALID_GRANT", "the name or the password is wrong")

func (p *people) GetVersion(context.Context, *useradminv1.GetVersionRequest) (*useradminv1.GetVersionResponse, error) {
	return &useradminv1.GetVersionResponse{}, nil
}

func (p *people) CreateKeystoneToken(_ context.Context, r *useradminv1.CreateKeystoneTokenRequest) (*useradminv1.CreateKeystoneTokenResponse, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case r.GetAuth() == nil:
		return nil, lacks("auth", "request body")
	case r.GetAuth().GetIdentity() == nil:
		return nil, lacks("identity", "auth")
	case len(r.GetAuth().GetIdentity().GetMethods()) == 0:
		return nil, lacks("methods", "identity")
	}
	t, err := p.authenticate(r.GetAuth().GetIdentity())
	if err != nil {
		return nil, err
	}
	if t.GetApplicationCredential() == nil {
		if err := scopeTo(t, r.GetAuth().GetScope()); err != nil {
			return nil, err
		}
	}
	t.IssuedAt, t.ExpiresAt = "2026-11-22T03:08:54.000000Z", "2026-11-22T04:08:54.000000Z"
	t.AuditIds = slices.Insert(t.AuditIds, 0, fmt.Sprintf("audit-%d", len(p.sessions)))
	s := &session{id: fmt.Sprintf("token-%d", len(p.sessions)), token: t}
	p.sessions = append(p.sessions, s)
	return &useradminv1.CreateKeystoneTokenResponse{Token: t, SubjectToken: s.id, WithCatalog: r.GetWithCatalog()}, nil
}

func lacks(field, target string) error {
	return fault.InvalidArgument("FIELD_MISSING", "%s is missing", field).With("field", field).With("target", target)
}

// authenticate is the token of whoever is meant, for no project yet.
func (p *people) authenticate(r *useradminv1.KeystoneIdentity) (*useradminv1.KeystoneToken, error) {
	switch r.GetMethods()[0] {
	case "password":
		named := r.GetPassword().GetUser()
		if u := find(named); u != nil && named.GetPassword() == password {
			return tokenOf(u, "password"), nil
		}
	case "token":
		if s := p.session(r.GetToken().GetId()); s != nil {
			again := proto.CloneOf(s.token)
			again.Methods = append(again.Methods, "token")
			return again, nil
		}
	case "application_credential":
		return p.byCredential(r.GetApplicationCredential())
	default:
		return nil, fault.Unauthenticated("METHOD_UNSUPPORTED", "there is no method %s", r.GetMethods()[0])
	}
	return nil, errRefused
}

func tokenOf(u *user, method string) *useradminv1.KeystoneToken {
	return &useradminv1.KeystoneToken{
		Methods: []string{method}, User: &useradminv1.KeystoneTokenUser{Id: u.id, Name: u.name, Domain: home},
		Roles: []*useradminv1.KeystoneRole{u.role},
	}
}

func find(named *useradminv1.KeystoneUser) *user {
	for i, u := range users {
		if u.id == named.GetId() || u.name == named.GetName() && (named.GetDomain().GetName() == home.GetName() || named.GetDomain().GetId() == home.GetId()) {
			return &users[i]
		}
	}
	return nil
}

// scopeTo makes the token one for the project that is asked for.
func scopeTo(t *useradminv1.KeystoneToken, scope string) error {
	var asked struct{ Project struct{ ID, Name string } }
	if scope == "" || scope == `"unscoped"` {
		t.Roles = nil
		return nil
	}
	if err := json.Unmarshal([]byte(scope), &asked); err != nil {
		return fault.InvalidArgument("SCOPE_INVALID", "the scope is no object")
	}
	if asked.Project.ID != projectA.GetId() && asked.Project.Name != projectA.GetName() {
		return errRefused
	}
	t.Project, t.IsDomain = projectA, proto.Bool(false)
	return nil
}

// session is the one of a token that is valid; nil when there is none.
func (p *people) session(token string) *session {
	for _, s := range p.sessions {
		if s.id == token && !s.revoked {
			return s
		}
	}
	return nil
}

// caller is the session that a call comes with. The door has let it in.
func (p *people) caller(ctx context.Context) *session {
	return p.session(strings.TrimPrefix(metadata.ValueFromIncomingContext(ctx, "authorization")[0], "Bearer "))
}

func (p *people) subject(token string) (*session, error) {
	for _, s := range p.sessions {
		switch {
		case s.id != token:
		case s.revoked:
			return nil, fault.NotFound("TOKEN_REVOKED", "the token is revoked")
		default:
			return s, nil
		}
	}
	return nil, fault.NotFound("TOKEN_UNKNOWN", "there is no such token")
}

func (p *people) Verify(_ context.Context, d auth.Digest) (*auth.Principal, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.sessions {
		if auth.DigestOf(s.id) == d && !s.revoked {
			return &auth.Principal{Kind: auth.KindOpaqueSession, Tenant: "acme", Subject: s.token.GetUser().GetId(), Audience: "keystone"}, nil
		}
	}
	return nil, fault.Unauthenticated(fault.ReasonCredentialBad, "no credential has this digest")
}

// handler is a gateway with the service in one process.
func handler(tb testing.TB, publicURL string) http.Handler {
	tb.Helper()
	valid, err := rpc.NewValidator()
	if err != nil {
		tb.Fatal(err)
	}
	p := &people{secrets: map[string]string{}}
	door := &auth.Door{
		Verifier: p,
		Public: map[string]bool{
			useradminv1.KeystoneService_GetVersion_FullMethodName: true, useradminv1.KeystoneService_CreateKeystoneToken_FullMethodName: true,
		},
		Accept: func(string) []auth.Credential {
			return []auth.Credential{{Kind: auth.KindOpaqueSession, Audience: "keystone"}}
		},
	}
	local := rpc.NewLocal(door.Unary, valid.Unary)
	useradminv1.RegisterKeystoneServiceServer(local, p)
	useradminv1.RegisterApplicationCredentialServiceServer(local, credentials{p: p})
	return over(tb, local, publicURL, keystone.Options{KeyManager: true})
}

// over is a gateway in front of a connection.
func over(tb testing.TB, conn grpc.ClientConnInterface, publicURL string, o keystone.Options) http.Handler {
	tb.Helper()
	h, err := gateway.New(tb.Context(), gateway.Config{
		Dialects: []gateway.Dialect{keystone.Dialect(o)}, Conn: func(string) grpc.ClientConnInterface { return conn },
		Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry(), PublicURL: publicURL,
	})
	if err != nil {
		tb.Fatal(err)
	}
	return h
}

// serve starts the gateway and returns its address, by which clients know it.
func serve(tb testing.TB) string {
	tb.Helper()
	s := httptest.NewUnstartedServer(nil)
	base := "http://" + s.Listener.Addr().String()
	s.Config.Handler = handler(tb, base)
	s.Start()
	tb.Cleanup(s.Close)
	return base
}
