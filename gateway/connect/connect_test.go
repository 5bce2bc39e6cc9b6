package connect_test

import (
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/gateway/connect"
	"github.com/holdplane/holdplane/pkg/rpc"
)

func TestNewRefuses(t *testing.T) {
	vault, quiet := rpc.NewLocal(), slog.New(slog.DiscardHandler)
	for name, o := range map[string]connect.Options{
		"nothing": {}, "no log": {Vault: vault, PublicURL: plane}, "no vault": {Log: quiet, PublicURL: plane},
		"no address":              {Vault: vault, Log: quiet},
		"an address that is none": {Vault: vault, Log: quiet, PublicURL: "https://%zz"},
		"an address of nothing":   {Vault: vault, Log: quiet, PublicURL: "example.com"},
	} {
		if _, err := connect.New(o); err == nil || !strings.HasPrefix(err.Error(), "connect: ") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestAssets(t *testing.T) {
	w := newWorld(t, plane)
	for target, want := range map[string]struct{ contentType, holds string }{
		"/vault.js":                        {"text/javascript; charset=utf-8", "window.ApideckVault = "},
		"/vault/assets/connect.js":         {"text/javascript; charset=utf-8", "oauth_complete"},
		"/vault/assets/connect.css":        {"text/css; charset=utf-8", ".connect"},
		"/vault/assets/color/ffcc00.css":   {"text/css; charset=utf-8", "background: #ffcc00; color: #000;"},
		"/vault/assets/color/0B57D0.css":   {"text/css; charset=utf-8", "background: #0B57D0; color: #fff;"},
		"/vault/assets/color/ffcc00.css?a": {"text/css; charset=utf-8", "#ffcc00"},
	} {
		a := w.get(target, "Origin", "https://app.example.com", "Sec-Fetch-Site", "cross-site")
		h := a.Header()
		if a.Code != 200 || h.Get("Content-Type") != want.contentType || !strings.Contains(a.Body.String(), want.holds) ||
			h.Get("Cache-Control") != "public, max-age=3600" || h.Get("Cross-Origin-Resource-Policy") != "cross-origin" || h.Get("Set-Cookie") != "" {
			t.Errorf("%s: got %d %v %s", target, a.Code, h, a.Body)
		}
	}
	for _, target := range []string{"/vault/assets", "/vault/assets/color/ffcc0.css", "/vault/assets/color/ffcc00;}.css", "/vault/assets/vault.js", "/vault/assets/../templates/list.html"} {
		w.refused(t, w.get(target), 404)
	}
}

// Below a path that a proxy takes off, pages find each other.
func TestPublicURL(t *testing.T) {
	w := newWorld(t, "https://example.com/below/")
	body := w.get(pipedrive).Body.String()
	for _, want := range []string{`href="/below/docs/style.css"`, `src="/below/vault/assets/connect.js"`, `action="/below` + pipedrive + `"`} {
		if !strings.Contains(body, want) {
			t.Errorf("%s is not in %s", want, body)
		}
	}
	if a := w.act(page+"/accounting/sage", "save", "field.client_id", "x"); a.Header().Get("Location") != "/below"+page+"/accounting/sage?done=connected" {
		t.Errorf("led to %s", a.Header().Get("Location"))
	}
}

// Every language says everything, and says it differently where it is a sentence.
func TestWords(t *testing.T) {
	seen, keys := map[string]string{}, map[string][]string{}
	var walk func(language, at string, v reflect.Value)
	walk = func(language, at string, v reflect.Value) {
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				walk(language, at+"."+v.Type().Field(i).Name, v.Field(i))
			}
			return
		case reflect.Map:
			for _, k := range v.MapKeys() {
				walk(language, at+"."+k.String(), v.MapIndex(k))
			}
			return
		}
		keys[language] = append(keys[language], at)
		said := v.String()
		if said == "" || said != strings.TrimSpace(said) {
			t.Errorf("%s%s is %q", language, at, said)
		}
		if strings.Contains(said, " ") && seen[said] == at {
			t.Errorf("%s is %q in two languages", at, said)
		}
		seen[said] = at
	}
	for language, words := range connect.Words() {
		walk(language, "", reflect.ValueOf(words))
	}
	all := slices.Collect(maps.Values(keys))
	slices.Sort(all[0])
	slices.Sort(all[1])
	if !slices.Equal(all[0], all[1]) {
		t.Errorf("said are %v and %v", all[0], all[1])
	}
}
