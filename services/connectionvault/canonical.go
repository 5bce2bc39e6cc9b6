package connectionvault

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// canonical appends a value as the one JSON text that it has: compact, members sorted by name,
// and texts as JavaScript's JSON.stringify writes them. Receivers that verify a signature over
// what they parsed and sorted get the very bytes that were sent. Values are texts, int64,
// bool and maps of these by ASCII names.
func canonical(b []byte, value any) ([]byte, error) {
	switch v := value.(type) {
	case string:
		return canonicalText(b, v), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case written:
		return append(b, v...), nil
	case map[string]any:
		return canonicalObject(b, v)
	}
	return nil, fmt.Errorf("a %T has no canonical JSON", value)
}

// written is a value that was made canonical before.
type written string

func canonicalObject(b []byte, members map[string]any) ([]byte, error) {
	b = append(b, '{')
	for i, name := range slices.Sorted(maps.Keys(members)) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(canonicalText(b, name), ':')
		var err error
		if b, err = canonical(b, members[name]); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

// canonicalText does not use encoding/json, which escapes more than JavaScript does: <, >, &
// and two line separators.
func canonicalText(b []byte, text string) []byte {
	const short = "\bb\tt\nn\ff\rr\"\"\\\\"
	b = append(b, '"')
next:
	for i := range len(text) {
		c := text[i]
		for j := 0; j < len(short); j += 2 {
			if short[j] == c {
				b = append(b, '\\', short[j+1])
				continue next
			}
		}
		if c < ' ' {
			b = fmt.Appendf(b, `\u%04x`, c)
			continue
		}
		b = append(b, c)
	}
	return append(b, '"')
}
