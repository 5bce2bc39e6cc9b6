package connect_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// application is a page of another site that opens ours by /vault.js, and keeps what it hears.
const application = `<!doctype html><html lang="en"><title>App</title><link rel="icon" href="data:,">
<script src="%s/vault.js"></script><script>
const heard = [];
const open = options => ApideckVault.open({token: %q,
	onReady: () => heard.push("ready"), onClose: () => heard.push("close"),
	onConnectionChange: c => heard.push("change " + c.id + " " + c.state),
	onConnectionDelete: c => heard.push("delete " + c.id + " " + c.state), ...options});
</script><button id="open">Open</button>`

// newApplication serves it. Its host is another than the world's, so browsers keep the two
// apart as those of two companies.
func newApplication(t *testing.T, s *stage) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, application, s.base, token)
	}))
	t.Cleanup(server.Close)
	return strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
}

// frame is the one that the application's page shows.
func (b *tab) frame(s *stage) *tab {
	b.t.Helper()
	return b.attached(func(i *target.Info) bool {
		return i.Type == "iframe" && strings.HasPrefix(i.URL, s.base)
	})
}

// press clicks as a person does, in a frame: the mouse would have to know where that is.
func (b *tab) press(selector string) {
	b.t.Helper()
	gesture := func(p *runtime.EvaluateParams) { p.UserGesture = new(true) }
	b.eventually("pressed", func() string {
		ctx, cancel := context.WithTimeout(b.ctx, patience)
		defer cancel()
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf(`(e => e ? (setTimeout(() => e.click()), "pressed") : "")(document.querySelector(%q))`, selector), gesture))
		if err != nil {
			return err.Error()
		}
		return got
	})
}

func (b *tab) heard(want ...string) {
	b.t.Helper()
	b.until("heard.join()", strings.Join(want, ","))
}

func inFrame(t *testing.T, browser context.Context) {
	s := newStage(t)
	app := newApplication(t, s)
	s.vault.session.Origins = []string{app}
	b := newTab(t, browser, app, s.base)
	b.open(app)
	ask[bool](b, `open({unifiedApi: "crm", serviceId: "pipedrive", locale: "de-DE", showConsumer: true}), true`)
	b.heard("ready")
	f := b.frame(s)
	f.reads("footer p", "Kunde: customer-1")
	f.press("form[data-connect] button")
	beside := b.attached(func(i *target.Info) bool { return i.Type == "page" && strings.HasPrefix(i.URL, s.provider) })
	beside.press("#allow")
	b.heard("ready", "change crm+pipedrive callable")
	f.reads("[role=status]", "Der Dienst ist verbunden.")
	f.press("details:last-of-type summary")
	f.press("details[open] button")
	b.heard("ready", "change crm+pipedrive callable", "delete crm+pipedrive available")
	// The frame is gone before a real key would be up.
	ask[bool](f, `setTimeout(() => dispatchEvent(new KeyboardEvent("keydown", {key: "Escape"}))), true`)
	b.heard("ready", "change crm+pipedrive callable", "delete crm+pipedrive available", "close")
	if n := ask[int](b, `document.querySelectorAll("iframe, dialog").length`); n != 0 {
		t.Errorf("%d elements are left", n)
	}
	ask[bool](b, "heard.length = 0, open(), true")
	b.heard("ready")
	ask[bool](b, `postMessage("on-close", "*"), ApideckVault.close(), ApideckVault.close(), true`)
	b.heard("ready", "close")
	if got := ask[string](b, `(() => { try { ApideckVault.open({}) } catch (e) { return e.name } })()`); got != "TypeError" {
		t.Errorf("without a token: %q", got)
	}
}
