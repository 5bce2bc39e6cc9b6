package connectionvault_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"testing"

	"github.com/holdplane/holdplane/pkg/egress/egresstest"
)

const (
	providerHost = "provider.example.com"
	oauthSecret  = "s3cret/of+client"
	// callbackURL is where the provider sends browsers back to.
	callbackURL = "https://plane.example.com/vault/callback"
)

// provider is an OAuth server whose refresh tokens work once. It sees when one comes twice.
type provider struct {
	mu sync.Mutex
	// codes and refreshes say which ones are good; false is used.
	codes     map[string]url.Values
	refreshes map[string]bool
	made      int
	asked     []url.Values
	revoked   []url.Values
	reused    int
	// life is expires_in.
	life int
	// still has answers without a refresh token.
	still bool
	// instead answers in the provider's place, when it says so.
	instead func(w http.ResponseWriter, form url.Values) bool
}

// newProvider serves one on an Internet.
func newProvider(t testing.TB, on *egresstest.Internet) *provider {
	t.Helper()
	p := &provider{codes: map[string]url.Values{}, refreshes: map[string]bool{}, life: 120}
	at := netip.MustParseAddr("93.184.215.77")
	on.Name(providerHost, []netip.Addr{at})
	on.Serve(t, netip.AddrPortFrom(at, 443), p)
	return p
}

// authorize is what its page does once the user agrees: it makes a code for a location.
func (p *provider) authorize(t testing.TB, location string) (state, code string) {
	t.Helper()
	u, err := url.Parse(location)
	if err != nil || u.Host != providerHost || u.Path != "/authorize" {
		t.Fatalf("the browser is sent to %q (%v)", location, err)
	}
	q := u.Query()
	if q.Get("response_type") != "code" || q.Get("client_id") != "client" || q.Get("redirect_uri") != callbackURL {
		t.Fatalf("the browser brings %v", q)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.made++
	code = fmt.Sprintf("code/%d", p.made)
	p.codes[code] = q
	return q.Get("state"), code
}

// set changes how it answers.
func (p *provider) set(change func(*provider)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(p)
}

// seen is how often it was asked for tokens, and what it was asked last.
func (p *provider) seen() (n int, last url.Values) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.asked) == 0 {
		return 0, url.Values{}
	}
	return len(p.asked), p.asked[len(p.asked)-1]
}

func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	form, err := formOf(r)
	if err != nil {
		refuse(w, "invalid_request")
		return
	}
	p.mu.Lock()
	if r.URL.Path == "/revoke" {
		p.revoked = append(p.revoked, form)
		p.mu.Unlock()
		return
	}
	p.asked = append(p.asked, form)
	instead := p.instead
	p.mu.Unlock()
	if instead != nil && instead(w, form) {
		return
	}
	p.issue(w, form)
}

// formOf is what a request asks for, with the client's credentials wherever they stand.
func formOf(r *http.Request) (url.Values, error) {
	form := url.Values{}
	if r.Header.Get("Content-Type") == "application/json" {
		var all map[string]string
		if err := json.NewDecoder(r.Body).Decode(&all); err != nil {
			return nil, err
		}
		for k, v := range all {
			form.Set(k, v)
		}
		form.Set("format", "json")
	} else if err := r.ParseForm(); err != nil {
		return nil, err
	} else {
		form = r.PostForm
	}
	if id, secret, ok := r.BasicAuth(); ok {
		id, _ = url.QueryUnescape(id)
		secret, _ = url.QueryUnescape(secret)
		form.Set("client_id", id)
		form.Set("client_secret", secret)
		form.Set("auth", "basic")
	}
	return form, nil
}

func refuse(w http.ResponseWriter, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadRequest)
	fmt.Fprintf(w, `{"error":%q,"error_description":"no, for a reason"}`, code)
}

// issue answers as RFC 6749 says.
func (p *provider) issue(w http.ResponseWriter, form url.Values) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if form.Get("client_id") != "client" || form.Get("client_secret") != oauthSecret {
		refuse(w, "invalid_client")
		return
	}
	switch form.Get("grant_type") {
	case "authorization_code":
		asked, ok := p.codes[form.Get("code")]
		delete(p.codes, form.Get("code"))
		challenge := sha256.Sum256([]byte(form.Get("code_verifier")))
		proven := asked.Get("code_challenge") == base64.RawURLEncoding.EncodeToString(challenge[:]) && asked.Get("code_challenge_method") == "S256"
		if !ok || form.Get("redirect_uri") != asked.Get("redirect_uri") || asked.Has("code_challenge") && !proven {
			refuse(w, "invalid_grant")
			return
		}
	case "refresh_token":
		fresh, ok := p.refreshes[form.Get("refresh_token")]
		if ok && !fresh {
			p.reused++
		}
		if !fresh {
			refuse(w, "invalid_grant")
			return
		}
		p.refreshes[form.Get("refresh_token")] = p.still
	case "password":
		if form.Get("username") != "ann" || form.Get("password") != "p4ss" {
			refuse(w, "invalid_grant")
			return
		}
	}
	p.answer(w)
}

func (p *provider) answer(w http.ResponseWriter) {
	p.made++
	refresh := fmt.Sprintf("refresh/%d", p.made)
	answer := map[string]any{
		"access_token": fmt.Sprintf("access/%d", p.made), "token_type": "bearer", "expires_in": p.life,
		"account": map[string]any{"id": "acc-1"},
	}
	if !p.still {
		answer["refresh_token"] = refresh
		p.refreshes[refresh] = true
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}
