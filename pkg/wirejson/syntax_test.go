package wirejson_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	optionsv1 "github.com/holdplane/holdplane/gen/holdplane/options/v1"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

// corpus is JSON values, in the spirit of the JSONTestSuite, and why they are refused.
// An empty kind accepts.
var corpus = []struct {
	name, text string
	kind       wirejson.Kind
}{
	{"true", `true`, ""},
	{"false", `false`, ""},
	{"null", `null`, ""},
	{"zero", `0`, ""},
	{"minus zero", `-0`, ""},
	{"integer beyond 2^53", `9007199254740993`, ""},
	{"integer of a hundred digits", strings.Repeat("9", 100), ""},
	{"fraction", `-10.0`, ""},
	{"exponents", `[1e3,1E+3,1e-3,0e0,1.5E0]`, ""},
	{"number beyond double", `1e400`, ""},
	{"empty string", `""`, ""},
	{"all short escapes", `"\"\\\/\b\f\n\r\t"`, ""},
	{"unicode escapes of both cases", `"\u00e9\u00E9\u0000"`, ""},
	{"surrogate pair", `"\ud83d\uDE00"`, ""},
	{"escaped replacement character", `"\ufffd"`, ""},
	{"replacement character", "\"\ufffd\"", ""},
	{"line separators", "\"\u2028\u2029\"", ""},
	{"delete character", "\"\x7f\"", ""},
	{"text of four bytes", `"😀"`, ""},
	{"empty array", `[]`, ""},
	{"empty object", `{}`, ""},
	{"white space of all sorts", " \t\r\n[ \t\r\n1 \t\r\n, {} ] ", ""},
	{"empty name", `{"":0}`, ""},
	{"names that differ in case", `{"a":1,"A":2}`, ""},
	{"same name in different objects", `{"a":{"a":1},"b":[{"a":1},{"a":2}]}`, ""},
	{"names differ by normalization", `{"é":1,"e` + "\u0301" + `":2}`, ""},
	{"sixty levels", strings.Repeat("[", 60) + strings.Repeat("]", 60), ""},

	{"word in capitals", `True`, wirejson.KindSyntax},
	{"short word", `tru`, wirejson.KindSyntax},
	{"long word", `nulls`, wirejson.KindTrailing},
	{"NaN", `NaN`, wirejson.KindSyntax},
	{"Infinity", `Infinity`, wirejson.KindSyntax},
	{"minus Infinity", `-Infinity`, wirejson.KindSyntax},
	{"undefined", `undefined`, wirejson.KindSyntax},
	{"leading plus", `+1`, wirejson.KindSyntax},
	{"leading zero", `01`, wirejson.KindTrailing},
	{"leading zeros behind minus", `-00`, wirejson.KindTrailing},
	{"minus alone", `-`, wirejson.KindSyntax},
	{"two minuses", `--1`, wirejson.KindSyntax},
	{"leading point", `.5`, wirejson.KindSyntax},
	{"point without fraction", `1.`, wirejson.KindSyntax},
	{"point and exponent", `1.e1`, wirejson.KindSyntax},
	{"exponent without digits", `1e`, wirejson.KindSyntax},
	{"exponent with sign alone", `1e+`, wirejson.KindSyntax},
	{"hexadecimal", `0x10`, wirejson.KindTrailing},
	{"underscore in number", `1_000`, wirejson.KindTrailing},
	{"full-width digit", `１`, wirejson.KindSyntax},
	{"single quotes", `'a'`, wirejson.KindSyntax},
	{"open string", `"a`, wirejson.KindSyntax},
	{"string that ends in a backslash", `"\`, wirejson.KindSyntax},
	{"string with escaped end", `"\"`, wirejson.KindSyntax},
	{"unknown escape", `"\x41"`, wirejson.KindSyntax},
	{"escape in capitals", `"\N"`, wirejson.KindSyntax},
	{"short unicode escape", `"\u12"`, wirejson.KindSyntax},
	{"unicode escape without hex", `"\u12G4"`, wirejson.KindSyntax},
	{"newline in string", "\"a\nb\"", wirejson.KindSyntax},
	{"tab in string", "\"\t\"", wirejson.KindSyntax},
	{"NUL in string", "\"\x00\"", wirejson.KindSyntax},
	{"control character behind an escape", "\"\\n\x01\"", wirejson.KindSyntax},
	{"high surrogate alone", `"\ud800"`, wirejson.KindUTF8},
	{"low surrogate alone", `"\udc00"`, wirejson.KindUTF8},
	{"surrogates in the wrong order", `"\udc00\ud800"`, wirejson.KindUTF8},
	{"high surrogate before another escape", `"\ud800\n"`, wirejson.KindUTF8},
	{"lone surrogate in a name", `{"\ud800":1}`, wirejson.KindUTF8},
	{"invalid byte", "\"\xff\"", wirejson.KindUTF8},
	{"overlong slash", "\"\xc0\xaf\"", wirejson.KindUTF8},
	{"surrogate in UTF-8", "\"\xed\xa0\x80\"", wirejson.KindUTF8},
	{"beyond U+10FFFF", "\"\xf4\x90\x80\x80\"", wirejson.KindUTF8},
	{"cut UTF-8", "\"\xe2\x82\"", wirejson.KindUTF8},
	{"invalid byte in a name", "{\"\xff\":1}", wirejson.KindUTF8},
	{"byte order mark", "\ufeff{}", wirejson.KindSyntax},
	{"line comment", "1 // one", wirejson.KindTrailing},
	{"comment first", "/* one */ 1", wirejson.KindSyntax},
	{"no-break space", "\u00a01", wirejson.KindSyntax},
	{"form feed", "\f1", wirejson.KindSyntax},
	{"NUL", "\x00", wirejson.KindSyntax},
	{"NUL behind", "1\x00", wirejson.KindTrailing},
	{"open array", `[`, wirejson.KindSyntax},
	{"array without end", `[1`, wirejson.KindSyntax},
	{"array with two commas", `[1,,2]`, wirejson.KindSyntax},
	{"array with comma last", `[1,]`, wirejson.KindSyntax},
	{"array with comma first", `[,1]`, wirejson.KindSyntax},
	{"array without comma", `[1 2]`, wirejson.KindSyntax},
	{"array with colon", `[1:2]`, wirejson.KindSyntax},
	{"array ended by brace", `[1}`, wirejson.KindSyntax},
	{"open object", `{`, wirejson.KindSyntax},
	{"object with comma last", `{"a":1,}`, wirejson.KindSyntax},
	{"object with comma alone", `{,}`, wirejson.KindSyntax},
	{"object without colon", `{"a" 1}`, wirejson.KindSyntax},
	{"object without value", `{"a":}`, wirejson.KindSyntax},
	{"object with name alone", `{"a"}`, wirejson.KindSyntax},
	{"object with bare name", `{a:1}`, wirejson.KindSyntax},
	{"object with number for a name", `{1:1}`, wirejson.KindSyntax},
	{"object with null for a name", `{null:1}`, wirejson.KindSyntax},
	{"object ended by bracket", `{"a":1]`, wirejson.KindSyntax},
	{"two values", `1 2`, wirejson.KindTrailing},
	{"two objects", `{}{}`, wirejson.KindTrailing},
	{"bracket behind", `[]]`, wirejson.KindTrailing},
	{"comma behind", `{},`, wirejson.KindTrailing},
	{"repeated name", `{"a":1,"a":1}`, wirejson.KindDuplicate},
	{"repeated name, once escaped", `{"a":1,"\u0061":2}`, wirejson.KindDuplicate},
	{"repeated name, deep inside", `[[{"x":{"a":1,"b":2,"a":3}}]]`, wirejson.KindDuplicate},
	{"repeated empty name", `{"":1,"":2}`, wirejson.KindDuplicate},
	{"repeated name after 100 others", `{` + members(100) + `,"7":0}`, wirejson.KindDuplicate},
	{"repeated name after 1,000 others", `{` + members(1000) + `,"999":0}`, wirejson.KindDuplicate},
	{"sixty-five levels", strings.Repeat("[", 65) + strings.Repeat("]", 65), wirejson.KindDepth},
	{"ten thousand levels", strings.Repeat("[", 10_000), wirejson.KindDepth},
	{"ten thousand levels of objects", strings.Repeat(`{"a":`, 10_000), wirejson.KindDepth},
}

func members(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"%d":{"a":0,"b":0}`, i)
	}
	return b.String()[1:]
}

// stricter are the rules that encoding/json does not have.
var stricter = map[wirejson.Kind]bool{wirejson.KindDuplicate: true, wirejson.KindDepth: true, wirejson.KindUTF8: true}

func TestCorpusAsRaw(t *testing.T) {
	for _, tt := range corpus {
		t.Run(tt.name, func(t *testing.T) {
			wantKind(t, wirejson.CheckRaw(tt.text, optionsv1.RawJSON_RAW_JSON_VALUE), tt.kind)
			if ok := json.Valid([]byte(tt.text)); ok != (tt.kind == "") && !stricter[tt.kind] {
				t.Errorf("encoding/json accepts: %t", ok)
			}
		})
	}
}

func TestCorpusInsideDocuments(t *testing.T) {
	codec := wirejson.New(wirejson.Dialect{})
	for _, tt := range corpus {
		for place, document := range map[string]string{
			"dropped": `{"unknown":` + tt.text + `}`,
			"raw":     `{"any":` + tt.text + `}`,
		} {
			t.Run(place+" "+tt.name, func(t *testing.T) {
				m := fresh("Raw")
				err := codec.Decode([]byte(document), m)
				want := tt.kind
				if want == wirejson.KindTrailing { // something else than a comma follows
					want = wirejson.KindSyntax
				}
				wantKind(t, err, want)
				if err == nil && place == "raw" {
					got := m.ProtoReflect().Get(wire.ByName("Raw").Fields().ByName("any")).String()
					if want := strings.Trim(tt.text, " \t\r\n"); got != want {
						t.Errorf("kept %q, want %q", got, want)
					}
				}
			})
		}
	}
}

// TestCorpusAsBody decodes every text as a whole body, where only objects pass.
func TestCorpusAsBody(t *testing.T) {
	codec := wirejson.New(wirejson.Dialect{})
	for _, tt := range corpus {
		t.Run(tt.name, func(t *testing.T) {
			want := tt.kind
			if text := strings.TrimSpace(tt.text); want == "" && text[0] != '{' {
				want = wirejson.KindType
				if text == "null" {
					want = wirejson.KindNull
				}
			}
			wantKind(t, codec.Decode([]byte(tt.text), fresh("Raw")), want)
		})
	}
}

func TestDepthIsExact(t *testing.T) {
	nested := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	wantKind(t, wirejson.CheckRaw(nested(wirejson.MaxDepth), optionsv1.RawJSON_RAW_JSON_VALUE), "")
	wantKind(t, wirejson.CheckRaw(nested(wirejson.MaxDepth+1), optionsv1.RawJSON_RAW_JSON_VALUE), wirejson.KindDepth)
	codec := wirejson.New(wirejson.Dialect{})
	typed := func(n int) []byte {
		return []byte(strings.Repeat(`{"child":`, n-1) + "{}" + strings.Repeat("}", n-1))
	}
	wantKind(t, codec.Decode(typed(wirejson.MaxDepth), fresh("All")), "")
	wantKind(t, codec.Decode(typed(wirejson.MaxDepth+1), fresh("All")), wirejson.KindDepth)
	// Siblings do not add up.
	wantKind(t, codec.Decode([]byte(`{"any":[`+strings.Repeat("[],{},", 100)+`0]}`), fresh("Raw")), "")
}

func TestCheckRaw(t *testing.T) {
	const object, value = optionsv1.RawJSON_RAW_JSON_OBJECT, optionsv1.RawJSON_RAW_JSON_VALUE
	for _, tt := range []struct {
		name, text string
		kind       optionsv1.RawJSON
		want       wirejson.Kind
	}{
		{"object as object", `{"a":1}`, object, ""},
		{"object with space around", " {} \n", object, ""},
		{"array as object", `[]`, object, wirejson.KindType},
		{"null as object", `null`, object, wirejson.KindNull},
		{"text as object", `"{}"`, object, wirejson.KindType},
		{"null as value", `null`, value, ""},
		{"nothing", ``, object, wirejson.KindEmpty},
		{"white space", " \n", value, wirejson.KindEmpty},
		{"bad text in an ordinary field", `{`, optionsv1.RawJSON_RAW_JSON_UNSPECIFIED, ""},
	} {
		t.Run(tt.name, func(t *testing.T) { wantKind(t, wirejson.CheckRaw(tt.text, tt.kind), tt.want) })
	}
}

func wantKind(t *testing.T, err error, want wirejson.Kind) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("refused: %v", err)
	case want != "" && err == nil:
		t.Errorf("accepted, want %s", want)
	case err != nil:
		if p := problem(t, err); p.Kind != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
