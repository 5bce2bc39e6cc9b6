package e2e_test

import (
	"fmt"
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// TestVaultScript has a SaaS open the page in a frame of its own by /vault.js, as it does with
// @apideck/vault-js, and a customer connect a real provider there.
func TestVaultScript(t *testing.T) {
	eachFormOf(t, func() server { return newVault(t, "framed") }, func(t *testing.T, s server) {
		s = s.of(t, "framed")
		b := startBrowser(t)
		b.come("SaaS", chromedp.Navigate(s.site+s.opener(t, "ann")))
		b.starts(`open({unifiedApi: "crm", serviceId: "acme-crm", locale: "de", showConsumer: true})`)
		b.hears("ready")
		frame := b.attached("iframe", s.baseURL+"/vault/session/")
		if !frame.shows(`document.documentElement.lang === "de" && document.querySelector("footer").textContent.includes("Kunde: ann")`) {
			t.Error("the page has not heard of locale and showConsumer")
		}
		frame.press(`button[value="connect"]`)
		b.attached("page", s.provider.issuer).deceived(s, b, frame)
		b.hears("ready", "change crm+acme-crm callable")
		s.sameAsHeard(t, b)
		s.tokenOpens(t, "ann")
		t.Run("strangers", func(t *testing.T) { s.strangers(t, b.in(t)) })
		frame.press(`button[value="delete"]`)
		b.hears("ready", "change crm+acme-crm callable", "delete crm+acme-crm available")
		b.press("dialog > button")
		b.hears("ready", "change crm+acme-crm callable", "delete crm+acme-crm available", "close")
		if b.shows(`document.querySelector("dialog, iframe:not([src*=stranger])")`) {
			t.Error("the frame is still there")
		}
		t.Run("elsewhere", func(t *testing.T) { s.stolen(t, b.in(t)) })
	})
}

// sameAsHeard compares what the SaaS's page has heard of the connection with what it is.
func (s server) sameAsHeard(t *testing.T, b *browser) {
	t.Helper()
	is, heard := s.acme(t, "ann"), members(t, read[string](b, `JSON.stringify(last)`))
	if is["state"] != "callable" || is["health"] != "ok" {
		t.Errorf("the connection is %v", is)
	}
	for _, name := range []string{"id", "service_id", "unified_api", "name", "state", "enabled", "auth_type", "health", "created_at", "updated_at"} {
		if heard[name] == nil || heard[name] != is[name] {
			t.Errorf("%s is %v, but the page has heard %v", name, is[name], heard[name])
		}
	}
}

// stolen opens a session where it does not belong: the browser refuses the frame.
func (s server) stolen(t *testing.T, b *browser) {
	stranger := strings.Replace(s.site, "localhost", "127.0.0.1", 1)
	b.come("SaaS", chromedp.Navigate(stranger+s.opener(t, "ann")))
	b.starts(`open(), document.querySelector("dialog iframe").addEventListener("load", () => told++)`)
	eventually(t, "the frame is loaded", func() bool { return b.shows(`told === 1`) })
	all, err := chromedp.Call(b.ctx, cdppage.GetFrameTree, cdp.Empty{})
	if err != nil || len(all.FrameTree.ChildFrames) != 1 || all.FrameTree.ChildFrames[0].Frame.UnreachableURL == "" {
		t.Errorf("the frame is shown: %v (%v)", all, err)
	}
	if got := read[string](b, `heard.join()`); got != "" {
		t.Errorf("the page has heard %s", got)
	}
}

// opener is the path of the page that opens the vault's for a consumer.
func (s server) opener(t *testing.T, consumer string) string {
	t.Helper()
	return "/?" + url.Values{"vault": {s.baseURL}, "token": {path.Base(s.openPage(t, consumer))}}.Encode()
}

// deceived allows in the provider's window, while the page around the frame speaks to it as that
// window does. The frame does not listen.
func (b *browser) deceived(s server, around, frame *browser) {
	b.t.Helper()
	frame.starts(`window.untouched = true; addEventListener("message", e => { if (e.data === "told") window.told = true })`)
	around.starts(`for (const message of [{type: "oauth_complete", nonce: "forged", confirmToken: "forged", serviceId: "acme-crm", success: true}, {type: "oauth_error", error: "forged"}, "told"])
		document.querySelector("dialog iframe").contentWindow.postMessage(message, "*")`)
	b.signIn(s.provider)
	if !frame.shows(`untouched && told`) {
		b.t.Error("the frame has listened to a stranger")
	}
	b.press(`button[type="submit"]`)
}

// strangers speak to the SaaS's page as the vault's does: it, and a page in another frame. Nobody
// listens.
func (s server) strangers(t *testing.T, b *browser) {
	before := read[string](b, `heard.join()`)
	stranger := strings.Replace(s.site, "localhost", "127.0.0.1", 1)
	b.starts(fmt.Sprintf(`document.body.append(Object.assign(document.createElement("iframe"), {src: %q}))`, stranger+"/stranger"))
	b.starts(`for (const message of ["on-close", {type: "on-connection-change", data: {id: "crm+forged"}}, "told"]) postMessage(message, "*")`)
	eventually(t, "all is told", func() bool { return b.shows(`told === 2`) })
	if got := read[string](b, `heard.join()`); got != before {
		t.Errorf("the page has heard %s, want %s", got, before)
	}
}

// starts runs a script of the page's.
func (b *browser) starts(script string) {
	b.t.Helper()
	read[bool](b, script+"; true")
}

// hears waits until the SaaS's page has heard just this of the vault's.
func (b *browser) hears(want ...string) {
	b.t.Helper()
	eventually(b.t, "the page hears "+strings.Join(want, ", "), func() bool { return b.shows(fmt.Sprintf(`heard.join() === %q`, strings.Join(want, ","))) })
}
