package pages_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/mail"
)

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
	b, all := newTab(t, browser, newWorld(t)), strings.Join(payloads, " ")
	b.links.byToken["address"].email, b.links.byToken["activation"].email = all, all
	b.open("/pages/verify-email?token=address")
	b.shows(payloads...)
	b.open("/pages/set-password?token=activation")
	b.clean()
	if got := ask[string](b, "document.forms[0].username.value"); got != all {
		t.Errorf("the address is %s", got)
	}
	for _, payload := range payloads {
		b.links.byToken["hostile"] = &link{purpose: verify, locale: payload, redirect: payload}
		b.send("verify-email", "hostile")
		b.expect("Your e-mail address is confirmed")
		b.clean()
		b.receive(mail.Message{To: "ann@example.com", Subject: payload, Text: payload, HTML: payload})
	}
	b.links.byToken["enrolment"].codes = payloads
	b.links.byToken["enrolment"].app, b.links.byToken["enrolment"].secret = "otpauth://totp/"+all, all
	begin(b)
	b.clean()
	b.load(chromedp.SendKeys(chromedp.ID("code"), rightCode+"\r"))
	b.shows(payloads...)
	b.open(b.mails.Link())
	b.load(chromedp.Click(chromedp.CSS("button")))
	b.shows(payloads...)
	b.links.err = fault.NotFound(all, "%s", all)
	b.open("/pages/verify-email?token=unknown")
	b.clean()
}

// send posts the form of a page without a visit to the page.
func (b *tab) send(name, token string) {
	b.t.Helper()
	const script = `(() => {
		const form = document.createElement("form"), input = document.createElement("input");
		form.method = "post", form.action = %q, input.name = "token", input.value = %q;
		form.append(input), document.body.append(form), form.submit();
		return true;
	})()`
	b.load(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := chromedp.Evaluate[bool](fmt.Sprintf(script, name, token))(ctx, target)
		return err
	}))
}

// shows checks that texts are on a page as they are.
func (b *tab) shows(texts ...string) {
	b.t.Helper()
	b.clean()
	page := ask[string](b, "document.body.textContent")
	for _, text := range texts {
		if !strings.Contains(page, text) {
			b.t.Errorf("%s is not shown", text)
		}
	}
}
