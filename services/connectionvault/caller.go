package connectionvault

import (
	"context"
	"errors"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// Permissions. Keys of applications are root keys that hold their application's alone.
const (
	// permEverything opens all applications of a tenant.
	permEverything auth.Permission = "vault.everything"
	// permTokens opens TokenService, in all applications of a tenant.
	permTokens auth.Permission = "vault.tokens.read"
	// appPrefix and an application's id are the permission for it.
	appPrefix = "vault.apps."
	// sessionPrefix and a session's id are the permission that sessions have.
	sessionPrefix = "vault.sessions."
)

// audience is that of the sessions which open the service.
const audience = "apideck"

// Permissions open the whole service to a root key.
func Permissions() []string { return []string{string(permEverything), string(permTokens)} }

// caller is who calls, and for whom.
type caller struct {
	tenant      tenant.ID
	application *storev1.VaultApplication
	consumer    string
	// session is that of a consumer who calls; nil when the application does.
	session *storev1.VaultSession
	limits  limits
	// stater makes the states of addresses in the answer; nil until one is needed.
	stater *stater
}

// asked is what requests say of whom they are for.
type asked interface {
	GetApplicationId() string
}

// caller finds out who calls. An application that is not the credential's is refused as one
// that is not there; a session's own consumer counts, whatever the request says.
func (s *Service) caller(ctx context.Context, tx kv.Reader, r asked) (*caller, error) {
	p := auth.From(ctx)
	c := &caller{tenant: p.Tenant}
	if of, ok := r.(interface{ GetConsumerId() string }); ok {
		c.consumer = of.GetConsumerId()
	}
	id := r.GetApplicationId()
	if p.Kind == auth.KindSignedSession {
		session, err := s.tables.sessions.Get(tx, scope(p.Tenant), p.Subject)
		if errors.Is(err, kv.ErrNotFound) {
			return nil, fault.Unauthenticated(fault.ReasonCredentialBad, "the session has ended")
		}
		if err != nil {
			return nil, err
		}
		if id != "" && id != session.GetApplication() || c.consumer != "" && c.consumer != session.GetConsumer() {
			return nil, fault.Unauthenticated(reasonOtherConsumer, "the session is for another consumer")
		}
		c.session, c.consumer, id = session, session.GetConsumer(), session.GetApplication()
		if c.limits, err = readLimits(session.GetSettings()); err != nil {
			return nil, err
		}
	}
	if id == "" {
		return nil, fault.InvalidArgument(reasonApplicationAbsent, "name the application")
	}
	if c.session == nil && !p.Allows(permEverything, auth.Permission(appPrefix+id)) {
		return nil, fault.Unauthenticated(reasonOtherApplication, "the key is not the application's")
	}
	var err error
	c.application, err = s.tables.applications.Get(tx, scope(p.Tenant), id)
	if errors.Is(err, kv.ErrNotFound) {
		return nil, fault.Unauthenticated(reasonOtherApplication, "the key is not the application's")
	}
	return c, err
}
