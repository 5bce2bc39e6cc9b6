package docs_test

import (
	"os"
	"strings"
	"testing"
)

// snippet is a fenced block of a document.
type snippet struct {
	line int    // of the opening fence
	lang string // and the release of what it needs, where there are several
	text string
}

// shown are the languages of blocks that are for reading. Blocks of all others are run.
var shown = map[string]bool{"text": true, "json": true, "yaml": true, "mermaid": true, "diff": true}

// snippetsOf returns the blocks of a document that are to be run, in order.
func snippetsOf(t *testing.T, path string) []snippet {
	t.Helper()
	document, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var found []snippet
	var open *snippet
	for i, line := range strings.SplitAfter(string(document), "\n") {
		info, fence := strings.CutPrefix(strings.TrimSpace(line), "```")
		switch {
		case !fence && open != nil:
			open.text += line
		case fence && open == nil:
			open = &snippet{line: i + 1, lang: info}
		case fence:
			if !shown[open.lang] {
				found = append(found, *open)
			}
			open = nil
		}
	}
	if open != nil {
		t.Fatalf("%s:%d: the block has no end", path, open.line)
	}
	return found
}
