package pages_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/holdplane/holdplane/gateway/pages"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/mail"
)

// scene is a page as somebody comes to it.
type scene struct {
	name, heading string
	status        int
	come          func(*tab) int
}

var scenes = []scene{
	{"activation", "Set your password", 200, func(b *tab) int { return b.open("/pages/set-password?token=activation") }},
	{"reset", "Neues Passwort festlegen", 200, func(b *tab) int { return b.open("/pages/set-password?token=reset") }},
	{"weak password", "Neues Passwort festlegen", 422, func(b *tab) int {
		b.open("/pages/set-password?token=reset")
		return b.load(chromedp.SendKeys(chromedp.ID("password"), "short"), chromedp.SendKeys(chromedp.ID("repeat"), "short\r"))
	}},
	{"password set", "Your password is set", 200, func(b *tab) int {
		b.open("/pages/set-password?token=activation")
		return b.load(chromedp.SendKeys(chromedp.ID("password"), good), chromedp.SendKeys(chromedp.ID("repeat"), good+"\r"))
	}},
	{"address", "E-Mail-Adresse bestätigen", 200, func(b *tab) int { return b.open("/pages/verify-email?token=address") }},
	{"address verified", "Ihre E-Mail-Adresse ist bestätigt", 200, func(b *tab) int {
		b.open("/pages/verify-email?token=address")
		return b.load(chromedp.Click(chromedp.CSS("button")))
	}},
	{"before enrolment", "Set up two-step login", 200, func(b *tab) int { return b.open("/pages/second-factor?token=enrolment&after=password") }},
	{"enrolment", "Set up two-step login", 200, begin},
	{"wrong code", "Set up two-step login", 422, func(b *tab) int {
		begin(b)
		return b.load(chromedp.SendKeys(chromedp.ID("code"), "000000\r"))
	}},
	{"recovery codes", "Two-step login is on", 200, func(b *tab) int {
		begin(b)
		return b.load(chromedp.SendKeys(chromedp.ID("code"), rightCode+"\r"))
	}},
	{"unknown link", "This link does not work", 404, func(b *tab) int { return b.open("/pages/set-password?token=unknown") }},
	{"service away", "Not available right now", 503, func(b *tab) int {
		b.links.err = fault.Unavailable("away")
		return b.open("/pages/set-password?token=unknown")
	}},
	{"service broken", "Something went wrong", 500, func(b *tab) int {
		b.links.err = http.ErrServerClosed
		return b.open("/pages/set-password?token=unknown")
	}},
	{"locked mails", "Mails", 200, func(b *tab) int { return b.open(b.mails.Link()) }},
	{"mails", "Mails", 200, func(b *tab) int {
		b.receive(mail.Message{To: "ann@example.com", Subject: "Set your password", Text: "Hello,\n\nopen this link:\n\n" + b.server.URL + "/pages/set-password?token=" + strings.Repeat("0123456789", 5) + "\n\nIt works once."})
		b.receive(mail.Message{To: strings.Repeat("long", 15) + "@example.com", Subject: strings.Repeat("Betreff", 30), Text: strings.Repeat("text", 100)})
		b.open(b.mails.Link())
		return b.load(chromedp.Click(chromedp.CSS("button")))
	}},
}

// begin goes to the page with the second factor's secret.
func begin(b *tab) int {
	b.open("/pages/second-factor?token=enrolment")
	return b.load(chromedp.Click(chromedp.CSS("button")))
}

func (b *tab) receive(m mail.Message) {
	b.t.Helper()
	if err := b.box.Send(b.t.Context(), m); err != nil {
		b.t.Fatal(err)
	}
}

// overflowing are the elements that reach past 320 px.
const overflowing = `[document.scrollingElement, ...document.querySelectorAll("*")].filter(e => e.getBoundingClientRect().right > 320.5 || e.scrollWidth > 320).map(e => e.localName)`

// reached are the elements that the keyboard reaches, marked by their place.
const reached = `[...document.querySelectorAll("a, button, input:not([type=hidden])")].map((e, i) => (e.id = e.id || "n" + i))`

// outlined tells whether one sees which element has the focus.
const outlined = `(s => document.activeElement.matches(":focus-visible") && s.outlineStyle != "none" && parseFloat(s.outlineWidth) >= 2)(getComputedStyle(document.activeElement))`

