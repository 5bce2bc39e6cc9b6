package e2e_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// pageTime is how long a page may take to load on a machine that does much else.
const pageTime = 30 * time.Second

// browser is a tab of a headless Chromium.
type browser struct {
	t   *testing.T
	ctx context.Context
}

// startBrowser starts a Chromium, which ends with the test.
func startBrowser(t *testing.T) *browser {
	t.Helper()
	// As root, Chromium has no sandbox; what it opens here are our own pages, and it finds no others.
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.Flag("accept-lang", "en"),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium does not start; scripts/install-servers.sh installs it: %v", err)
	}
	return &browser{t: t, ctx: ctx}
}

// in is the same tab for a subtest.
func (b *browser) in(t *testing.T) *browser { return &browser{t: t, ctx: b.ctx} }

// load does what leads to a page, and returns its status.
func (b *browser) load(actions ...chromedp.Action[chromedp.Void]) int {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, pageTime)
	defer cancel()
	answer, err := chromedp.RunResponse(ctx, actions...)
	if err != nil {
		b.t.Fatal(err)
	}
	return int(answer.Status)
}

// come loads a page that must be there, and have a heading.
func (b *browser) come(heading string, actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if status := b.load(actions...); status != http.StatusOK {
		b.t.Fatalf("on the way to %q: status %d", heading, status)
	}
	// The answer is there before all of the page is.
	eventually(b.t, "the page "+heading, func() bool { return b.shows(fmt.Sprintf(`document.querySelector("h1")?.textContent === %q`, heading)) })
}

// read evaluates a script in the page.
func read[T any](b *browser, script string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, pageTime)
	defer cancel()
	answer, err := chromedp.Run(ctx, chromedp.Evaluate[T](script))
	if err != nil {
		b.t.Fatal(err)
	}
	return answer
}

// press is a click on the page's button.
var press = chromedp.Click(chromedp.CSS("button"))

// newest is the link in the newest mail to an address that has one; empty if there is none.
const newest = `([...document.querySelectorAll("article")].filter(a => a.textContent.includes(%q)).map(a => a.querySelector("a")).filter(a => a)[0] || {href: ""}).href`

// follow waits on dev's page of mails for one to an address with another link than the last,
// clicks on the link, and returns it.
func (b *browser) follow(mails, address, last, heading string) (link string) {
	b.t.Helper()
	eventually(b.t, "a mail to "+address, func() bool {
		b.come("Mails", chromedp.Navigate(mails))
		link = read[string](b, fmt.Sprintf(newest, address))
		return link != last && strings.Contains(link, "?token=")
	})
	b.come(heading, chromedp.Click(chromedp.CSS(fmt.Sprintf("a[href=%q]", link))))
	return link
}

// choose types a new password, twice.
func (b *browser) choose(password, heading string) {
	b.t.Helper()
	b.come(heading, chromedp.SendKeys(chromedp.ID("password"), password), chromedp.SendKeys(chromedp.ID("repeat"), password+"\r"))
}
