package connectionvault_test

import (
	"bytes"
	"encoding/json"
	"testing"

	optionsv1 "github.com/holdplane/holdplane/gen/holdplane/options/v1"
	"github.com/holdplane/holdplane/pkg/wirejson"
	"github.com/holdplane/holdplane/services/connectionvault"
)

// FuzzReparsed cuts whatever may be stored, and what may not: the first stays what it was,
// digit by digit, and the second is no reason to panic.
func FuzzReparsed(f *testing.F) {
	for _, seed := range []string{
		`{}`, ` { "a" : 1 , "b":[1, {"c":"}"}] , "d\"e":"\\" } `, `{"a":10.0,"b":1e400,"c":null,"d":true,"e":""}`, `{"\u0041":"\u00e9"}`,
		`{"a"`, `{"a":`, `{"a":1`, `{"a":"\`, `[1]`, `{,}`, `{"a" 1}`, ``, `{"a":}`, `{"a":1}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := connectionvault.Reparsed(text)
		if wirejson.CheckRaw(text, optionsv1.RawJSON_RAW_JSON_OBJECT) != nil {
			return
		}
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		var want, have bytes.Buffer
		if json.Compact(&want, []byte(text)) != nil {
			return // stricter than wirejson
		}
		if err := json.Compact(&have, []byte(got)); err != nil || !bytes.Equal(want.Bytes(), have.Bytes()) {
			t.Errorf("%q became %q", text, got)
		}
	})
}