// TestPages has every page looked at in a browser, as wide as a small phone, in light and in
// dark, and gone through by keyboard.
func TestPages(t *testing.T) {
	browser := startBrowser(t)
	for _, s := range scenes {
		t.Run(s.name, func(t *testing.T) {
			b := newTab(t, browser, newWorld(t))
			if status := s.come(b); status != s.status {
				t.Errorf("got %d, want %d", status, s.status)
			}
			b.expect(s.heading)
			b.clean()
			if wide := ask[[]string](b, overflowing); len(wide) > 0 {
				t.Errorf("wider than 320 px: %v", wide)
			}
			for _, dark := range []bool{false, true} {
				b.dark(dark)
				for _, faint := range ask[[]string](b, faintTexts) {
					t.Errorf("hard to read, dark %t: %s", dark, faint)
				}
			}
			b.tabThrough()
		})
	}
	t.Run("keyboard", func(t *testing.T) { byKeyboard(newTab(t, browser, newWorld(t))) })
	t.Run("focus", func(t *testing.T) { focusOnErrors(newTab(t, browser, newWorld(t))) })
	t.Run("hostile text", func(t *testing.T) { hostile(t, browser) })
	t.Run("below a path", func(t *testing.T) {
		w := newWorld(t, func(o *pages.Options) { o.PublicURL = "http://localhost/below" })
		b := newTab(t, browser, &world{Handler: http.StripPrefix("/below", w), links: w.links})
		b.open("/below/pages/verify-email?token=address")
		if status := b.load(chromedp.Click(chromedp.CSS("button"))); status != http.StatusOK {
			t.Errorf("got %d", status)
		}
	})
}

// tabThrough checks that Tab goes through everything in the order of the page, and that one
// sees where it is.
func (b *tab) tabThrough() {
	b.t.Helper()
	want := ask[[]string](b, reached)
	ask[bool](b, `document.querySelector("h1").tabIndex = -1, document.querySelector("h1").focus(), true`)
	var got []string
	for range want {
		b.do(chromedp.KeyEvent(kb.Tab))
		got = append(got, ask[string](b, `document.activeElement.id`))
		if !ask[bool](b, outlined) {
			b.t.Errorf("one does not see that %s has the focus", got[len(got)-1])
		}
	}
	if !slices.Equal(got, want) {
		b.t.Errorf("Tab goes through %v, want %v", got, want)
	}
}

// byKeyboard goes from the first mail's link to the recovery codes without a mouse.
func byKeyboard(b *tab) {
	tab := func(n int) { b.do(chromedp.KeyEvent(strings.Repeat(kb.Tab, n))) }
	b.open("/pages/set-password?token=activation2")
	tab(2) // the address comes first
	b.do(chromedp.KeyEvent(good))
	tab(1)
	b.do(chromedp.KeyEvent(good))
	if status := b.press(kb.Enter); status != http.StatusOK {
		b.t.Fatalf("setting the password: got %d", status)
	}
	b.expect("Set up two-step login")
	tab(1)
	b.press(kb.Enter)
	tab(2) // the link to the app comes first
	b.do(chromedp.KeyEvent(rightCode))
	b.press(kb.Enter)
	b.expect("Two-step login is on")
	if left := b.links.left(); slices.Contains(left, "activation2") || slices.Contains(left, "enrolment") {
		b.t.Errorf("left are %v", left)
	}
}

// focusOnErrors checks that whoever made a mistake is where it is to be mended.
func focusOnErrors(b *tab) {
	b.open("/pages/set-password?token=activation")
	b.load(chromedp.SendKeys(chromedp.ID("password"), good), chromedp.SendKeys(chromedp.ID("repeat"), "another\r"))
	focused := chromedp.WaitReady(chromedp.CSS("input:focus")) // comes with the first frame
	const described = `document.activeElement.id + ": " + document.getElementById(document.activeElement.getAttribute("aria-describedby").split(" ")[0]).textContent`
	b.do(focused)
	if got := ask[string](b, described); got != "repeat: The two passwords differ. Please type both again." {
		b.t.Errorf("the focus is on %s", got)
	}
	b.load(chromedp.SendKeys(chromedp.ID("password"), "short"), chromedp.SendKeys(chromedp.ID("repeat"), "short\r"))
	b.do(focused)
	if got := ask[string](b, described); got != "password: This password is too short. It needs at least 12 characters." {
		b.t.Errorf("the focus is on %s", got)
	}
	if title := ask[string](b, "document.title"); title != "Error: Set your password" {
		b.t.Errorf("the title is %s", title)
	}
}
