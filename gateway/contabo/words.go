package contabo

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

// kinds say of a field what class-validator says when its JSON type is wrong.
var kinds = map[string]string{
	"string":  "must be a string",
	"boolean": "must be a boolean value",
	"integer": "must be an integer number",
	"number":  "must be a number conforming to the specified constraints",
	"array":   "must be an array",
	"object":  "must be an object",
}

const (
	notEmail = "must be an email"
	notDate  = "must be a valid ISO 8601 date string"
	tooShort = "must be longer than or equal to 1 characters"
)

// special say it of single fields, whatever is wrong with them but their length.
var special = map[string]string{
	"email":  notEmail,
	"locale": "must be one of the following values: de-DE, de, en-US, en",
}

// ofProblem says what is wrong with JSON or a query. It repeats no value.
func ofProblem(p *wirejson.Problem) string {
	switch p.Kind {
	case wirejson.KindSyntax, wirejson.KindTrailing:
		return "Unexpected token in JSON at position " + strconv.Itoa(p.Offset)
	case wirejson.KindDepth:
		return "the JSON is nested too deep"
	}
	if len(p.Path) == 0 && p.Kind == wirejson.KindUTF8 {
		return "the body must be UTF-8"
	}
	if len(p.Path) == 0 {
		return "the body " + cmp.Or(kinds[p.Want], "is not valid")
	}
	return about(p.Path, ofValue(p))
}

func ofValue(p *wirejson.Problem) string {
	switch p.Kind {
	case wirejson.KindDuplicate:
		return "must be given once"
	case wirejson.KindUTF8:
		return "must be UTF-8"
	case wirejson.KindSize:
		return "must not be this long a list"
	case wirejson.KindRange:
		return "is out of range"
	}
	if t, ok := special[p.Path[len(p.Path)-1].Name]; ok {
		return t
	}
	if p.Kind == wirejson.KindMissing && p.Want == "string" {
		return tooShort
	}
	return cmp.Or(kinds[p.Want], "is not valid")
}

// about puts what is wrong behind the name of what it is wrong with.
func about(path wirejson.Path, text string) string {
	if last := len(path) - 1; last > 0 && path[last].Name == "" {
		return "each value in " + path[:last].String() + " " + text
	}
	return path.String() + " " + text
}

// rules are class-validator's texts around the limit of a rule, by its id. Those of numbers
// stand without the type: int64.gte is gte.
var rules = map[string][2]string{
	"string.min_len":     {"must be longer than or equal to ", " characters"},
	"string.max_len":     {"must be shorter than or equal to ", " characters"},
	"string.in":          {"must be one of the following values: ", ""},
	"repeated.min_items": {"must contain at least ", " elements"},
	"repeated.max_items": {"must contain no more than ", " elements"},
	"gte":                {"must not be less than ", ""},
	"lte":                {"must not be greater than ", ""},
}

// ofViolation says which constraint a value breaks, in the words of the constraint where
// class-validator has none.
func ofViolation(path wirejson.Path, v fault.Violation) string {
	if len(path) == 0 {
		return cmp.Or(v.Message, "the request is not valid")
	}
	_, rule, _ := strings.Cut(v.Rule, ".")
	if path[len(path)-1].Name == "email" && rule == "min_len" {
		return about(path, notEmail)
	}
	if v.Rule == "string.pattern" { // days are the only ones
		return about(path, notDate)
	}
	for _, name := range [2]string{v.Rule, rule} {
		if around, ok := rules[name]; ok && v.Limit != "" {
			return about(path, around[0]+v.Limit+around[1])
		}
	}
	return about(path, cmp.Or(v.Message, "is not valid"))
}
