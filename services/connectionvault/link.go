package connectionvault

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/seal"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// linkLife is how long an authorize_url or a revoke_url works.
const linkLife = 24 * time.Hour

// linkEncoding is strict: what a browser brings is what it was given, or nothing.
var linkEncoding = base64.RawURLEncoding.Strict()

// linkPurpose is what a link is for. One for this is refused for that.
type linkPurpose string

const (
	linkAuthorize linkPurpose = "authorize"
	linkRevoke    linkPurpose = "revoke"
)

// link is the state of an authorize_url or a revoke_url: for whom its browser comes. It is
// sealed, so that browsers and their histories learn nothing of consumers.
type link struct {
	Tenant      tenant.ID `json:"t"`
	Application string    `json:"a"`
	Consumer    string    `json:"c"`
	API         string    `json:"u"`
	Service     string    `json:"s"`
	// Session is the id of the session whose page shows the link; empty for none.
	Session string `json:"p,omitempty"`
	// End is in Unix seconds.
	End int64 `json:"e"`
}

func (l *link) place() place { return place{l.Tenant, l.Application, l.Consumer, l.API, l.Service} }

// linkState is the state of a connection's authorize_url or revoke_url, which works for
// linkLife. The session is that whose page shows it; empty for none.
func (s *Service) linkState(at place, purpose linkPurpose, session string) (string, error) {
	text, err := json.Marshal(link{at.tenant, at.application, at.consumer, at.api, at.service, session, time.Now().Add(linkLife).Unix()})
	if err != nil {
		return "", err
	}
	sealed, err := s.deps.Links.Seal(text, []byte(purpose))
	return linkEncoding.EncodeToString(sealed), err
}

// linkURL is a connection's authorize_url or revoke_url.
func (s *Service) linkURL(at place, purpose linkPurpose, session string) (string, error) {
	state, err := s.linkState(at, purpose, session)
	return s.deps.PublicURL + "/vault/" + string(purpose) + "/" + at.service + "/" + at.application + "?state=" + state, err
}

// openLink reads a state that a browser brings for a service and an application.
func (s *Service) openLink(purpose linkPurpose, state, service, application string) (*link, error) {
	bad := fault.InvalidArgument(reasonOAuthState, "the state is not valid here; get a new link from the application")
	sealed, err := linkEncoding.DecodeString(state)
	if err != nil {
		return nil, bad.Because(err)
	}
	text, err := s.deps.Links.Open(sealed, []byte(purpose))
	switch {
	case errors.Is(err, seal.ErrNotOpened):
		return nil, bad.Because(err)
	case err != nil:
		return nil, fmt.Errorf("open a link's state: %w", err)
	}
	var l link
	if err := json.Unmarshal(text, &l); err != nil {
		return nil, bad.Because(err)
	}
	if l.Service != service || l.Application != application {
		return nil, bad
	}
	if time.Now().Unix() >= l.End {
		return nil, fault.InvalidArgument(reasonOAuthState, "the link has ended; get a new one from the application")
	}
	return &l, nil
}
