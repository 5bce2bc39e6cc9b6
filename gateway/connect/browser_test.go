package connect_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
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

// stage is a world on loopback, with a provider beside it.
type stage struct {
	*world
	base     string // of the world
	provider string
}

// newStage starts both. The provider asks whether to allow, and leads back with either.
func newStage(t *testing.T) *stage {
	t.Helper()
	var s stage
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("X-Frame-Options", "DENY")
		if strings.Contains(fmt.Sprint(r.URL, r.Header), token) {
			t.Errorf("the provider is told of the token: %v %v", r.URL, r.Header)
		}
		back := r.FormValue("redirect_uri") + "?state=" + r.FormValue("state")
		fmt.Fprintf(w, `<!doctype html><link rel="icon" href="data:,"><h1>Provider</h1><a id="allow" href="%[1]s&amp;code=c0de">Allow</a> <a id="deny" href="%[1]s&amp;error=access_denied">Deny</a>`, back)
	}))
	t.Cleanup(provider.Close)
	s.base, s.provider = server.URL, provider.URL
	s.world = newWorld(t, server.URL)
	s.vault.provider = provider.URL + "/authorize"
	return &s
}

// tab is one tab of a browser, 320 px wide.
type tab struct {
	t   *testing.T
	ctx context.Context
	at  []string // what it may ask for begins with one of these

	mu       sync.Mutex
	troubles []string
}

// newTab opens a tab. Whatever happens in it that has no place on a page fails the test.
func newTab(t *testing.T, browser context.Context, at ...string) *tab {
	t.Helper()
	b := &tab{t: t, at: append(at, "data:")}
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithListener(b.notice))
	b.ctx = ctx
	t.Cleanup(func() {
		cancel()
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, trouble := range b.troubles {
			t.Error(trouble)
		}
	})
	b.do(chromedp.EmulateViewport(320, 640))
	if _, err := chromedp.Call(b.ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}); err != nil {
		t.Fatal(err)
	}
	return b
}

// attached is a frame or a window that a page has opened, once it is there.
func (b *tab) attached(is func(*target.Info) bool) *tab {
	b.t.Helper()
	var found *tab
	b.eventually("opened", func() string {
		all, err := chromedp.Targets(b.ctx)
		if err != nil {
			b.t.Fatal(err)
		}
		i := slices.IndexFunc(all, is)
		if i < 0 {
			return ""
		}
		ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithTargetID(all[i].TargetID))
		b.t.Cleanup(cancel)
		if err := chromedp.Do(ctx); err != nil { // begins it; what comes has an end
			return err.Error()
		}
		found = &tab{t: b.t, ctx: ctx, at: b.at}
		return "opened"
	})
	return found
}

// eventually waits until something is as it should be.
func (b *tab) eventually(want string, is func() string) {
	b.t.Helper()
	var got string
	for end := time.Now().Add(patience); time.Now().Before(end); <-time.After(20 * time.Millisecond) {
		if got = is(); got == want {
			return
		}
	}
	b.t.Fatalf("got %q, want %q", got, want)
}

// notice keeps what the browser tells of trouble: scripts that fail or speak, what the policy
// refuses, and requests to anybody else.
func (b *tab) notice(event any) {
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		b.trouble("a script wrote to the console")
	case *runtime.EventExceptionThrown:
		b.trouble("a script failed: %s", e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		// That a page has the status of an error is what it should have. Verbose is what
		// Chromium advises about forms and slowness, when it finds the time.
		if e.Entry.Source != log.EntrySourceNetwork && e.Entry.Level != log.EntryLevelVerbose {
			b.trouble("%s: the console has %s of %s: %s", e.Entry.URL, e.Entry.Level, e.Entry.Source, e.Entry.Text)
		}
	case *cdppage.EventJavascriptDialogOpening:
		b.trouble("a dialog opened: %s", e.Message)
		go func() { // else the page would wait; an error means that it is gone
			_, _ = chromedp.Call(b.ctx, cdppage.HandleJavaScriptDialog, cdppage.HandleJavaScriptDialogParams{Accept: true})
		}()
	case *network.EventRequestWillBeSent:
		u := e.Request.URL
		if !slices.ContainsFunc(b.at, func(at string) bool { return strings.HasPrefix(u, at) }) {
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

// open goes to an address, and waits until another document than before is there as a whole:
// what tells of the navigation's end may be late word of the page before it.
func (b *tab) open(address string) {
	b.t.Helper()
	before := ask[string](b, "performance.timeOrigin.toString()")
	b.do(chromedp.Navigate(address))
	b.until(fmt.Sprintf(`performance.timeOrigin.toString() == %q ? "the page before" : document.readyState`, before), "complete")
}

// click clicks on an element, once it is there.
func (b *tab) click(selector string) {
	b.t.Helper()
	b.do(chromedp.WaitVisible(chromedp.CSS(selector)), chromedp.Click(chromedp.CSS(selector)))
}

// reads waits until the text of an element is what it should be.
func (b *tab) reads(selector, want string) {
	b.t.Helper()
	b.until(fmt.Sprintf(`document.querySelector(%q)?.textContent || ""`, selector), want)
}

// ask evaluates a script of the test's in the page.
func ask[T any](b *tab, script string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	answer, err := chromedp.Run(ctx, chromedp.Evaluate[T](script))
	if err != nil {
		b.t.Fatalf("%s: %v", script, err)
	}
	return answer
}

// until waits for what a script returns. While pages come and go there is none to ask.
func (b *tab) until(script, want string) {
	b.t.Helper()
	b.eventually(want, func() string {
		ctx, cancel := context.WithTimeout(b.ctx, patience)
		defer cancel()
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string](script))
		if err != nil {
			return err.Error()
		}
		return got
	})
}
