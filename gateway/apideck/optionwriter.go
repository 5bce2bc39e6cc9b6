package apideck

import (
	"encoding/json"
	"strings"

	"github.com/holdplane/holdplane/pkg/wirejson"
)

// optionWriter copies one JSON text.
type optionWriter struct {
	types  optionTypes
	in     string
	i      int
	out    []byte
	depth  int
	failed bool
}

// value copies a value with the white space around it. An array may hold options, an object
// may be one.
func (w *optionWriter) value(options, option bool) {
	w.space()
	switch c := w.peek(); c {
	case '{':
		w.object(option)
	case '[':
		w.array(options)
	case '"':
		w.text()
	default:
		w.scalar()
	}
	w.space()
}

func (w *optionWriter) array(options bool) {
	w.enter()
	for more := w.peek() != ']'; more && !w.failed; more = w.peek() == ',' {
		if w.peek() == ',' {
			w.copy(1)
		}
		w.value(false, options)
	}
	w.leave(']')
}

func (w *optionWriter) object(option bool) {
	w.enter()
	kept, group := false, false
	for more := w.peek() != '}'; more && !w.failed; more = w.peek() == ',' {
		start := len(w.out)
		if w.peek() == ',' {
			w.i++
			if kept {
				w.out = append(w.out, ',')
			}
		}
		w.space()
		name := w.text()
		w.space()
		w.expect(':')
		w.value(name == "options", false)
		if option && name == "option_type" { // what it says may be empty: sdk-go sends that in groups
			w.out = w.out[:start]
			continue
		}
		kept, group = true, group || name == "options"
	}
	if option && w.types == withOptionTypes {
		w.addType(kept, group)
	}
	w.leave('}')
}

// addType is the last member of an option.
func (w *optionWriter) addType(behind, group bool) {
	if behind {
		w.out = append(w.out, ',')
	}
	name := "simple"
	if group {
		name = "group"
	}
	w.out = append(w.out, `"option_type":"`+name+`"`...)
}

func (w *optionWriter) enter() {
	if w.depth++; w.depth > wirejson.MaxDepth {
		w.failed = true
		return
	}
	w.copy(1)
	w.space()
}

func (w *optionWriter) leave(closing byte) {
	w.depth--
	w.expect(closing)
}

func (w *optionWriter) expect(c byte) {
	if w.peek() != c {
		w.failed = true
		return
	}
	w.copy(1)
}

// text copies a string and returns what it says.
func (w *optionWriter) text() string {
	start := w.i
	if w.peek() != '"' {
		w.failed = true
		return ""
	}
	escaped := false
	for i := start + 1; i < len(w.in); i++ {
		switch w.in[i] {
		case '\\':
			escaped = true
			i++
		case '"':
			w.copy(i + 1 - start)
			if escaped {
				return unquoted(w.in[start:w.i])
			}
			return w.in[start+1 : i]
		}
	}
	w.failed = true
	return ""
}

// scalar copies a number, true, false or null.
func (w *optionWriter) scalar() {
	n := strings.IndexAny(w.in[w.i:], ",]} \t\r\n")
	if n < 0 {
		n = len(w.in) - w.i
	}
	w.failed = w.failed || n == 0
	w.copy(n)
}

func (w *optionWriter) space() {
	rest := w.in[w.i:]
	w.copy(len(rest) - len(strings.TrimLeft(rest, " \t\r\n")))
}

// copy goes on by n bytes, and takes them along.
func (w *optionWriter) copy(n int) {
	w.out = append(w.out, w.in[w.i:w.i+n]...)
	w.i += n
}

// peek is the next byte; 0 at the end, and once something was wrong, so that nothing goes on.
func (w *optionWriter) peek() byte {
	if w.failed || w.i == len(w.in) {
		return 0
	}
	return w.in[w.i]
}

// unquoted is what a string with escapes says; empty where that is not JSON.
func unquoted(quoted string) (text string) {
	if err := json.Unmarshal([]byte(quoted), &text); err != nil {
		return ""
	}
	return text
}
