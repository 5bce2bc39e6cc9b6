package wirejson

import (
	"hash/maphash"
	"strings"
	"unicode/utf8"
)

// reader walks over one document. Its methods expect the position before a value and
// leave it behind; white space in front is theirs.
type reader struct {
	s        string
	i        int
	depth    int
	elements int
	names    []hashedName // unknown and raw members of the objects around i
	seed     maphash.Seed // of the hashes in names
	dialect  *Dialect
	once     bool   // whether a parameter is one value, unless its field is repeated
	out      []byte // the message in protobuf's binary form
}

// start checks what can be checked of a document as a whole.
func (r *reader) start() *Problem {
	if !utf8.ValidString(r.s) {
		return r.problem(KindUTF8, invalidAt(r.s))
	}
	if r.peek(); r.i == len(r.s) {
		return r.problem(KindEmpty, 0)
	}
	return nil
}

// end checks that nothing follows.
func (r *reader) end() *Problem {
	if r.peek(); r.i < len(r.s) {
		return r.problem(KindTrailing, r.i)
	}
	return nil
}

func (r *reader) problem(kind Kind, at int) *Problem { return &Problem{Kind: kind, Offset: at} }

// mismatch says that the value ahead is not of the type wanted.
func (r *reader) mismatch(want string) *Problem {
	kind, got := KindType, typeOf(r.peek())
	switch got {
	case "":
		return r.problem(KindSyntax, r.i)
	case "null":
		kind = KindNull
	}
	return &Problem{Kind: kind, Want: want, Got: got, Offset: r.i}
}

// peek returns the first byte of what comes next, 0 at the end.
func (r *reader) peek() byte {
	for r.i < len(r.s) {
		switch c := r.s[r.i]; c {
		case ' ', '\n', '\r', '\t':
			r.i++
		default:
			return c
		}
	}
	return 0
}

// typeOf is the JSON type of the value that begins with c; empty if none does.
func typeOf(c byte) string {
	switch c {
	case '{':
		return "object"
	case '[':
		return "array"
	case '"':
		return "string"
	case 't', 'f':
		return "boolean"
	case 'n':
		return "null"
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return "number"
	}
	return ""
}

// begin enters the array or object ahead, and tells whether anything is in it.
func (r *reader) begin(closing byte) (more bool, _ *Problem) {
	if r.depth++; r.depth > MaxDepth {
		return false, r.problem(KindDepth, r.i)
	}
	r.i++
	if r.peek() == closing {
		r.depth--
		r.i++
		return false, nil
	}
	return true, nil
}

// next goes on to the next element, or leaves.
func (r *reader) next(closing byte) (more bool, _ *Problem) {
	switch r.peek() {
	case ',':
		r.i++
		return true, nil
	case closing:
		r.depth--
		r.i++
		return false, nil
	}
	return false, r.problem(KindSyntax, r.i)
}

// name reads a member's name and the colon.
func (r *reader) name() (string, *Problem) {
	if r.peek() != '"' {
		return "", r.problem(KindSyntax, r.i)
	}
	name, problem := r.text(true)
	if problem != nil {
		return "", problem
	}
	if r.peek() != ':' {
		return "", r.problem(KindSyntax, r.i)
	}
	r.i++
	return name, nil
}

// word reads true, false or null.
func (r *reader) word(word string) *Problem {
	if !strings.HasPrefix(r.s[r.i:], word) {
		return r.problem(KindSyntax, r.i)
	}
	r.i += len(word)
	return nil
}

// text reads the string whose quote is ahead. It returns its content if keep says so.
func (r *reader) text(keep bool) (string, *Problem) {
	start := r.i + 1
	for i := start; i < len(r.s); i++ {
		switch c := r.s[i]; {
		case c == '"':
			r.i = i + 1
			return r.s[start:i], nil
		case c == '\\':
			return r.escapedText(start, i, keep)
		case c < ' ':
			return "", r.problem(KindSyntax, i)
		}
	}
	return "", r.problem(KindSyntax, len(r.s))
}

// escapedText reads on from the first escape at i.
func (r *reader) escapedText(start, i int, keep bool) (string, *Problem) {
	var b strings.Builder
	for i < len(r.s) {
		switch c := r.s[i]; {
		case c == '"':
			if keep {
				b.WriteString(r.s[start:i])
			}
			r.i = i + 1
			return b.String(), nil
		case c < ' ':
			return "", r.problem(KindSyntax, i)
		case c != '\\':
			i++
			continue
		}
		char, n := unescape(r.s[i:])
		switch {
		case n == 0:
			return "", r.problem(KindSyntax, i)
		case char == loneSurrogate:
			return "", r.problem(KindUTF8, i)
		case keep:
			b.WriteString(r.s[start:i])
			b.WriteRune(char)
		}
		i += n
		start = i
	}
	return "", r.problem(KindSyntax, len(r.s))
}

func invalidAt(s string) int {
	for i, c := range s {
		if c == utf8.RuneError && !strings.HasPrefix(s[i:], "\ufffd") {
			return i
		}
	}
	return len(s)
}
