package connectionvault

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// OpenSession asks identity whose token it is: browsers bring it in an address, and no
// credential.
func (b browser) OpenSession(ctx context.Context, r *connectionvaultv1.OpenSessionRequest) (*connectionvaultv1.OpenSessionResponse, error) {
	digest := auth.DigestOf(r.GetSessionToken())
	holder, err := b.s.deps.Access.VerifyCredential(ctx, &identityv1.VerifyCredentialRequest{Digest: digest[:]})
	if err != nil {
		return nil, err
	}
	if holder.GetKind() != identityv1.CredentialKind_CREDENTIAL_KIND_SIGNED_SESSION || holder.GetAudience() != audience {
		return nil, errSessionEnded
	}
	of := scope(tenant.ID(holder.GetTenant()))
	var m *storev1.VaultSession
	var application *storev1.VaultApplication
	err = b.s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		if m, err = b.s.tables.sessions.Get(tx, of, holder.GetSubject()); err != nil {
			return err
		}
		application, err = b.s.tables.applications.Get(tx, of, m.GetApplication())
		return err
	})
	if errors.Is(err, kv.ErrNotFound) {
		return nil, errSessionEnded
	}
	if err != nil {
		return nil, err
	}
	return sessionPage(m, application)
}

// errSessionEnded is also for tokens that never were any of a session's.
var errSessionEnded = fault.Unauthenticated(fault.ReasonCredentialBad, "the session has ended")

func sessionPage(m *storev1.VaultSession, application *storev1.VaultApplication) (*connectionvaultv1.OpenSessionResponse, error) {
	settings, err := wireText(m.GetSettings(), &connectionvaultv1.SessionSettings{})
	if err != nil {
		return nil, err
	}
	theme, err := wireText(m.GetTheme(), &connectionvaultv1.SessionTheme{})
	if err != nil {
		return nil, err
	}
	return &connectionvaultv1.OpenSessionResponse{
		ApplicationId: m.GetApplication(), ConsumerId: m.GetConsumer(), ApplicationName: application.GetName(),
		RedirectUri: m.GetRedirectUri(), Settings: settings, Theme: theme, Origins: originsOf(application),
	}, nil
}

// wireText is what was kept of a message, with names as they are on the wire.
func wireText(kept string, m proto.Message) (string, error) {
	if kept == "" {
		return "", nil
	}
	if err := protojson.Unmarshal([]byte(kept), m); err != nil {
		return "", fmt.Errorf("read a session: %w", err)
	}
	text, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(m)
	return string(text), err
}

// usualPorts are those that browsers leave out.
var usualPorts = map[string]string{"https": ":443", "http": ":80"}

// originsOf are those of the addresses that an application has browsers sent to, as browsers
// write them.
func originsOf(m *storev1.VaultApplication) []string {
	var all []string
	for _, uri := range m.GetRedirectUris() {
		if u, err := url.Parse(uri); err == nil { // checked when it came
			all = append(all, u.Scheme+"://"+strings.TrimSuffix(strings.ToLower(u.Host), usualPorts[u.Scheme]))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
