package pages

import (
	"net/http"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

// emailForm is the body of the page.
type emailForm struct{ Token, Email string }

func (s *site) askEmail(v *visit) error {
	l, err := v.link(useradminv1.LinkPurpose_LINK_PURPOSE_VERIFY_EMAIL)
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "email", v.words().Email.Title, emailForm{Token: v.token, Email: l.GetEmail()})
}

// verifyEmail spends the link.
func (s *site) verifyEmail(v *visit) error {
	if _, err := v.link(useradminv1.LinkPurpose_LINK_PURPOSE_VERIFY_EMAIL); err != nil {
		return err
	}
	done, err := s.Links.VerifyEmail(v.r.Context(), &useradminv1.VerifyEmailRequest{Token: v.token})
	if err != nil {
		return err
	}
	return v.done(v.words().EmailDone, nil, done.GetRedirectUrl())
}
