package connectionvault

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/url"
	"slices"
	"time"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
)

// browser serves BrowserService.
type browser struct {
	connectionvaultv1.UnimplementedBrowserServiceServer
	s *Service
}

// visit is a browser that came by an address which the application was given.
type visit struct {
	application *storev1.VaultApplication
	party       *party
	// session is that whose page it came from; empty for none.
	session string
	// redirect is where it goes in the end.
	redirect string
}

// arrival is what browsers bring by such an address.
type arrival interface {
	GetServiceId() string
	GetApplicationId() string
	GetState() string
	GetRedirectUri() string
}

// arrive finds out for which connection a browser comes. Until it returns, there is nowhere to
// send the browser: an address that nobody has listed may be anybody's.
func (s *Service) arrive(ctx context.Context, use string, r arrival) (*visit, error) {
	v := &visit{}
	err := s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		v.application, err = s.tables.applications.Find(tx, table.Global, byID, r.GetApplicationId())
		if errors.Is(err, kv.ErrNotFound) {
			return fault.InvalidArgument(reasonOAuthState, "the state is not valid here; get the address anew")
		}
		if err != nil {
			return err
		}
		state, err := s.openState(use, r.GetState(), &storev1.VaultAuthorization{
			Tenant: v.application.GetTenant(), Application: r.GetApplicationId(), Service: r.GetServiceId(),
		})
		if err != nil {
			return err
		}
		v.session = state.GetSession()
		if v.redirect, err = s.redirect(v, r.GetRedirectUri()); err != nil {
			return err
		}
		if v.party, err = s.party(tx, placeOf(state), time.Now().UnixMilli()); err != nil {
			return err
		}
		return s.requireSession(tx, use, v.session, v.party)
	})
	return v, err
}

// requireSession refuses browsers of a session that has ended, or may not do this again: its
// addresses live on, and the consumer may have been deleted with it.
func (s *Service) requireSession(tx kv.Reader, use, session string, p *party) error {
	if session == "" {
		return nil
	}
	m, err := s.tables.sessions.Get(tx, p.at.scope(), session)
	if errors.Is(err, kv.ErrNotFound) {
		return fault.InvalidArgument(reasonOAuthState, "the session that this began in has ended; open another")
	}
	if err != nil {
		return err
	}
	c := &caller{session: m}
	if c.limits, err = readLimits(m.GetSettings()); err != nil {
		return err
	}
	switch {
	case use == useRevoke:
		return c.requireAction(actionDisconnect)
	case p.token != nil:
		return c.requireAction(actionReauthorize)
	}
	return nil
}

// reachable refuses what would send a browser to an address that nobody knows.
func (s *Service) reachable() error {
	if s.deps.PublicURL != "" {
		return nil
	}
	return fault.FailedPrecondition(reasonState, "no browser finds its way here: the operator has to start connection-vault and the gateway with --public-url")
}

// pagePath is where the gateway's page of a session has browsers come back to.
const pagePath = "/vault/session/return"

// redirect is where a browser goes in the end. One that comes from a session's page may go
// back there; its application need not list that.
func (s *Service) redirect(v *visit, asked string) (string, error) {
	if page := s.deps.PublicURL + pagePath; v.session != "" && asked == page {
		return page, nil
	}
	return redirectOf(v.application, asked)
}

// redirectOf is where a browser goes in the end: an address of the application's to the
// letter, the default one when none is asked for.
func redirectOf(application *storev1.VaultApplication, asked string) (string, error) {
	if asked == "" {
		asked = application.GetDefaultRedirectUri()
	}
	if !slices.Contains(application.GetRedirectUris(), asked) {
		return "", fault.InvalidArgument(reasonRedirect, "the redirect_uri is not one of the application's; use one of them exactly as it is listed")
	}
	return asked, nil
}

// withError is an address of an application's with an error for it, in the words of OAuth.
func withError(address, code, description string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	q := u.Query()
	q.Set("error", code)
	if description != "" {
		q.Set("error_description", description)
	}
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// withFault is withError for a fault. What is no caller's business stays an error here.
func withFault(address string, err error) (string, error) {
	f := fault.From(err)
	code, ok := browserErrors[f.Reason]
	if !ok {
		return "", err
	}
	return withError(address, code, f.Message)
}

// browserErrors are the codes of RFC 6749, section 4.1.2.1, that come nearest to faults.
var browserErrors = map[string]string{
	reasonProvider:     "access_denied",
	reasonUnreachable:  "temporarily_unavailable",
	reasonEgress:       "invalid_request",
	reasonSettings:     "invalid_request",
	reasonState:        "invalid_request",
	reasonClientAbsent: "unauthorized_client",
	// What was there when the browser set out may be gone when it is back.
	reasonIntegrationAbsent: "unauthorized_client",
	reasonConnectorUnknown:  "unauthorized_client",
	reasonOAuthState:        "invalid_request",
	reasonSessionAction:     "access_denied",
}

// secret is 256 random bits as text.
func secret() string {
	var b [32]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func digestOf(text string) []byte {
	d := sha256.Sum256([]byte(text))
	return d[:]
}
