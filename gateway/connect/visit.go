package connect

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/holdplane/holdplane/gateway/language"
	"github.com/holdplane/holdplane/pkg/fault"
)

// errUnknown is a page that is not there.
var errUnknown = fault.NotFound("PAGE_NOT_FOUND", "there is no such page")

// errMethod refuses what is neither GET nor POST where that is.
var errMethod = errors.New("method not allowed")

// visit is one request.
type visit struct {
	*site
	w        http.ResponseWriter
	r        *http.Request
	acts     bool // GET does something, so that there is no HEAD
	language string
	segments []string // of the path, behind the site's
	query    url.Values
	look     look
	open     *session // whose page it is; nil before that is known, and for others
}

func newVisit(s *site, w http.ResponseWriter, r *http.Request, path string) *visit {
	v := &visit{site: s, w: w, r: r, language: language.Preferred(r.Header.Get("Accept-Language"))}
	if rest := strings.TrimPrefix(r.URL.Path, path); rest != "" {
		v.segments = strings.Split(rest[1:], "/")
	}
	return v
}

// readable reads query and form. What is no text, gRPC can't carry; what is said twice, two
// readers may understand differently.
func (v *visit) readable() error {
	var err error
	if v.query, err = url.ParseQuery(v.r.URL.RawQuery); err != nil {
		return fault.InvalidArgument(fault.ReasonInvalid, "the query is malformed")
	}
	for name, values := range v.query {
		if len(values) > 1 || !utf8.ValidString(name) || !utf8.ValidString(values[0]) {
			return fault.InvalidArgument(fault.ReasonInvalid, "the query is malformed")
		}
	}
	if !utf8.ValidString(v.r.URL.Path) {
		return errUnknown
	}
	if v.r.Method != http.MethodPost {
		return nil
	}
	err = v.r.ParseForm()
	if tooLong := (*http.MaxBytesError)(nil); errors.As(err, &tooLong) {
		return err
	}
	for name, values := range v.r.PostForm {
		if !utf8.ValidString(name) || !utf8.ValidString(strings.Join(values, "")) {
			err = errors.New("not UTF-8")
		}
	}
	if err != nil { // what it says repeats a part of the form
		return fault.InvalidArgument(fault.ReasonInvalid, "the form is malformed")
	}
	return nil
}

// only refuses other methods.
func (v *visit) only(methods ...string) error {
	if slices.Contains(methods, v.r.Method) {
		return nil
	}
	if !v.acts {
		methods = append(methods, http.MethodHead)
	}
	v.w.Header().Set("Allow", strings.Join(methods, ", "))
	return errMethod
}

// sheet is what templates are made with.
type sheet struct {
	*visit
	Title string
	Wrong bool // something was not right with a form
	Body  any
}

// Base is what paths begin with.
func (s sheet) Base() string { return s.base }

// Language is that of the page.
func (s sheet) Language() string { return s.language }

// Words are those of the language.
func (s sheet) Words() *words { return s.words() }

// Session is whose page it is; nil for nobody's.
func (s sheet) Session() *session { return s.open }

// Look is how it is shown.
func (s sheet) Look() look { return s.look }

// show answers with a page.
func (v *visit) show(status int, name, title string, body any) error {
	var b bytes.Buffer
	s := sheet{visit: v, Title: title, Wrong: status == http.StatusUnprocessableEntity, Body: body}
	if err := templates.ExecuteTemplate(&b, name+".html", s); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	h := v.w.Header()
	h.Set("Content-Security-Policy", v.policy())
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/html; charset=utf-8")
	v.w.WriteHeader(status)
	_, err := v.w.Write(b.Bytes())
	return err
}

// policy lets a page load style sheet and script from here, show the session's logo, send
// forms back, and be framed by the session's application.
func (v *visit) policy() string {
	images, ancestors := "", " 'none'"
	switch {
	case v.open == nil && v.look.Frame:
		ancestors = " *" // there is nothing on the page but why there is no other
	case v.open != nil:
		if logo, ok := web(v.open.theme.Logo); ok {
			images = " " + logo.Scheme + "://" + logo.Host
		}
		if len(v.open.origins) > 0 {
			ancestors = " " + strings.Join(v.open.origins, " ")
		}
	}
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:" + images +
		"; form-action 'self'; base-uri 'none'; frame-ancestors" + ancestors
}

// send answers with where the browser goes on. There is no body: addresses hold secrets.
func (v *visit) send(location string) error {
	h := v.w.Header()
	h.Set("Location", location)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	v.w.WriteHeader(http.StatusSeeOther)
	return nil
}
