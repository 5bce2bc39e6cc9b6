package unkey

import "github.com/holdplane/holdplane/pkg/wirejson"

// words say what is wrong with JSON, and what to do about it.
var words = map[wirejson.Kind][2]string{
	wirejson.KindEmpty:      {"is required", "Send a JSON value, {} if there is nothing to say."},
	wirejson.KindSyntax:     {"is not valid JSON", "Send one JSON value as RFC 8259 has it."},
	wirejson.KindTrailing:   {"is more than one JSON value", "Send one JSON value."},
	wirejson.KindUTF8:       {"is not valid UTF-8", "Encode the body as UTF-8."},
	wirejson.KindDepth:      {"is nested too deep", ""},
	wirejson.KindDuplicate:  {"is given more than once", "Give it once."},
	wirejson.KindMissing:    {"is required", "Add it to the request."},
	wirejson.KindUnknown:    {"is not a field of this request", "Remove it, or correct its name."},
	wirejson.KindNotInteger: {"must be an integer", "Write it without fraction and exponent."},
	wirejson.KindRange:      {"is out of range", ""},
	wirejson.KindSize:       {"has too many elements", "Send fewer elements at once."},
}

// ofJSON says where the body is not as it should be, and why. It repeats no value.
func ofJSON(p *wirejson.Problem) mistake {
	m := mistake{Location: location(p.Path)}
	if w, ok := words[p.Kind]; ok {
		m.Message, m.Fix = w[0], w[1]
		return m
	}
	m.Message = "is not valid"
	if p.Want != "" {
		m.Message = "must be " + article(p.Want)
	}
	if p.Got != "" {
		m.Message += ", not " + article(p.Got)
	}
	return m
}

// article puts a or an in front of the type of a JSON value.
func article(what string) string {
	switch what {
	case "null":
		return what
	case "object", "array", "integer":
		return "an " + what
	}
	return "a " + what
}
