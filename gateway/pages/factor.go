package pages

import (
	"bytes"
	"encoding/base64"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"google.golang.org/grpc/codes"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// maxCode is the most that LinkService takes, in characters.
const maxCode = 64

// factorStart is the body of the page before the secret is shown.
type factorStart struct {
	Token string
	// After tells that the password has just been set.
	After bool
}

// factorForm is the body of the page with the secret.
type factorForm struct {
	Token, Secret string
	App, Image    template.URL // otpauth:// and data:; empty where they are not what they should be
	Field         field
}

// askFactor shows no secret yet: what looks into mails opens the link, too.
func (s *site) askFactor(v *visit) error {
	if _, err := v.link(useradminv1.LinkPurpose_LINK_PURPOSE_ENROL); err != nil {
		return err
	}
	return v.show(http.StatusOK, "factorstart", v.words().Factor.Title, factorStart{
		Token: v.token, After: v.r.URL.Query().Get("after") == "password",
	})
}

// enrolFactor shows the secret until the right code comes, which spends the link.
func (s *site) enrolFactor(v *visit) error {
	if _, err := v.link(useradminv1.LinkPurpose_LINK_PURPOSE_ENROL); err != nil {
		return err
	}
	if !v.r.PostForm.Has("code") {
		return v.factorForm("")
	}
	code := strings.TrimSpace(v.r.PostForm.Get("code"))
	if code == "" || !utf8.ValidString(code) || utf8.RuneCountInString(code) > maxCode {
		return v.factorForm(v.words().CodeWrong)
	}
	done, err := s.Links.FinishEnrolment(v.r.Context(), &useradminv1.FinishEnrolmentRequest{Token: v.token, Code: code})
	if f := fault.From(err); f != nil && f.Code == codes.InvalidArgument {
		return v.factorForm(v.words().CodeWrong)
	}
	if err != nil {
		return err
	}
	return v.done(v.words().FactorDone, done.GetRecoveryCodes(), done.GetRedirectUrl())
}

// factorForm shows the form, with what is wrong with the code, if anything is.
func (v *visit) factorForm(wrong string) error {
	e, err := v.Links.StartEnrolment(v.r.Context(), &useradminv1.StartEnrolmentRequest{Token: v.token})
	if err != nil {
		return err
	}
	w, status := v.words(), http.StatusOK
	if wrong != "" {
		status = http.StatusUnprocessableEntity
	}
	return v.show(status, "factor", w.Factor.Title, factorForm{
		Token: v.token, Secret: grouped(e.GetSecret()), App: appURL(e.GetUrl()), Image: imageURL(e.GetImage()),
		Field: field{
			Name: "code", Type: "text", Label: w.Code, Hint: w.CodeHint, Error: wrong,
			Autocomplete: "one-time-code", InputMode: "numeric", Focus: wrong != "",
		},
	})
}

// grouped puts a space between groups of four, for whoever types them.
func grouped(secret string) string {
	var groups []string
	for group := range slices.Chunk([]rune(strings.Join(strings.Fields(secret), "")), 4) {
		groups = append(groups, string(group))
	}
	return strings.Join(groups, " ")
}

// appURL is an address that opens an authenticator, and no other.
func appURL(text string) template.URL {
	if !strings.HasPrefix(text, "otpauth://totp/") {
		return ""
	}
	return template.URL(text)
}

// imageURL holds a PNG.
func imageURL(image []byte) template.URL {
	if !bytes.HasPrefix(image, []byte("\x89PNG\r\n\x1a\n")) {
		return ""
	}
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(image))
}
