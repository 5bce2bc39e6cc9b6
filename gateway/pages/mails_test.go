package pages_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/gateway/pages"
	"github.com/holdplane/holdplane/pkg/mail"
)

func key(t *testing.T, w *world) string {
	t.Helper()
	u, err := url.Parse(w.mails.Link())
	if err != nil || u.Path != "/pages/mails" || len(u.Query().Get("key")) != 43 {
		t.Fatalf("the link is %s, %v", w.mails.Link(), err)
	}
	return u.Query().Get("key")
}

// unlock opens the mailbox and returns its cookie.
func unlock(t *testing.T, w *world) *http.Cookie {
	t.Helper()
	a := w.post("/pages/mails", "key", key(t, w))
	cookies := a.Result().Cookies()
	if a.Code != http.StatusSeeOther || a.Header().Get("Location") != "/pages/mails" || len(cookies) != 1 {
		t.Fatalf("got %d %v", a.Code, a.Header())
	}
	return cookies[0]
}

func TestMailbox(t *testing.T) {
	w := newWorld(t)
	link, spent := w.mails.Link(), key(t, w)
	for range 2 {
		if a := w.get(link); a.Code != http.StatusOK || !strings.Contains(a.Body.String(), "<button>Show mails") || a.Header().Get("Set-Cookie") != "" {
			t.Fatalf("the link shows %d %s", a.Code, a.Body)
		}
	}
	c := unlock(t, w)
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/pages/mails" || c.Secure || len(c.Value) != 43 || c.Value == spent {
		t.Errorf("the cookie is %v", c)
	}
	if a := w.get("/pages/mails", "Cookie", c.Name+"="+c.Value); a.Code != http.StatusOK || !strings.Contains(a.Body.String(), "There is no mail yet.") {
		t.Errorf("the reader sees %d %s", a.Code, a.Body)
	}
	for name, a := range map[string]int{
		"the link again": w.get(link).Code, "the key again": w.post("/pages/mails", "key", spent).Code, "no key": w.post("/pages/mails").Code,
		"no cookie": w.get("/pages/mails").Code, "the key as a cookie": w.get("/pages/mails", "Cookie", c.Name+"="+spent).Code,
		"another cookie": w.get("/pages/mails", "Cookie", c.Name+"="+strings.Repeat("A", 43)).Code, "an empty one": w.get("/pages/mails", "Cookie", c.Name+"=").Code,
		"the cookie as key": w.post("/pages/mails", "key", c.Value).Code,
	} {
		if a != http.StatusNotFound {
			t.Errorf("%s: got %d", name, a)
		}
	}
}

// Before the key is spent nothing else opens the mailbox, an empty cookie included.
func TestMailboxIsLocked(t *testing.T) {
	w := newWorld(t)
	for name, a := range map[string]int{
		"nothing": w.get("/pages/mails").Code, "an empty key": w.get("/pages/mails?key=").Code, "another key": w.get("/pages/mails?key=" + strings.Repeat("A", 43)).Code,
		"an empty cookie": w.get("/pages/mails", "Cookie", "holdplane_mails=").Code, "an empty form": w.post("/pages/mails", "key", "").Code,
	} {
		if a != http.StatusNotFound {
			t.Errorf("%s: got %d", name, a)
		}
	}
	unlock(t, w)
	if other := newWorld(t); key(t, other) == "" || other.mails.Link() == newWorld(t).mails.Link() {
		t.Error("two mailboxes have one key")
	}
	none := newWorld(t, func(o *pages.Options) { o.Mails = nil })
	if a := none.get("/pages/mails"); a.Code != http.StatusNotFound {
		t.Errorf("without a mailbox: got %d", a.Code)
	}
}

func TestMailboxBehindTLS(t *testing.T) {
	w := newWorld(t, func(o *pages.Options) { o.PublicURL = "https://example.com/below" })
	a := w.post("/pages/mails", "key", key(t, w))
	if c := a.Result().Cookies()[0]; !c.Secure || c.Path != "/below/pages/mails" || a.Header().Get("Location") != "/below/pages/mails" {
		t.Errorf("got %v %v", c, a.Header())
	}
}

func TestMails(t *testing.T) {
	w := newWorld(t)
	for _, m := range []mail.Message{
		{To: "ann@example.com", Subject: "First", Text: "Open (https://a.example/pages/set-password?token=a-b_c). Or\nhttp://b.example, <https://c.example/d>!", HTML: "<b>not shown</b>"},
		{To: "bob@example.com", Subject: "Second", Text: "<script>alert(1)</script> javascript:alert(1) https:// https://x@y.example/"},
	} {
		if err := w.box.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	c := unlock(t, w)
	body := w.get("/pages/mails", "Cookie", c.Name+"="+c.Value).Body.String()
	if strings.Index(body, "Second") > strings.Index(body, "First") || strings.Count(body, "<time datetime=") != 2 || strings.Contains(body, "not shown") {
		t.Errorf("got %s", body)
	}
	for _, want := range []string{
		`Open (<a href="https://a.example/pages/set-password?token=a-b_c">https://a.example/pages/set-password?token=a-b_c</a>). Or`,
		`<a href="http://b.example">http://b.example</a>,`, `&lt;<a href="https://c.example/d">https://c.example/d</a>&gt;!`,
		"&lt;script&gt;alert(1)&lt;/script&gt; javascript:alert(1) https:// https://x@y.example/</div>",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("%s is not in %s", want, body)
		}
	}
}
