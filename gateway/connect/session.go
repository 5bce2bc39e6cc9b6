package connect

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// tokenForm is a session's token, a JWT.
var tokenForm = regexp.MustCompile(`^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$`)

// session is whose page it is.
type session struct {
	token    string
	settings sessionSettings
	theme    theme
	origins  []string // that may frame the page, and hear of it
	// Application and Consumer are for people.
	Application, Consumer string
	end                   string // where the page leads in the end; empty for nowhere
}

// sessionSettings are those of the session's settings that change the page.
type sessionSettings struct {
	UnifiedAPIs          []string `json:"unified_apis"`
	HideResourceSettings bool     `json:"hide_resource_settings"`
	SandboxMode          bool     `json:"sandbox_mode"`
	IsolationMode        bool     `json:"isolation_mode"`
	AutoRedirect         bool     `json:"auto_redirect"`
	AllowActions         []string `json:"allow_actions"`
}

// Actions that a session may allow.
const (
	allowDelete      = "delete"
	allowDisconnect  = "disconnect"
	allowReauthorize = "reauthorize"
	allowDisable     = "disable"
)

// allows reports whether the session lets its consumer do something.
func (s *session) allows(action string) bool {
	return len(s.settings.AllowActions) == 0 || slices.Contains(s.settings.AllowActions, action)
}

// shows reports whether connections of a unified API are on the page.
func (s *session) shows(api string) bool {
	return len(s.settings.UnifiedAPIs) == 0 || slices.Contains(s.settings.UnifiedAPIs, api)
}

// Sandbox tells that the session is for trying.
func (s *session) Sandbox() bool { return s.settings.SandboxMode }

// Theme is how the page looks.
func (s *session) Theme() theme { return s.theme }

// proof is what the session's forms hold. Who does not know the token can't make it, and the
// next process can.
func (s *session) proof() string {
	mac := hmac.New(sha256.New, []byte(s.token))
	mac.Write([]byte("a form of the session's page"))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// Proof is that, for templates.
func (s *session) Proof() string { return s.proof() }

// session answers below /vault/session.
func (s *site) session(v *visit) error {
	if v.r.URL.Path == returnPath {
		return s.back(v)
	}
	v.look = readLook(v.query)
	if v.look.language != "" {
		v.language = v.look.language
	}
	if err := v.only(http.MethodGet, http.MethodPost); err != nil {
		return err
	}
	if len(v.segments) == 0 || !tokenForm.MatchString(v.segments[0]) {
		return errUnknown
	}
	if err := v.enter(v.segments[0]); err != nil {
		return err
	}
	if v.r.Method == http.MethodPost && !hmac.Equal([]byte(v.r.PostForm.Get("proof")), []byte(v.open.proof())) {
		return errForged
	}
	switch rest := v.segments[1:]; len(rest) {
	case 0:
		return s.list(v)
	case 2:
		return s.connection(v, place{API: rest[0], Service: rest[1]})
	case 3:
		return s.resource(v, place{API: rest[0], Service: rest[1]}, rest[2])
	}
	return errUnknown
}

// enter opens the session. From then on services are called as its consumer.
func (v *visit) enter(token string) error {
	o, err := v.browser.OpenSession(v.r.Context(), &connectionvaultv1.OpenSessionRequest{SessionToken: token})
	if err != nil {
		if f := fault.From(err); f.Code == codes.NotFound || f.Code == codes.InvalidArgument {
			return fault.Unauthenticated(fault.ReasonCredentialBad, "the session has ended")
		}
		return err
	}
	open := &session{token: token, origins: origins(o.GetOrigins()), Application: o.GetApplicationName(), Consumer: o.GetConsumerId()}
	if err := errors.Join(unpack(o.GetSettings(), &open.settings), unpack(o.GetTheme(), &open.theme)); err != nil {
		return fmt.Errorf("read a session: %w", err)
	}
	if u, ok := web(o.GetRedirectUri()); ok {
		open.end = u.String()
	}
	if open.theme.Name != "" {
		open.Application = open.theme.Name
	}
	v.look.narrow(open.origins)
	v.open = open
	v.r = v.r.WithContext(metadata.AppendToOutgoingContext(v.r.Context(), "authorization", "Bearer "+token))
	return nil
}

// unpack reads JSON of a service; none says nothing.
func unpack(text string, into any) error {
	if text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), into)
}
