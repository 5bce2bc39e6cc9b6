package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	// link finds where a Markdown link leads.
	link = regexp.MustCompile(`\]\(([^)]+)\)`)
	// heading finds what links can lead to in a document, unspoken what is not in their names.
	heading  = regexp.MustCompile(`(?m)^#+ (.*)$`)
	unspoken = regexp.MustCompile(`[^a-z0-9 _-]`)
)

// TestLinks checks that links into the project lead to a file or a folder, and to a
// heading there.
func TestLinks(t *testing.T) {
	documents := []string{filepath.Join("..", "README.md")}
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == ".md" {
			documents = append(documents, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range documents {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range link.FindAllStringSubmatch(string(text), -1) {
			target, name, named := strings.Cut(found[1], "#")
			if strings.Contains(target, "://") {
				continue
			}
			file := path
			if target != "" {
				file = filepath.Join(filepath.Dir(path), target)
			}
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s links to %s: %v", path, found[1], err)
			} else if named && !hasHeading(read(t, file), name) {
				t.Errorf("%s links to %s, which has no such heading", path, found[1])
			}
		}
	}
}

// hasHeading tells whether a document has a heading that links call by a name.
func hasHeading(text, name string) bool {
	for _, found := range heading.FindAllStringSubmatch(text, -1) {
		if strings.ReplaceAll(unspoken.ReplaceAllString(strings.ToLower(found[1]), ""), " ", "-") == name {
			return true
		}
	}
	return false
}
