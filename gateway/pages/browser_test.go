package pages_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long a page may take to load: a busy machine's.
const patience = 30 * time.Second

// startBrowser starts headless Chromium, which ends with the test. The context is for tabs.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	// As root, Chromium has no sandbox; what it opens here are our own pages.
	// Keys that come before a page is painted are else dropped.
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox,
		chromedp.Flag("accept-lang", "en"), chromedp.Flag("allow-pre-commit-input", true))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium does not start; scripts/install-servers.sh installs it: %v", err)
	}
	return ctx
}

// tab is one tab of a browser in front of a world. It is 320 px wide.
type tab struct {
	*world
	t      *testing.T
	ctx    context.Context
	server *httptest.Server

	mu       sync.Mutex
	troubles []string
}

// newTab opens a tab. Whatever happens in it that has no place on a page fails the test.
func newTab(t *testing.T, browser context.Context, w *world) *tab {
	t.Helper()
	b := &tab{world: w, t: t, server: httptest.NewServer(w)}
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithListener(b.notice))
	b.ctx = ctx
	t.Cleanup(func() {
		cancel()
		b.server.Close()
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, trouble := range b.troubles {
			t.Error(trouble)
		}
	})
	b.do(chromedp.EmulateViewport(320, 640))
	_, err := chromedp.Call(b.ctx, audits.Enable, cdp.Empty{})
	if err == nil { // a tab that closes late would take the focus along
		_, err = chromedp.Call(b.ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// notice keeps what the browser tells of trouble: scripts that run or are kept from running,
// what the policy refuses, and requests to anybody else.
func (b *tab) notice(event any) {
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		b.trouble("a script wrote to the console")
	case *runtime.EventExceptionThrown:
		b.trouble("a script failed: %s", e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		// That a page has the status of an error is what it should have.
		if e.Entry.Source != log.EntrySourceNetwork || !strings.HasPrefix(e.Entry.URL, b.server.URL+"/pages/") {
			b.trouble("the console has %s: %s", e.Entry.Level, e.Entry.Text)
		}
	case *audits.EventIssueAdded:
		if d := e.Issue.Details.GenericIssueDetails; d == nil || d.ErrorType != audits.GenericIssueErrorTypeNavigationEntryMarkedSkippable {
			b.trouble("there is an issue: %s", e.Issue.Code)
		}
	case *page.EventJavascriptDialogOpening:
		b.trouble("a dialog opened: %s", e.Message)
		go func() { // else the page would wait; an error means that it is gone
			_, _ = chromedp.Call(b.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
		}()
	case *network.EventRequestWillBeSent:
		if u := e.Request.URL; !strings.HasPrefix(u, b.server.URL+"/") && !strings.HasPrefix(u, "data:") {
			b.trouble("%s was asked for", u)
		}
	}
}

func (b *tab) trouble(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.troubles = append(b.troubles, fmt.Sprintf(format, args...))
}

// do runs actions within patience.
func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx); err != nil { // begins the tab, whose life has no end
		b.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// load runs actions that lead to a page, and returns its status.
func (b *tab) load(actions ...chromedp.Action[chromedp.Void]) int {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	answer, err := chromedp.RunResponse(ctx, actions...)
	if err != nil {
		b.t.Fatal(err)
	}
	return int(answer.Status)
}

// open goes to an address.
func (b *tab) open(target string) int {
	b.t.Helper()
	return b.load(chromedp.Navigate(b.server.URL + target))
}

// press types keys where the focus is, and returns the status of the page they lead to.
func (b *tab) press(keys string) int {
	b.t.Helper()
	return b.load(chromedp.KeyEvent(keys))
}

// dark has pages show themselves to people who want them dark, or light.
func (b *tab) dark(dark bool) {
	b.t.Helper()
	scheme := map[bool]string{true: "dark", false: "light"}[dark]
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// ask evaluates a script of the test's in the page.
func ask[T any](b *tab, script string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	answer, err := chromedp.Run(ctx, chromedp.Evaluate[T](script))
	if err != nil {
		b.t.Fatal(err)
	}
	return answer
}

// expect compares the page's heading.
func (b *tab) expect(heading string) {
	b.t.Helper()
	if got := ask[string](b, `document.querySelector("h1").textContent`); got != heading {
		b.t.Errorf("the page is %q, want %q", got, heading)
	}
}

// clean checks that nothing but what belongs on a page is on it.
func (b *tab) clean() {
	b.t.Helper()
	const found = `[...document.querySelectorAll("*")].flatMap(e => [e.localName, ...[...e.attributes].map(a => a.name).filter(n => n.startsWith("on") || n == "style")])`
	allowed := strings.Fields("html head meta title link body main h1 h2 p strong form input div label button ol ul li img code a br article time")
	for _, name := range ask[[]string](b, found) {
		if !slices.Contains(allowed, name) {
			b.t.Errorf("the page has %s", name)
		}
	}
}
