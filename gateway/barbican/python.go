package barbican

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"unicode"
)

// repr is a JSON value as Python shows it: Barbican's texts quote what was sent that way.
func repr(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case json.Number:
		return reprNumber(string(v))
	case string:
		return reprString(v)
	case []any:
		items := make([]string, len(v))
		for i := range v {
			items[i] = repr(v[i])
		}
		return "[" + strings.Join(items, ", ") + "]"
	case *object:
		items := make([]string, len(v.names))
		for i, name := range v.names {
			items[i] = reprString(name) + ": " + repr(v.members[name])
		}
		return "{" + strings.Join(items, ", ") + "}"
	}
	return fmt.Sprint(v)
}

// reprNumber leaves integers as they are, and writes others with an exponent only below
// 1e-4 and from 1e16 on.
func reprNumber(text string) string {
	if !strings.ContainsAny(text, ".eE") {
		if text == "-0" {
			return "0"
		}
		return text
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return strings.Replace(text, strings.TrimLeft(text, "-"), "inf", 1)
	}
	plain := strconv.FormatFloat(x, 'f', -1, 64)
	if abs := max(x, -x); abs != 0 && (abs < 1e-4 || abs >= 1e16) {
		return strconv.FormatFloat(x, 'e', -1, 64)
	}
	if !strings.Contains(plain, ".") {
		plain += ".0"
	}
	return plain
}

// reprString quotes with ' unless only the other quote spares escapes.
func reprString(s string) string {
	quote := '\''
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = '"'
	}
	var b strings.Builder
	b.WriteRune(quote)
	for _, r := range s {
		switch {
		case r == quote || r == '\\':
			b.WriteString(`\` + string(r))
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteRune(quote)
	return b.String()
}

// integer is the value of a number without a fraction, however it is spelled; nil for others,
// and for those with so many digits that nothing could hold them.
func integer(v any) *big.Int {
	text, ok := v.(json.Number)
	if !ok {
		return nil
	}
	if n, ok := new(big.Int).SetString(string(text), 10); ok {
		return n
	}
	x, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return nil
	}
	n, accuracy := big.NewFloat(x).Int(nil)
	if accuracy != big.Exact {
		return nil
	}
	return n
}
