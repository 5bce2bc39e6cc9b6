package unkey

import (
	"strings"

	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

// malformed is what the server said of a body that is not JSON.
const malformed = "Malformed JSON in request body"

// ofProblem says what is wrong with JSON or a query in zod's words. A body that cannot
// be parsed has no field at fault.
func ofProblem(p *wirejson.Problem) string {
	switch p.Kind {
	case wirejson.KindEmpty, wirejson.KindSyntax, wirejson.KindTrailing:
		return malformed
	case wirejson.KindDepth:
		return malformed + ": it is nested too deep"
	}
	if len(p.Path) == 0 {
		return "body: " + ofValue(p)
	}
	return p.Path.String() + ": " + ofValue(p)
}

func ofValue(p *wirejson.Problem) string {
	want := p.Want
	if want == "integer" {
		want = "number" // to zod an integer is a number with a check
	}
	switch p.Kind {
	case wirejson.KindMissing:
		return "Required"
	case wirejson.KindType:
		return "Expected " + want + ", received " + p.Got
	case wirejson.KindNull:
		return "Expected " + want + ", received null"
	case wirejson.KindNotInteger:
		return "Expected integer, received float"
	case wirejson.KindRange:
		return "Number is out of range"
	case wirejson.KindFormat:
		return "Invalid " + p.Want
	case wirejson.KindDuplicate:
		return "Given more than once"
	case wirejson.KindUTF8:
		return "Invalid UTF-8"
	case wirejson.KindSize:
		return "Too many elements"
	}
	return "Invalid"
}

// rules are zod's texts around the limit of a rule, by its id. Those of numbers stand
// without the type: int64.gte is gte.
var rules = map[string][2]string{
	"string.min_len":     {"String must contain at least ", " character(s)"},
	"string.max_len":     {"String must contain at most ", " character(s)"},
	"string.len":         {"String must contain exactly ", " character(s)"},
	"repeated.min_items": {"Array must contain at least ", " element(s)"},
	"repeated.max_items": {"Array must contain at most ", " element(s)"},
	"gte":                {"Number must be greater than or equal to ", ""},
	"gt":                 {"Number must be greater than ", ""},
	"lte":                {"Number must be less than or equal to ", ""},
	"lt":                 {"Number must be less than ", ""},
}

// ofViolation says which constraint a value breaks in zod's words, or in those of the
// constraint where zod has none.
func ofViolation(v fault.Violation) string {
	if v.Rule == "required" {
		return "Required"
	}
	_, rule, _ := strings.Cut(v.Rule, ".")
	for _, name := range [2]string{v.Rule, rule} {
		if around, ok := rules[name]; ok && v.Limit != "" {
			return around[0] + v.Limit + around[1]
		}
	}
	if v.Message == "" {
		return "Invalid"
	}
	// A range names both its ends: "must be greater than or equal to 1 and less than …".
	if strings.HasPrefix(rule, "gt") {
		return "Number " + v.Message
	}
	return v.Message
}
