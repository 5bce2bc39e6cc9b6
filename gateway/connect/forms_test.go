package connect_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

const bamboo = page + "/hris/bamboohr"

// needed are the two fields that have to be there.
var needed = []string{"field.subdomain", "acme", "field.api_key", "s3cret"}

// saved is the last update that came.
func (w *world) saved(t *testing.T) *connectionvaultv1.UpdateConnectionRequest {
	t.Helper()
	if len(w.vault.updates) == 0 {
		t.Fatal("nothing was saved")
	}
	r, ok := w.vault.updates[len(w.vault.updates)-1].(*connectionvaultv1.UpdateConnectionRequest)
	if !ok {
		t.Fatalf("the last change is %v", w.vault.updates)
	}
	return r
}

// Every type of field becomes the JSON that it is.
func TestSettings(t *testing.T) {
	for name, tt := range map[string]struct {
		form []string
		want string
	}{
		"the least":         {nil, `{"api_key":"s3cret","checkbox":false,"subdomain":"acme"}`},
		"a text":            {[]string{"field.text", " a <b> \u00fc "}, `{"api_key":"s3cret","checkbox":false,"subdomain":"acme","text":"a \u003cb\u003e ü"}`},
		"a checked box":     {[]string{"field.checkbox", "true"}, `{"api_key":"s3cret","checkbox":true,"subdomain":"acme"}`},
		"lines":             {[]string{"field.textarea", " a\r\nb "}, `{"api_key":"s3cret","checkbox":false,"subdomain":"acme","textarea":" a\nb "}`},
		"a number":          {[]string{"field.number", "10.50"}, `{"api_key":"s3cret","checkbox":false,"number":10.50,"subdomain":"acme"}`},
		"a large number":    {[]string{"field.number", "9007199254740993"}, `{"api_key":"s3cret","checkbox":false,"number":9007199254740993,"subdomain":"acme"}`},
		"a choice":          {[]string{"field.select", `"red"`}, `{"api_key":"s3cret","checkbox":false,"select":"red","subdomain":"acme"}`},
		"a number's":        {[]string{"field.select", `7`}, `{"api_key":"s3cret","checkbox":false,"select":7,"subdomain":"acme"}`},
		"a group's":         {[]string{"field.filtered-select", `true`}, `{"api_key":"s3cret","checkbox":false,"filtered-select":true,"subdomain":"acme"}`},
		"several":           {[]string{"field.multi-select", `7`, "field.multi-select", `"red"`}, `{"api_key":"s3cret","checkbox":false,"multi-select":[7,"red"],"subdomain":"acme"}`},
		"a typed choice":    {[]string{"field.own", "7"}, `{"api_key":"s3cret","checkbox":false,"own":7,"subdomain":"acme"}`},
		"an own value":      {[]string{"field.own", "blue"}, `{"api_key":"s3cret","checkbox":false,"own":"blue","subdomain":"acme"}`},
		"a time":            {[]string{"field.datetime", "2026-01-02T03:04"}, `{"api_key":"s3cret","checkbox":false,"datetime":"2026-01-02T03:04","subdomain":"acme"}`},
		"what is not asked": {[]string{"field.locked", "open", "field.unseen", "x", "field.other", "x", "other", "x"}, `{"api_key":"s3cret","checkbox":false,"subdomain":"acme"}`},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, plane)
			a := w.act(bamboo, "save", append(tt.form, needed...)...)
			if a.Code != http.StatusSeeOther || a.Header().Get("Location") != bamboo+"?done=saved" {
				t.Fatalf("got %d %v %s", a.Code, a.Header(), a.Body)
			}
			r := w.saved(t)
			if r.GetSettings() != tt.want || !r.GetEnabled() || !slices.Equal(r.GetUpdateMask().GetPaths(), []string{"settings", "enabled"}) {
				t.Errorf("got  %v\nwant %s", r, tt.want)
			}
			if body := w.get(a.Header().Get("Location")).Body.String(); !strings.Contains(body, "Your settings are saved.") || strings.Contains(body, "s3cret") {
				t.Errorf("the next page is %s", body)
			}
		})
	}
}

