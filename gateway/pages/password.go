package pages

import (
	"net/http"
	"net/url"
	"unicode/utf8"

	"google.golang.org/grpc/codes"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/password"
)

// passwordForm is the body of the page.
type passwordForm struct {
	Token, Email, Intro string
	Fields              []field
}

func (s *site) askPassword(v *visit) error {
	l, err := v.passwordLink()
	if err != nil {
		return err
	}
	return v.passwordForm(l, "", "")
}

// setPassword spends the link. Nothing of a password is shown again.
func (s *site) setPassword(v *visit) error {
	l, err := v.passwordLink()
	if err != nil {
		return err
	}
	wanted, w := v.r.PostForm.Get("password"), v.words()
	switch {
	case wanted != v.r.PostForm.Get("repeat"):
		return v.passwordForm(l, "", w.PasswordsDiffer)
	case !utf8.ValidString(wanted): // gRPC can't carry it
		return v.passwordForm(l, w.PasswordText, "")
	}
	done, err := s.Links.SetPassword(v.r.Context(), &useradminv1.SetPasswordRequest{Token: v.token, Password: wanted})
	if f := fault.From(err); f != nil && f.Code == codes.InvalidArgument {
		return v.passwordForm(l, w.weak(f), "")
	}
	if err != nil {
		return err
	}
	if t := done.GetEnrolmentToken(); t != "" {
		next := v.base + secondFactorPath + "?" + url.Values{"token": {t}, "after": {"password"}}.Encode()
		http.Redirect(v.w, v.r, next, http.StatusSeeOther)
		return nil
	}
	return v.done(w.PasswordDone, nil, done.GetRedirectUrl())
}

func (v *visit) passwordLink() (*useradminv1.GetLinkResponse, error) {
	return v.link(useradminv1.LinkPurpose_LINK_PURPOSE_ACTIVATE, useradminv1.LinkPurpose_LINK_PURPOSE_RESET_PASSWORD)
}

// passwordForm shows the form, with what is wrong with either password, if anything is.
func (v *visit) passwordForm(l *useradminv1.GetLinkResponse, wrong, repeatWrong string) error {
	w, status := v.words(), http.StatusOK
	if wrong != "" || repeatWrong != "" {
		status = http.StatusUnprocessableEntity
	}
	said := w.Reset
	if l.GetPurpose() == useradminv1.LinkPurpose_LINK_PURPOSE_ACTIVATE {
		said = w.Activate
	}
	return v.show(status, "password", said.Title, passwordForm{
		Token: v.token, Email: l.GetEmail(), Intro: said.Text,
		Fields: []field{
			{Name: "password", Type: "password", Label: w.Password, Hint: w.PasswordRules, Error: wrong, Autocomplete: "new-password", Focus: wrong != ""},
			{Name: "repeat", Type: "password", Label: w.Repeat, Error: repeatWrong, Autocomplete: "new-password", Focus: wrong == "" && repeatWrong != ""},
		},
	})
}

// weak tells which rule a new password breaks.
func (w *words) weak(f *fault.Error) string {
	for _, v := range f.Violations {
		switch v.Rule {
		case "string.min_len":
			return w.PasswordShort
		case "string.max_len", "string.max_bytes":
			return w.PasswordLong
		case password.RuleText:
			return w.PasswordText
		case password.RulePersonal:
			return w.PasswordPersonal
		case password.RuleCommon:
			return w.PasswordCommon
		}
	}
	return w.PasswordWeak
}
