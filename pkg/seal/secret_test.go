package seal_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/pkg/seal"
)

func TestSecretDoesNotPrint(t *testing.T) {
	t.Parallel()
	secret := seal.Secret("hunter2")
	holder := struct {
		Name   string
		Secret seal.Secret
		Map    map[string]seal.Secret
	}{"n", secret, map[string]seal.Secret{"k": secret}}
	var log bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(h).Info("hello", "secret", secret, "holder", holder)
	}
	texts := []string{log.String(), secret.String(), secret.GoString(), fmt.Sprint(secret, holder), fmt.Sprint(&holder)}
	for _, verb := range strings.Split("%v %+v %#v %s %q %x %X %d %08b %c %U %t %e %T", " ") {
		if verb != "%T" { // the type may be seen
			texts = append(texts, fmt.Sprintf(verb, secret), fmt.Sprintf(verb, []seal.Secret{secret}))
		}
	}
	asJSON, err := json.Marshal(holder)
	if err != nil {
		t.Fatal(err)
	}
	asXML, err := xml.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	texts = append(texts, string(asJSON), string(asXML))
	for _, text := range texts {
		if !strings.Contains(text, "[secret]") {
			t.Errorf("%q does not say [secret]", text)
		}
		for _, leak := range []string{"hunter2", "68756e", "68756E", "aHVudGVy", "104", "1101000", "U+0068"} {
			if strings.Contains(text, leak) {
				t.Errorf("%q contains %q", text, leak)
			}
		}
	}
}

func TestKeysDoNotPrint(t *testing.T) {
	t.Parallel()
	master, err := seal.CreateMasterFile(t.TempDir() + "/master")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{master, newKeyset(t), seal.NewIndexer()} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
			if got := fmt.Sprintf(verb, v); got != "[secret]" {
				t.Errorf("%s of %T is %q", verb, v, got)
			}
		}
	}
}
