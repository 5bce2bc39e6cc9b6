package pages

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"unicode/utf8"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// maxToken is the most that LinkService takes, in characters.
const maxToken = 256

// errUnknown is what LinkService says of a link that does not work.
var errUnknown = fault.NotFound("LINK_NOT_FOUND", "the link is not known")

// errMethod refuses what is neither GET nor POST.
var errMethod = errors.New("method not allowed")

// visit is one request.
type visit struct {
	*site
	w        http.ResponseWriter
	r        *http.Request
	language string
	token    string // of the link
}

// answer does what the request asks for, or says why not.
func (v *visit) answer() error {
	p, ok := v.pages[v.r.URL.Path]
	if !ok {
		return errUnknown
	}
	switch v.r.Method {
	case http.MethodGet:
		v.token = v.r.URL.Query().Get("token")
		return p.get(v)
	case http.MethodPost:
		if err := v.r.ParseForm(); err != nil {
			return malformed(err)
		}
		v.token = v.r.PostForm.Get("token")
		return p.post(v)
	}
	v.w.Header().Set("Allow", "GET, HEAD, POST")
	return errMethod
}

// malformed hides what ParseForm says of a form, which repeats a part of it.
func malformed(err error) error {
	if tooLong := (*http.MaxBytesError)(nil); errors.As(err, &tooLong) {
		return err
	}
	return fault.InvalidArgument(fault.ReasonInvalid, "the form is malformed")
}

// link returns what the visit's link is for, and goes on in its user's language. A link for
// something else than the page does is as unknown as any.
func (v *visit) link(purposes ...useradminv1.LinkPurpose) (*useradminv1.GetLinkResponse, error) {
	if v.token == "" || !utf8.ValidString(v.token) || utf8.RuneCountInString(v.token) > maxToken {
		return nil, errUnknown
	}
	l, err := v.Links.GetLink(v.r.Context(), &useradminv1.GetLinkRequest{Token: v.token})
	if err != nil {
		return nil, err
	}
	v.speak(l.GetLocale())
	if !slices.Contains(purposes, l.GetPurpose()) {
		return nil, errUnknown
	}
	return l, nil
}

// sheet is what templates are made with.
type sheet struct {
	Base     string // what paths begin with
	Language string
	Words    *words
	Title    string
	Wrong    bool // a field has an error
	Body     any
}

// show answers with a page.
func (v *visit) show(status int, name, title string, body any) error {
	s := sheet{
		Base: v.base, Language: v.language, Words: v.words(), Title: title,
		Wrong: status == http.StatusUnprocessableEntity, Body: body,
	}
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name+".html", s); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.WriteHeader(status)
	_, err := v.w.Write(b.Bytes())
	return err
}