// What is wrong is said at its field, and nothing but secrets has to be entered again.
func TestWrongSettings(t *testing.T) {
	for name, tt := range map[string]struct {
		form     []string
		field    string
		says     string
		leftOver string
	}{
		"nothing":            {nil, "setting13", "Please fill this in.", ""},
		"no secret":          {[]string{"field.subdomain", "acme<"}, "setting14", "Please fill this in.", "acme&lt;"},
		"spaces":             {[]string{"field.subdomain", "  ", "field.api_key", "x"}, "setting13", "Please fill this in.", ""},
		"no number":          {append([]string{"field.number", "0x10"}, needed...), "setting9", "Please enter a number", "0x10"},
		"more than a number": {append([]string{"field.number", `1,"a":2`}, needed...), "setting9", "Please enter a number", ""},
		"not a choice":       {append([]string{"field.select", `"blue"`}, needed...), "setting10", "Please choose one", ""},
		"JSON for a choice":  {append([]string{"field.select", `{"a":1}`}, needed...), "setting10", "Please choose one", ""},
		"not of several":     {append([]string{"field.multi-select", `7`, "field.multi-select", "8"}, needed...), "setting12", "Please choose one", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, plane)
			a := w.act(bamboo, "save", tt.form...)
			body := a.Body.String()
			_, at, _ := strings.Cut(body, `<p class="wrong" id="`+tt.field+`-error">`)
			if a.Code != http.StatusUnprocessableEntity || !strings.HasPrefix(at, tt.says) || !strings.Contains(body, tt.leftOver) || !strings.Contains(body, "<title>Error: ") {
				t.Errorf("got %d %s", a.Code, body)
			}
			if strings.Contains(body, "s3cret") || len(w.vault.updates) > 0 {
				t.Errorf("it is saved or shown: %s", body)
			}
		})
	}
}

// A secret is not shown, and stays when nothing else is entered.
func TestSecretsStay(t *testing.T) {
	w := newWorld(t, plane)
	key := w.vault.connections[1]
	key.CreatedAt, key.Enabled, key.State = new(int64(1)), true, "callable"
	for _, f := range key.GetFormFields() {
		switch f.GetId() {
		case "api_key":
			f.Value = `"masked-s3cret"`
		case "subdomain", "text":
			f.Value = `"acme"`
		case "number":
			f.Value = `10.5`
		case "multi-select":
			f.Value = `[7,"gone"]`
		}
	}
	body := w.get(bamboo).Body.String()
	for _, want := range []string{"A value is saved", `value="10.5"`, `value="7" checked`, `value="&#34;gone&#34;" checked`} {
		if !strings.Contains(body, want) {
			t.Errorf("%s is not in %s", want, body)
		}
	}
	if strings.Contains(body, "masked-s3cret") {
		t.Errorf("the secret is in %s", body)
	}
	if a := w.act(bamboo, "save", "field.subdomain", "acme", "field.api_key", ""); a.Code != http.StatusSeeOther {
		t.Fatalf("got %d %s", a.Code, a.Body)
	}
	const want = `{"checkbox":false,"multi-select":[],"number":null,"subdomain":"acme","text":""}`
	if r := w.saved(t); r.GetSettings() != want || !slices.Equal(r.GetUpdateMask().GetPaths(), []string{"settings"}) {
		t.Errorf("got %v, want %s", r, want)
	}
}

// What a service says of a field stands beside it, and what it says otherwise above.
func TestServiceErrors(t *testing.T) {
	for name, tt := range map[string]struct {
		err    error
		status int
		says   string
	}{
		"a field":            {fault.FailedPrecondition("CONNECTION_SETTINGS", "wrong <b>").With("field", "subdomain"), 422, `id="setting13-error">wrong &lt;b&gt;<`},
		"a path":             {fault.InvalidArgument("X", "wrong <b>").With("field", "settings.subdomain"), 422, `id="setting13-error">wrong &lt;b&gt;<`},
		"a violation":        {fault.Invalid(fault.Violation{Field: "settings.subdomain", Rule: "x", Message: "wrong <b>"}), 422, `id="setting13-error">wrong &lt;b&gt;<`},
		"another field":      {fault.InvalidArgument("X", "wrong <b>").With("field", "other"), 422, `<p class="wrong" role="alert">wrong &lt;b&gt;<`},
		"all of it":          {fault.InvalidArgument("X", "wrong <b>"), 422, `<p class="wrong" role="alert">wrong &lt;b&gt;<`},
		"the provider":       {fault.Unauthenticated("PROVIDER_REFUSED", "wrong <b>"), 422, `<p class="wrong" role="alert">wrong &lt;b&gt;<`},
		"the session's end":  {fault.Unauthenticated("CREDENTIAL_BAD", "wrong <b>"), 401, "This page has ended"},
		"what it may not do": {fault.PermissionDenied("SESSION_ACTION", "wrong <b>"), 403, "This is not possible here"},
		"away":               {fault.Unavailable("wrong <b>"), 503, "Not available right now"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, plane)
			w.vault.changeErr = tt.err
			a := w.act(bamboo, "save", needed...)
			if body := a.Body.String(); a.Code != tt.status || !strings.Contains(body, tt.says) || strings.Contains(body, "s3cret") || strings.Contains(body, "wrong <b>") {
				t.Errorf("got %d %s", a.Code, body)
			}
		})
	}
}
