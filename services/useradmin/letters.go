package useradmin

import (
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"strings"
	"sync"
	texttemplate "text/template"
	"time"
	"unicode"

	"github.com/holdplane/holdplane/pkg/mail"
)

// letterFiles are the mails in their languages. A .txt has the subject too, an .html what
// layout.html puts a page around.
//
//go:embed letters
var letterFiles embed.FS

// senderLen bounds a tenant's name in mails, in characters.
const senderLen = 100

// letter is what a mail says. Users' names are not in it: whoever may make users must not
// have strangers mailed what they like in our name.
type letter struct {
	// Sender is the tenant's name, on one line.
	Sender string
	// Link is the link's address and Life how long it works; empty in notices.
	Link string
	Life time.Duration
	// When is the time of the order.
	When string
}

// Hours are how long the link works.
func (l letter) Hours() int { return int(l.Life / time.Hour) }

// forms are the two parts of a mail, of one language.
type forms struct {
	text *texttemplate.Template
	html *template.Template
}

// letters are the forms by language and name, such as de/activate.
var letters = sync.OnceValues(func() (map[string]forms, error) {
	paths, err := fs.Glob(letterFiles, "letters/*/*.txt")
	if err != nil {
		return nil, err
	}
	all := map[string]forms{}
	for _, path := range paths {
		stem := strings.TrimSuffix(path, ".txt")
		text, err := texttemplate.ParseFS(letterFiles, path)
		if err != nil {
			return nil, fmt.Errorf("parse mail: %w", err)
		}
		html, err := template.ParseFS(letterFiles, "letters/layout.html", stem+".html")
		if err != nil {
			return nil, fmt.Errorf("parse mail: %w", err)
		}
		all[strings.TrimPrefix(stem, "letters/")] = forms{text, html}
	}
	return all, nil
})

// write returns a mail in the language of a locale, German or English.
func (l letter) write(name, locale string) (m mail.Message, err error) {
	language := "en"
	if strings.HasPrefix(locale, "de") {
		language = "de"
	}
	all, err := letters()
	if err != nil {
		return mail.Message{}, err
	}
	f, ok := all[language+"/"+name]
	if !ok {
		return mail.Message{}, fmt.Errorf("there is no mail %s/%s", language, name)
	}
	var subject, text, html strings.Builder
	if err := f.text.ExecuteTemplate(&subject, "subject", l); err != nil {
		return mail.Message{}, fmt.Errorf("write mail: %w", err)
	}
	if err := f.text.Execute(&text, l); err != nil {
		return mail.Message{}, fmt.Errorf("write mail: %w", err)
	}
	page := struct {
		letter
		Language, Subject string
	}{l, language, subject.String()}
	if err := f.html.Execute(&html, page); err != nil {
		return mail.Message{}, fmt.Errorf("write mail: %w", err)
	}
	return mail.Message{Subject: subject.String(), Text: text.String(), HTML: html.String()}, nil
}

// oneLine makes a name fit for a header, and for a line that can't be read as another: what
// is not printed becomes a space. It cuts off what is longer than so many characters.
func oneLine(name string, most int) string {
	runes := []rune(strings.Join(strings.FieldsFunc(name, func(c rune) bool { return !unicode.IsGraphic(c) || unicode.IsSpace(c) }), " "))
	return strings.TrimSpace(string(runes[:min(len(runes), most)]))
}
