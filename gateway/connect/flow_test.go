package connect_test

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestBrowser has people connect services in a browser.
func TestBrowser(t *testing.T) {
	browser := startBrowser(t)
	t.Run("connect and disconnect", func(t *testing.T) {
		s := newStage(t)
		b := newTab(t, browser, s.base, s.provider)
		b.open(s.base + page)
		b.click(`a[href$="/crm/pipedrive"]`)
		b.click("form[data-connect] button")
		b.click("#allow")
		b.reads("[role=status]", "The service is connected.")
		b.reads("main > p strong", "Connected")
		if at := ask[string](b, "location.href + sessionStorage.length"); at != s.base+page+"/crm/pipedrive0" {
			t.Errorf("the page is %s", at)
		}
		b.click("details summary")
		b.click("details[open] button")
		b.reads("[role=status]", "The service is disconnected.")
	})
	t.Run("refuse", func(t *testing.T) {
		s := newStage(t)
		b := newTab(t, browser, s.base, s.provider)
		b.open(s.base + page + "/crm/pipedrive?locale=de")
		b.click("form[data-connect] button")
		b.click("#deny")
		b.reads("[role=status]", "Der Dienst wurde nicht verbunden. Sie können es noch einmal versuchen.")
	})
	t.Run("go back by itself", func(t *testing.T) {
		s := newStage(t)
		s.vault.session.Settings, s.vault.session.RedirectUri = `{"auto_redirect":true}`, s.provider+"/end"
		b := newTab(t, browser, s.base, s.provider)
		b.open(s.base + page + "/crm/pipedrive")
		b.click("form[data-connect] button")
		b.click("#allow")
		b.until("location.pathname", "/end")
	})
	t.Run("somebody else's authorization", func(t *testing.T) { strange(t, browser) })
	t.Run("in a frame", func(t *testing.T) { inFrame(t, browser) })
	t.Run("narrow, dark, by keyboard", func(t *testing.T) { looks(t, browser) })
	t.Run("hostile text", func(t *testing.T) { hostile(t, browser) })
}

// strange has a browser come back with what was begun elsewhere: nothing is confirmed.
func strange(t *testing.T, browser context.Context) {
	s := newStage(t)
	b := newTab(t, browser, s.base, s.provider)
	s.vault.confirms["stolen"] = "crm+pipedrive"
	const back = "/vault/session/return#nonce=ABCDEFGHIJKLMNOPQRSTUVWXYZ&confirm_token=stolen&service_id=pipedrive"
	b.open(s.base + back)
	b.do(chromedp.WaitVisible(chromedp.ID("strange")))
	// This tab has begun one, too, but not that one.
	b.open(s.base + page + "/crm/pipedrive")
	b.click("form[data-connect] button")
	b.do(chromedp.WaitVisible(chromedp.ID("allow")))
	b.open(s.base + back)
	b.do(chromedp.WaitVisible(chromedp.ID("strange")))
	if at := ask[string](b, "location.href"); at != s.base+"/vault/session/return" {
		t.Errorf("the token stays in %s", at)
	}
	if s.vault.confirms["stolen"] == "" {
		t.Error("it is confirmed")
	}
}
