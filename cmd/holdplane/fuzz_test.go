package main

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzImportLine reads any text as a key of a file: it is refused in a short sentence, or
// it has an API.
func FuzzImportLine(f *testing.F) {
	for _, seed := range []string{
		importLineOf(1), `{"hash":"x","credits":{"remaining":0,"refill":{"interval":"daily","amount":5,"refillDay":1}},"ratelimits":[{"name":"n","limit":1,"duration":1000,"autoApply":true}]}`,
		`{"plaintext":"p","ratelimit":{"async":true,"type":"fast","limit":1,"duration":1,"refillRate":1,"refillInterval":1},"remaining":0,"enabled":false}`,
		`{"hash":{"value":"x"}}`, `{"hash":null,"meta":null,"roles":null}`, `{"apiId":""}`, `null`, `[]`, `{"a":1}`, `{} {}`, "\xff", `{"meta":{"a":[1e400]}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		key, err := importItem{at: "line 1", text: text}.key("api_1")
		switch {
		case err == nil && key.GetKey().GetApiId() == "":
			t.Fatalf("%q has no API", text)
		case err != nil && (len(err.Error()) > 100 || !utf8.ValidString(err.Error())):
			t.Fatalf("%q is refused with %q", text, err)
		}
	})
}

// FuzzImportFile splits any text into keys, which are all in it and in order.
func FuzzImportFile(f *testing.F) {
	for _, seed := range []string{importLineOf(1) + "\n" + importLineOf(2), "[" + importLineOf(1) + ",{}]", "[1,2", "[]", "[] []", "\xef\xbb\xbf{}\r\n{}", " \n\t", "[[],\n[]]x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rest := text
		for item, err := range importItems(strings.NewReader(text)) {
			if err != nil {
				return
			}
			_, after, ok := strings.Cut(rest, string(item.text))
			if !ok || len(strings.TrimSpace(string(item.text))) == 0 && item.text != nil {
				t.Fatalf("%q has no %s %q", text, item.at, item.text)
			}
			rest = after
		}
	})
}
