package connect_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

const (
	pipedrive = page + "/crm/pipedrive"
	nonce     = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// connected has the consumer's Pipedrive connected.
func (w *world) connected() *connectionvaultv1.Connection {
	c := w.vault.connections[0]
	c.CreatedAt, c.Enabled, c.State, c.Health = new(int64(1)), true, "callable", "ok"
	return c
}

// A form counts when it comes from the session's page, and from nowhere else.
func TestForgedForms(t *testing.T) {
	w := newWorld(t, plane)
	w.connected()
	proof := w.proof()
	if len(proof) < 40 || proof == token {
		t.Fatalf("the proof is %q", proof)
	}
	other := strings.Replace(proof, proof[:1], map[bool]string{true: "b", false: "a"}[proof[:1] == "a"], 1)
	for name, form := range map[string]string{
		"no proof": "action=delete", "an empty proof": "proof=&action=delete", "another proof": "action=delete&proof=" + other,
		"half a proof": "action=delete&proof=" + proof[:20], "the token": "action=delete&proof=" + token,
	} {
		t.Run(name, func(t *testing.T) { w.refused(t, w.submit(pipedrive, strings.NewReader(form)), http.StatusForbidden) })
	}
	w.refused(t, w.submit(pipedrive+"?action=delete&proof="+proof, strings.NewReader("")), http.StatusForbidden)
	good := "action=delete&proof=" + proof
	for name, header := range map[string][]string{
		"another site's": {"Sec-Fetch-Site", "cross-site"}, "a neighbour's": {"Sec-Fetch-Site", "same-site"}, "another origin's": {"Origin", "https://evil.example"},
		"a sandbox's": {"Origin", "null"},
	} {
		t.Run(name, func(t *testing.T) {
			w.refused(t, w.submit(pipedrive, strings.NewReader(good), header...), http.StatusForbidden)
		})
	}
	w.refused(t, w.submit(pipedrive, strings.NewReader("proof="+proof+"&a=%zz")), http.StatusBadRequest)
	w.refused(t, w.submit(pipedrive, strings.NewReader("proof="+proof+"&a=%ff")), http.StatusBadRequest)
	w.refused(t, w.submit(pipedrive, strings.NewReader("proof="+proof+"&a="+strings.Repeat("a", 70<<10))), http.StatusRequestEntityTooLarge)
	w.refused(t, w.do(httptest.NewRequest(http.MethodDelete, pipedrive, nil), nil), http.StatusMethodNotAllowed)
	w.refused(t, w.act(page, "delete"), http.StatusMethodNotAllowed)
	w.refused(t, w.get(pipedrive+"?x=%zz&action=delete&proof="+proof), http.StatusBadRequest)
	if w.get(pipedrive + "?action=delete&proof=" + proof); len(w.vault.updates) > 0 {
		t.Errorf("changed are %v", w.vault.updates)
	}
	if a := w.submit(pipedrive, strings.NewReader(good), "Sec-Fetch-Site", "same-origin"); a.Code != http.StatusSeeOther || a.Header().Get("Location") != pipedrive+"?done=deleted" {
		t.Errorf("the own form: got %d %s", a.Code, a.Body)
	}
}

// What the session does not allow is not on the page, and does not happen.
func TestAllowedActions(t *testing.T) {
	for action, tt := range map[string]struct {
		allow, form string
		pairs       []string
	}{
		"delete": {"delete", "delete", nil}, "disconnect": {"disconnect", "disconnect", nil}, "disable": {"disable", "disable", nil},
		"connect again": {"reauthorize", "connect", []string{"nonce", nonce}},
	} {
		t.Run(action, func(t *testing.T) {
			w := newWorld(t, plane)
			w.connected()
			button := `name="action" value="` + tt.form + `"`
			for _, allowed := range []bool{false, true} {
				others := slices.DeleteFunc([]string{"delete", "disconnect", "disable", "reauthorize"}, func(a string) bool { return a == tt.allow })
				if allowed {
					others = []string{tt.allow}
				}
				w.vault.session.Settings = `{"allow_actions":["` + strings.Join(others, `","`) + `"]}`
				if got := strings.Contains(w.get(pipedrive).Body.String(), button); got != allowed {
					t.Errorf("allowed are %v, offered is %t", others, got)
				}
				a := w.act(pipedrive, tt.form, tt.pairs...)
				if got := a.Code == http.StatusForbidden; got == allowed {
					t.Errorf("allowed are %v: got %d", others, a.Code)
				}
			}
		})
	}
}

func TestActions(t *testing.T) {
	w := newWorld(t, plane)
	w.connected()
	for _, action := range []string{"", "nothing", "enable", "save", "mappings", "consent"} {
		w.refused(t, w.act(pipedrive, action), http.StatusForbidden)
	}
	if a := w.act(pipedrive, "disable"); a.Header().Get("Location") != pipedrive+"?done=disabled" || w.saved(t).GetEnabled() || w.saved(t).Enabled == nil {
		t.Errorf("disabling: got %d %v", a.Code, w.vault.updates)
	}
	if a := w.act(pipedrive, "enable"); a.Header().Get("Location") != pipedrive+"?done=enabled" || !w.saved(t).GetEnabled() {
		t.Errorf("enabling: got %d %v", a.Code, w.vault.updates)
	}
	a := w.act(pipedrive+"?locale=de&frame=1", "disconnect")
	if a.Header().Get("Location") != pipedrive+"?done=disconnected&frame=1&locale=de" {
		t.Errorf("disconnecting: got %d %v", a.Code, a.Header())
	}
	if r := w.vault.revoked[0]; r.GetServiceId() != "pipedrive" || r.GetApplicationId() != "app" || r.GetState() != "r1" || r.GetRedirectUri() != plane+"/vault/session/return" {
		t.Errorf("revoked is %v", r)
	}
	const sage = page + "/accounting/sage"
	if a := w.act(sage, "save", "field.client_id", "x"); a.Header().Get("Location") != sage+"?done=connected" || w.vault.connections[2].GetState() != "callable" {
		t.Errorf("without a browser: got %d %s", a.Code, a.Body)
	}
	w.refused(t, w.act(page+"/crm/hubspot", "connect", "nonce", nonce), http.StatusForbidden)
}

func TestConnect(t *testing.T) {
	w := newWorld(t, plane)
	a := w.act(pipedrive, "connect", "nonce", nonce)
	const next = plane + "/vault/authorize/pipedrive/app?nonce=" + nonce + "&amp;redirect_uri=https%3A%2F%2Fplane.example.com%2Fvault%2Fsession%2Freturn&amp;state=s1"
	if body := a.Body.String(); a.Code != http.StatusOK || !strings.Contains(body, `<meta http-equiv="refresh" content="0;url=`+next+`">`) || !strings.Contains(body, `href="`+next+`"`) {
		t.Errorf("got %d %s", a.Code, body)
	}
	for _, bad := range []string{"", "short", strings.ToLower(nonce), nonce + "A", `"><script>`} {
		a := w.act(pipedrive, "connect", "nonce", bad)
		w.refused(t, a, http.StatusBadRequest)
	}
	w.vault.connections[0].AuthorizeUrl = new("javascript:alert(1)")
	w.refused(t, w.act(pipedrive, "connect", "nonce", nonce), http.StatusInternalServerError)
	w.vault.connections[0].AuthorizeUrl = nil
	w.refused(t, w.act(pipedrive, "connect", "nonce", nonce), http.StatusForbidden)
	if a := w.act(pipedrive, "confirm", "confirm_token", "forged"); a.Code != http.StatusUnprocessableEntity || !strings.Contains(a.Body.String(), `role="alert">the confirm token is not valid<`) {
		t.Errorf("a forged token: got %d %s", a.Code, a.Body)
	}
	w.vault.confirms["real"] = "crm+pipedrive"
	if a := w.act(pipedrive, "confirm", "confirm_token", "real"); a.Header().Get("Location") != pipedrive+"?done=connected" {
		t.Errorf("got %d %v", a.Code, a.Header())
	}
	w.vault.session.Settings = `{"auto_redirect":true}`
	w.vault.confirms["real"] = "crm+pipedrive"
	if a := w.act(pipedrive, "confirm", "confirm_token", "real"); a.Code != http.StatusOK || !strings.Contains(a.Body.String(), `content="0;url=https://app.example.com/done"`) {
		t.Errorf("going back by itself: got %d %s", a.Code, a.Body)
	}
	w.vault.confirms["real"] = "crm+pipedrive"
	a = w.act(pipedrive+"?frame=1", "confirm", "confirm_token", "real")
	if body := w.get(a.Header().Get("Location")).Body.String(); !strings.Contains(body, `data-event="change"`) || !strings.Contains(body, `data-finish="1"`) {
		t.Errorf("in a frame: got %s", body)
	}
}

// Nothing that anybody can put into the address gets onto the page, or leads anywhere.
func TestReturn(t *testing.T) {
	w := newWorld(t, plane)
	for _, target := range []string{"/vault/session/return", "/vault/session/return?error=access_denied&error_description=call+0800", "/vault/session/return?page=https://evil.example"} {
		body := w.get(target).Body.String()
		if strings.Contains(body, "0800") || strings.Contains(body, "evil") || strings.Contains(body, "refresh") || strings.Contains(body, "access_denied") {
			t.Errorf("%s: got %s", target, body)
		}
		if got := strings.Contains(body, "was not connected"); got != strings.Contains(target, "error") {
			t.Errorf("%s: got %s", target, body)
		}
	}
}

func TestMore(t *testing.T) {
	w := newWorld(t, plane)
	c := w.connected()
	c.CustomMappings = []*connectionvaultv1.CustomMapping{{Id: "crm+x", Key: "x", Label: new("Size <b>"), Value: new("$.a"), Required: true}}
	c.ApplicationDataScopes = &connectionvaultv1.DataScopes{Enabled: true, Resources: `{"crm.leads":{}}`}
	c.ConsentState, c.ConfigurableResources = "pending", []string{"leads"}
	c.Configuration = `[{"resource":"leads","defaults":[{"id":"size","target":"resource","options":[{"label":"Ten","value":10}],"value":10},{"id":"name"}]}]`
	body := w.get(pipedrive).Body.String()
	for _, want := range []string{"Size &lt;b&gt;", `value="$.a"`, "crm.leads", "You have not answered yet.", `href="` + pipedrive + `/leads"`} {
		if !strings.Contains(body, want) {
			t.Errorf("%s is not in %s", want, body)
		}
	}
	if a := w.act(pipedrive, "mappings", "field.crm+x", " $.b "); a.Code != http.StatusSeeOther || w.saved(t).GetCustomMappings()[0].GetValue() != "$.b" {
		t.Errorf("mapping: got %d %v", a.Code, w.vault.updates)
	}
	if a := w.act(pipedrive, "mappings"); a.Code != http.StatusUnprocessableEntity || !strings.Contains(a.Body.String(), `id="mapping0-error"`) {
		t.Errorf("mapping nothing: got %d %s", a.Code, a.Body)
	}
	w.act(pipedrive, "consent", "granted", "yes")
	if r, ok := w.vault.updates[len(w.vault.updates)-1].(*connectionvaultv1.RecordConsentRequest); !ok || !r.GetGranted() || r.GetResources() != `{"crm.leads":{}}` {
		t.Errorf("agreed to %v", w.vault.updates)
	}
	if body := w.get(pipedrive + "/leads").Body.String(); !strings.Contains(body, `<option value="10" selected>Ten</option>`) {
		t.Errorf("the resource is %s", body)
	}
	a := w.post(pipedrive+"/leads", "proof", w.proof(), "field.size", "10", "field.name", "x")
	if r, ok := w.vault.updates[len(w.vault.updates)-1].(*connectionvaultv1.UpdateResourceConfigRequest); !ok || a.Code != http.StatusSeeOther ||
		r.GetConfiguration() != `[{"resource":"leads","defaults":[{"id":"size","value":10},{"id":"name","value":"x"}]}]` {
		t.Errorf("configured: got %d %v", a.Code, w.vault.updates)
	}
	if a := w.post(pipedrive+"/leads", "proof", w.proof(), "field.size", "11"); a.Code != http.StatusUnprocessableEntity {
		t.Errorf("configured with what is not offered: got %d %s", a.Code, a.Body)
	}
	w.vault.changeErr = fault.InvalidArgument("X", "no <b>")
	if a := w.post(pipedrive+"/leads", "proof", w.proof(), "field.size", "10"); a.Code != http.StatusUnprocessableEntity || !strings.Contains(a.Body.String(), "no &lt;b&gt;") {
		t.Errorf("configured in vain: got %d %s", a.Code, a.Body)
	}
	w.vault.session.Settings = `{"hide_resource_settings":true}`
	if body := w.get(pipedrive).Body.String(); strings.Contains(body, "/leads") || strings.Contains(body, "Size") {
		t.Errorf("hidden settings are in %s", body)
	}
	w.refused(t, w.get(pipedrive+"/leads"), http.StatusNotFound)
	w.refused(t, w.act(pipedrive, "mappings"), http.StatusForbidden)
}
