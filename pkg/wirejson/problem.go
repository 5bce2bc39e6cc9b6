package wirejson

import (
	"fmt"
	"slices"
	"unicode/utf8"
)

// Kind says what is wrong with a document.
type Kind string

// Kinds of the document as a whole. They win over those of single fields, as products
// parse before they validate.
const (
	// KindEmpty is a document without a value.
	KindEmpty Kind = "empty"
	// KindSyntax is text that is not JSON.
	KindSyntax Kind = "syntax"
	// KindTrailing is something behind the value.
	KindTrailing Kind = "trailing"
	// KindUTF8 is invalid UTF-8, or the escape of half a surrogate pair.
	KindUTF8 Kind = "utf8"
	// KindDepth is nesting beyond MaxDepth.
	KindDepth Kind = "depth"
	// KindDuplicate is a name repeated in its object, a field under two of its names,
	// or a second member of a oneof.
	KindDuplicate Kind = "duplicate"
)

// Kinds of single fields.
const (
	// KindType is a value of another JSON type than Want.
	KindType Kind = "type"
	// KindNull is null where Want is due.
	KindNull Kind = "null"
	// KindMissing is a required field that is absent.
	KindMissing Kind = "missing"
	// KindUnknown is a member that a closed message does not have.
	KindUnknown Kind = "unknown"
	// KindNotInteger is a number that is no integer, or is not spelled as one.
	KindNotInteger Kind = "not_integer"
	// KindRange is a number beyond what the field holds.
	KindRange Kind = "range"
	// KindFormat is a string that is not what Want says: base64, date-time, enum.
	KindFormat Kind = "format"
	// KindSize is more elements than MaxElements allows.
	KindSize Kind = "size"
)

// Problem is why a document was refused: the first reason found.
type Problem struct {
	// Kind is what is wrong.
	Kind Kind
	// Path is where, in names of the wire. It is empty for the document itself.
	Path Path
	// Want is the JSON type that is due, or "integer", or what KindFormat lists.
	Want string
	// Got is the JSON type found. Both are empty where types are not the matter.
	Got string
	// Offset is the byte at which the problem was seen; 0 in queries.
	Offset int
}

// Error names the place and the problem, and no value.
func (p *Problem) Error() string {
	text := string(p.Kind)
	if p.Want != "" {
		text += ": want " + p.Want
	}
	if p.Got != "" {
		text += ", got " + p.Got
	}
	if len(p.Path) == 0 {
		return fmt.Sprintf("wirejson: %s at byte %d", text, p.Offset)
	}
	return fmt.Sprintf("wirejson: %s: %s", p.Path, text)
}

// ofDocument tells whether the problem outranks those of single fields.
func (p *Problem) ofDocument() bool {
	switch p.Kind {
	case KindEmpty, KindSyntax, KindTrailing, KindUTF8, KindDepth, KindDuplicate:
		return true
	}
	return false
}

// in puts the member that holds the problem in front of its path. Paths grow from
// the end while the reader unwinds; found turns them round.
func (p *Problem) in(name string) *Problem {
	p.Path = append(p.Path, Step{Name: clip(name)})
	return p
}

func (p *Problem) at(index int) *Problem {
	p.Path = append(p.Path, Step{Index: index})
	return p
}

func (p *Problem) found() *Problem {
	slices.Reverse(p.Path)
	return p
}

// clip keeps a caller's own names from swelling the answer, and shows the empty one.
func clip(name string) string {
	const most = 64
	switch {
	case name == "":
		return `""`
	case len(name) <= most:
		return name
	}
	end := most
	for !utf8.RuneStart(name[end]) {
		end--
	}
	return name[:end] + "…"
}
