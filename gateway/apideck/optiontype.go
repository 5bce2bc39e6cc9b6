package apideck

import (
	"net/http"
	"strconv"
	"strings"
)

// optionTypes says what becomes of the member option_type in options of form fields: newer
// SDKs know by it whether one is a group, and refuse those without; older ones refuse those
// with it, as they don't know it.
type optionTypes bool

const (
	// withOptionTypes says what each option is, whatever is said already.
	withOptionTypes optionTypes = true
	// withoutOptionTypes takes it away.
	withoutOptionTypes optionTypes = false
)

// optionTypesFor is what the client of a request reads. Apideck's SDK for Go knows
// option_type since 0.8.1.
func optionTypesFor(h http.Header) optionTypes {
	version, ok := strings.CutPrefix(h.Get("User-Agent"), "speakeasy-sdk/go ")
	if !ok {
		return withOptionTypes
	}
	version, _, _ = strings.Cut(version, " ")
	version, _, _ = strings.Cut(version, "-")
	parts := strings.Split(version, ".")
	if len(parts) != 3 {
		return withOptionTypes
	}
	for i, first := range [...]int{0, 8, 1} {
		n, err := strconv.Atoi(parts[i])
		if err != nil || n > first {
			return withOptionTypes
		}
		if n < first {
			return withoutOptionTypes
		}
	}
	return withOptionTypes
}

// inOptions rewrites a JSON array of options.
func (t optionTypes) inOptions(text string) string { return t.rewritten(text, true) }

// inConfiguration rewrites JSON in which every array called options holds options.
func (t optionTypes) inConfiguration(text string) string { return t.rewritten(text, false) }

// rewritten leaves everything else byte for byte: numbers are as they were spelled. Text that
// is not JSON stays as it is.
func (t optionTypes) rewritten(text string, options bool) string {
	objects := strings.Count(text, "{") // at least as many as there are
	if objects == 0 || t == withOptionTypes && objects == strings.Count(text, `"option_type":`) {
		return text // the most have none, or all of them it: inside strings quotes are escaped
	}
	w := optionWriter{types: t, in: text, out: make([]byte, 0, len(text)+64)}
	if w.value(options, false); w.failed || w.i != len(w.in) {
		return text
	}
	return string(w.out)
}
