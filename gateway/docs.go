package gateway

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
)

//go:embed docs
var docFiles embed.FS

var docTemplates = template.Must(template.ParseFS(docFiles, "docs/*.html"))

// landing is the path of the page that tells people what they have come to.
const landing = "/"

// docIndex is the data of the index: every dialect's error codes.
type docIndex struct {
	Dialects []docDialect
}

type docDialect struct {
	Name   string
	Errors []docError
}

type docError struct {
	ErrorDoc
	Dialect string
	Path    string
}

// docPath is the path of an error code's page.
func docPath(dialect, code string) string { return "/docs/errors/" + dialect + "/" + code }

// renderDocs returns the documentation pages by path. They never change, so they are
// rendered once.
func renderDocs(dialects []Dialect) (map[string][]byte, error) {
	rendered := map[string][]byte{}
	var index docIndex
	for _, d := range dialects {
		group := docDialect{Name: d.Name}
		for _, e := range d.Errors {
			doc := docError{ErrorDoc: e, Dialect: d.Name, Path: docPath(d.Name, e.Code)}
			group.Errors = append(group.Errors, doc)
			if err := render(rendered, doc.Path, "error.html", doc); err != nil {
				return nil, err
			}
		}
		index.Dialects = append(index.Dialects, group)
	}
	for _, path := range []string{"/docs", "/docs/errors"} {
		if err := render(rendered, path, "index.html", index); err != nil {
			return nil, err
		}
	}
	return rendered, render(rendered, landing, "landing.html", nil)
}

func render(into map[string][]byte, path, name string, data any) error {
	var b bytes.Buffer
	if err := docTemplates.ExecuteTemplate(&b, name, data); err != nil {
		return fmt.Errorf("render %s: %w", path, err)
	}
	into[path] = b.Bytes()
	return nil
}
