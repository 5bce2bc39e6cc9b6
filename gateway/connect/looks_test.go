package connect_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

// overflowing are the elements that reach past 320 px.
const overflowing = `[document.scrollingElement, ...document.querySelectorAll("*")].filter(e => e.getBoundingClientRect().right > 320.5 || e.scrollWidth > 320).map(e => e.localName)`

// reached are the elements that the keyboard reaches, marked by their place.
const reached = `[...document.querySelectorAll("a, button, input:not([type=hidden], :disabled), select, textarea, summary")].filter(e => e.checkVisibility()).map((e, i) => (e.id = e.id || "n" + i))`

// outlined tells whether one sees which element has the focus.
const outlined = `(s => document.activeElement.matches(":focus-within") && s.outlineStyle != "none" && parseFloat(s.outlineWidth) >= 2)(getComputedStyle(document.activeElement))`

// unlabelled are controls without a name.
const unlabelled = `[...document.querySelectorAll("input:not([type=hidden]), select, textarea")].filter(e => !e.labels.length).map(e => e.name)`

// looks has pages looked at, as wide as a small phone, in light and in dark, and gone through
// by keyboard.
func looks(t *testing.T, browser context.Context) {
	s := newStage(t)
	s.vault.session.Theme = `{"primary_color":"#ffcc00"}`
	c := s.connected()
	c.Health, c.ConfigurableResources = "degraded", []string{"leads"}
	c.ApplicationDataScopes, c.ConsentState = &connectionvaultv1.DataScopes{Enabled: true, Resources: `"*"`}, "granted"
	c.CustomMappings = []*connectionvaultv1.CustomMapping{{Id: "x", Key: strings.Repeat("long", 30)}}
	s.vault.connections[2].Name = strings.Repeat("Long", 30)
	for _, target := range []string{page + "?consumer=1&switch=1", page + "/crm/pipedrive?done=saved", page + "/hris/bamboohr?locale=de", "/vault/session/return", "/vault/session/a.b.c"} {
		b := newTab(t, browser, s.base)
		b.open(s.base + target)
		if wide := ask[[]string](b, overflowing); len(wide) > 0 {
			t.Errorf("%s is wider than 320 px: %v", target, wide)
		}
		if names := ask[[]string](b, unlabelled); len(names) > 0 {
			t.Errorf("%s: %v have no label", target, names)
		}
		for _, scheme := range []string{"light", "dark"} {
			_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, faint := range ask[[]string](b, faintTexts) {
				t.Errorf("%s, hard to read, %s: %s", target, scheme, faint)
			}
		}
		b.tabThrough(target)
	}
}

// tabThrough checks that Tab goes through everything in the order of the page, and that one
// sees where it is.
func (b *tab) tabThrough(target string) {
	b.t.Helper()
	want := ask[[]string](b, reached)
	ask[bool](b, `document.querySelector("h1").tabIndex = -1, document.querySelector("h1").focus(), true`)
	var got []string
	for range 60 { // parts of a date are steps of their own
		b.do(chromedp.KeyEvent(kb.Tab))
		at := ask[string](b, `document.activeElement.id`)
		if at == "" || len(got) > 0 && at == got[0] {
			break
		}
		if !slices.Contains(got, at) {
			got = append(got, at)
		}
		if !ask[bool](b, outlined) {
			b.t.Errorf("%s: one does not see that %s has the focus", target, at)
		}
	}
	if !slices.Equal(got, want) {
		b.t.Errorf("%s: Tab goes through %v, want %v", target, got, want)
	}
}

// clean checks that nothing but what belongs on a page is on it.
func (b *tab) clean() {
	b.t.Helper()
	const found = `[...document.querySelectorAll("*")].flatMap(e => [e.localName, ...[...e.attributes].map(a => a.name).filter(n => n.startsWith("on") || n == "style")])`
	allowed := strings.Fields("html head meta title link script noscript body main h1 h2 p strong form input div label button ul li code a br span footer select option optgroup textarea fieldset legend details summary datalist")
	for _, name := range ask[[]string](b, found) {
		if !slices.Contains(allowed, name) {
			b.t.Errorf("the page has %s", name)
		}
	}
	if n := ask[int](b, `document.scripts.length`); n != 1 {
		b.t.Errorf("the page has %d scripts", n)
	}
	if links := ask[[]string](b, `[...document.links].map(a => a.protocol).filter(p => !/^https?:$/.test(p))`); len(links) > 0 {
		b.t.Errorf("the page has links to %v", links)
	}
}

// hostile has every text that pages did not write themselves try to be more than text.
func hostile(t *testing.T, browser context.Context) {
	corpus, err := os.ReadFile("testdata/hostile.txt")
	if err != nil {
		t.Fatal(err)
	}
	payloads := strings.Split(strings.TrimSpace(string(corpus)), "\n")
	if len(payloads) < 30 {
		t.Fatalf("there are %d payloads", len(payloads))
	}
	s := newStage(t)
	b, all := newTab(t, browser, s.base), strings.Join(payloads, " ")
	s.poison(payloads, all)
	for _, target := range []string{page + "?consumer=1", page + "/crm/pipedrive?done=saved", page + "/hris/bamboohr", page + "/crm/pipedrive/leads"} {
		b.open(s.base + target)
		b.clean()
		if text := ask[string](b, "document.body.textContent"); !strings.Contains(text, payloads[0]) {
			t.Errorf("%s does not show %s: %s", target, payloads[0], text)
		}
	}
	for _, payload := range payloads {
		if !strings.Contains(payload, ":") {
			continue // an address has a scheme
		}
		s.vault.session.RedirectUri = payload
		b.open(s.base + page + "/accounting/sage")
		b.clean()
	}
}

// poison has all texts of the vault hostile.
func (s *stage) poison(payloads []string, all string) {
	s.vault.session.ApplicationName, s.vault.session.ConsumerId = all, all
	c := s.connected()
	c.Name, c.TagLine, c.ConfigurableResources = all, &all, []string{"leads", all}
	c.ApplicationDataScopes = &connectionvaultv1.DataScopes{Enabled: true, Resources: `{"` + strings.NewReplacer(`"`, `\"`, `\`, `\\`).Replace(all) + `":1}`}
	c.Configuration = fmt.Sprintf(`[{"resource":"leads","defaults":[{"id":%[1]q,"value":%[1]q,"description":%[1]q}]}]`, payloads[0])
	for _, f := range s.vault.connections[1].GetFormFields() {
		quoted := fmt.Sprintf("%q", payloads[0])
		f.Label, f.Description, f.Placeholder, f.Prefix, f.Suffix = all, &all, &all, &all, &all
		if f.GetType() != "checkbox" {
			f.Value = quoted
		}
		if f.GetOptions() != "" {
			f.Options = `[{"label":` + quoted + `,"value":` + quoted + `},{"label":` + quoted + `,"options":[{"label":` + quoted + `,"value":1}]}]`
		}
	}
	for _, payload := range payloads {
		s.vault.connections = append(s.vault.connections, newConnection(payload, payload, payload, payload))
		s.vault.connections[1].FormFields = append(s.vault.connections[1].FormFields, &connectionvaultv1.FormField{Id: payload, Label: payload, Type: payload})
	}
}
