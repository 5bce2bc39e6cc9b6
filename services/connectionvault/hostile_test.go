package connectionvault_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"google.golang.org/grpc/codes"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// hostile are answers of a provider that means no good, or can't do better.
func hostile() map[string]func(http.ResponseWriter, url.Values) bool {
	answers := map[string]func(http.ResponseWriter, url.Values) bool{
		"slow": func(w http.ResponseWriter, _ url.Values) bool {
			for range 30 {
				fmt.Fprint(w, " ")
				if f, ok := w.(http.Flusher); ok {
					f.Flush()
				}
				time.Sleep(time.Second)
			}
			return true
		},
		"redirect": func(w http.ResponseWriter, _ url.Values) bool {
			w.Header().Set("Location", "https://evil.example.com/")
			w.WriteHeader(http.StatusTemporaryRedirect)
			return true
		},
		"repeats what it was sent": func(w http.ResponseWriter, form url.Values) bool {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"error":"invalid_grant","error_description":%q}`, form.Encode()+form.Get("refresh_token")+form.Get("code"))
			return true
		},
		"repeats it without OAuth": func(w http.ResponseWriter, form url.Values) bool {
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, form.Get("client_secret"), form.Get("refresh_token"), form.Get("code"))
			return true
		},
	}
	for name, body := range map[string]string{
		"empty": "", "text": "hello", "null": "null", "list": "[]", "cut off": `{"access_token":"stolen`,
		"huge": `{"access_token":"` + strings.Repeat("a", 2<<20) + `"}`, "deep": strings.Repeat(`{"a":`, 100000),
		"no access token": `{"refresh_token":"stolen","expires_in":60}`, "a number for a token": `{"access_token":5}`,
		"an empty token": `{"access_token":""}`,
		"a wrong text":   "{\"error\":\"\xff\xfe\x00\",\"error_description\":\"\xff\x01\u202e\"}",
		"a long error":   `{"error":"` + strings.Repeat("é", 5000) + `"}`,
	} {
		answers[name] = answerWith(200, body)
		answers[name+", refusing"] = answerWith(400, body)
	}
	return answers
}

// TestHostileAnswers are told as the provider's failures, without a word of what is secret.
func TestHostileAnswers(t *testing.T) {
	for _, service := range []string{"rotator", "jason"} {
		t.Run(service, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				defer time.Sleep(time.Minute) // the slow end by then
				f := newFlow(t)
				for name, instead := range hostile() {
					f.hear(name, service, instead)
				}
			})
		})
	}
}

// hear has a provider answer to a refresh and to a code.
func (f *flow) hear(name, service string, instead func(http.ResponseWriter, url.Values) bool) {
	f.t.Helper()
	var log bytes.Buffer
	p := f.world.process(f.store, slog.NewTextHandler(&log, nil))
	f.provider.set(func(p *provider) { p.instead = nil })
	f.authorize(name, service)
	back := f.back(f.begin("other", service))
	f.provider.set(func(p *provider) { p.instead = instead })
	f.change(name, service, func(token *storev1.VaultToken) { token.Stale = true })
	_, err := p.token(f.reader, name, service)
	got := fault.From(err)
	if got == nil || got.Code != codes.Unauthenticated {
		f.t.Errorf("%s: got %v", name, err)
		return
	}
	ended, err := p.browser.EndAuthorization(f.t.Context(), back)
	if err != nil || !strings.HasPrefix(ended.GetLocation(), done+"?error=") {
		f.t.Errorf("%s: got %v, %v", name, ended, err)
	}
	told := fmt.Sprint(err, got, got.Message, got.Metadata, ended.GetLocation(), log.String())
	if plain, err := url.QueryUnescape(told); err == nil {
		told += plain
	}
	for _, secret := range []string{oauthSecret, "refresh/", "access/", "code/", "stolen"} {
		if strings.Contains(told, secret) {
			f.t.Errorf("%s: %q stands in %s", name, secret, told)
		}
	}
	if !utf8.ValidString(told) || len(told) > 10000 {
		f.t.Errorf("%s: told %d bytes: %.100q", name, len(told), told)
	}
}

// TestOddAnswers are good enough.
func TestOddAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		body string
		life time.Duration
	}{
		"an end that is past": {`{"access_token":"odd","expires_in":-5}`, time.Hour},
		"no end":              {`{"access_token":"odd"}`, time.Hour},
		"an end of 0":         {`{"access_token":"odd","expires_in":0}`, time.Hour},
		"an end as text":      {`{"access_token":"odd","expires_in":"600"}`, 10 * time.Minute},
		"duplicate keys":      {`{"access_token":"even","access_token":"odd","expires_in":600}`, 10 * time.Minute},
		"a setting not fit":   {`{"access_token":"odd","expires_in":600,"account":{"id":"https://evil.example.com/"}}`, 10 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFlow(t)
				for _, service := range []string{"rotator", "jason"} {
					f.provider.set(func(p *provider) { p.instead = answerWith(200, test.body) })
					now := time.Now()
					if to := f.authorize("ann", service); to.String() != done {
						t.Fatalf("%s: the browser goes to %s", service, to)
					}
					got, err := f.token(f.reader, "ann", service)
					if err != nil || got.GetAccessToken() != "odd" || got.GetSettings() != "{}" {
						t.Fatalf("%s: got %v, %v", service, got, err)
					}
					if life := time.UnixMilli(got.GetExpiresAtMs()).Sub(now).Round(time.Second); life != test.life {
						t.Errorf("%s: it lives for %v, want %v", service, life, test.life)
					}
				}
			})
		})
	}
}

// TestBusyStore must not lose what is in no other place.
func TestBusyStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFlow(t)
		f.authorize("ann", "rotator")
		store := &failing{Store: f.store}
		p := f.world.process(store, slog.DiscardHandler)
		f.provider.set(func(p *provider) {
			p.instead = func(http.ResponseWriter, url.Values) bool { store.busy.Store(4); return false }
		})
		time.Sleep(2 * time.Minute)
		f.wantToken(p, "access/3")
		f.wantToken(f.process, "access/3")
	})
}

// TestAudit finds a record of each token that was handed out.
func TestAudit(t *testing.T) {
	f := newFlow(t)
	f.authorize("ann", "rotator")
	store := &failing{Store: f.store}
	p := f.world.process(store, slog.DiscardHandler)
	store.busy.Store(1)
	if got, err := p.token(f.reader, "ann", "rotator"); err == nil {
		t.Errorf("a token left without a record: %v", got)
	}
	f.wantToken(p, "access/2")
	if n := f.audited("connection.token.read"); n != 1 {
		t.Errorf("%d records, want 1", n)
	}
}
