package pages_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/password"
	"github.com/holdplane/holdplane/pkg/seal"
	"github.com/holdplane/holdplane/pkg/totp"
)

const (
	activate = useradminv1.LinkPurpose_LINK_PURPOSE_ACTIVATE
	reset    = useradminv1.LinkPurpose_LINK_PURPOSE_RESET_PASSWORD
	verify   = useradminv1.LinkPurpose_LINK_PURPOSE_VERIFY_EMAIL
	enrol    = useradminv1.LinkPurpose_LINK_PURPOSE_ENROL
)

// rightCode is the code that the authenticator of a fake link shows.
const rightCode = "123456"

// link is what a fake LinkService knows of one.
type link struct {
	purpose                 useradminv1.LinkPurpose
	locale, email, redirect string
	enrolment               string // token of the link that follows
	secret, app             string
	codes                   []string
	password                string // as it was set
}

// links is a LinkService in memory. Links are spent by being taken out.
type links struct {
	useradminv1.UnimplementedLinkServiceServer
	mu      sync.Mutex
	byToken map[string]*link
	err     error // what spending is answered, and all else once there are no links
}

// find returns a link of one of the purposes.
func (l *links) find(token string, purposes ...useradminv1.LinkPurpose) (*link, error) {
	found := l.byToken[token]
	switch {
	case found == nil && l.err != nil:
		return nil, l.err
	case found == nil || len(purposes) > 0 && !slices.Contains(purposes, found.purpose):
		return nil, fault.NotFound("LINK_NOT_FOUND", "no such link")
	}
	return found, nil
}

// spend takes a link out.
func (l *links) spend(token string, purposes ...useradminv1.LinkPurpose) (*link, error) {
	found, err := l.find(token, purposes...)
	if err == nil {
		err = l.err
	}
	if err == nil {
		delete(l.byToken, token)
	}
	return found, err
}

// left are the tokens that are not spent.
func (l *links) left() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Sorted(maps.Keys(l.byToken))
}

func (l *links) GetLink(_ context.Context, r *useradminv1.GetLinkRequest) (*useradminv1.GetLinkResponse, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	found, err := l.find(r.GetToken())
	if err != nil {
		return nil, err
	}
	return &useradminv1.GetLinkResponse{Purpose: found.purpose, Locale: found.locale, Email: found.email}, nil
}

func (l *links) SetPassword(_ context.Context, r *useradminv1.SetPasswordRequest) (*useradminv1.SetPasswordResponse, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	found, err := l.find(r.GetToken(), activate, reset)
	if err != nil {
		return nil, err
	}
	if err := password.Check(r.GetPassword(), found.email); err != nil {
		return nil, err
	}
	if _, err = l.spend(r.GetToken()); err != nil {
		return nil, err
	}
	found.password = r.GetPassword()
	return &useradminv1.SetPasswordResponse{EnrolmentToken: found.enrolment, RedirectUrl: found.redirect}, nil
}

func (l *links) VerifyEmail(_ context.Context, r *useradminv1.VerifyEmailRequest) (*useradminv1.VerifyEmailResponse, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	found, err := l.spend(r.GetToken(), verify)
	if err != nil {
		return nil, err
	}
	return &useradminv1.VerifyEmailResponse{RedirectUrl: found.redirect}, nil
}

func (l *links) StartEnrolment(_ context.Context, r *useradminv1.StartEnrolmentRequest) (*useradminv1.StartEnrolmentResponse, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	found, err := l.find(r.GetToken(), enrol)
	if err != nil {
		return nil, err
	}
	return &useradminv1.StartEnrolmentResponse{Secret: found.secret, Url: found.app, Image: shown.QR, Locale: found.locale}, nil
}

func (l *links) FinishEnrolment(_ context.Context, r *useradminv1.FinishEnrolmentRequest) (*useradminv1.FinishEnrolmentResponse, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	found, err := l.find(r.GetToken(), enrol)
	if err == nil && r.GetCode() != rightCode {
		err = fault.Invalid(fault.Violation{Field: "code", Rule: "totp.code", Message: "is not right"})
	}
	if err == nil {
		_, err = l.spend(r.GetToken())
	}
	if err != nil {
		return nil, err
	}
	return &useradminv1.FinishEnrolmentResponse{RecoveryCodes: found.codes, RedirectUrl: found.redirect}, nil
}

// shown is what an authenticator is told: the secret of RFC 4226's tests.
var shown = func() totp.Enrolment {
	e, err := totp.Show(seal.Secret("12345678901234567890"), "Acme", "ann@example.com")
	if err != nil {
		panic(err) // these names are fine
	}
	return e
}()

// enrolment is a link to enrol a second factor.
func enrolment(locale string) *link {
	l := &link{
		purpose: enrol, locale: locale, email: "ann@example.com", redirect: "https://app.example.com/welcome?from=pages",
		secret: shown.Text, app: shown.URL,
	}
	for i := range 10 {
		l.codes = append(l.codes, fmt.Sprintf("4KQ7-ZN2M-0XVB-R9T%d", i))
	}
	return l
}

// sample is one link of each kind, by the names of their tokens.
func sample() map[string]*link {
	return map[string]*link{
		"activation":  {purpose: activate, locale: "en", email: "ann@example.com", redirect: "https://app.example.com/welcome"},
		"reset":       {purpose: reset, locale: "de-DE", email: "ann@example.com"},
		"activation2": {purpose: activate, locale: "en-US", email: "bob@example.com", enrolment: "enrolment"},
		"address":     {purpose: verify, locale: "de", email: "ann@example.com", redirect: "https://app.example.com/"},
		"enrolment":   enrolment("en"),
	}
}
