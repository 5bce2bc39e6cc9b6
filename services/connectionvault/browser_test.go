package connectionvault_test

import (
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// state is a connection's.
func (f *flow) state(consumer, service string) (state, health string) {
	f.t.Helper()
	r, err := f.process.connections.GetConnection(f.app, &connectionvaultv1.GetConnectionRequest{
		ApplicationId: "shop", ConsumerId: consumer, UnifiedApi: "crm", ServiceId: service,
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return r.GetConnection().GetState(), r.GetConnection().GetHealth()
}

func (f *flow) wantState(consumer, service, state, health string) {
	f.t.Helper()
	if s, h := f.state(consumer, service); s != state || h != health {
		f.t.Errorf("connection is %s, %s, want %s, %s", s, h, state, health)
	}
}

func TestAuthorization(t *testing.T) {
	for _, test := range []struct {
		service, scope, auth string
		pkce                 bool
	}{
		{"rotator", "read write", "", true},
		{"commas", "read,write", "basic", false},
		{"jason", "", "basic", true},
	} {
		t.Run(test.service, func(t *testing.T) {
			f := newFlow(t)
			begun := f.begin("ann", test.service)
			u, err := url.Parse(begun.GetLocation())
			if err != nil {
				t.Fatal(err)
			}
			if q := u.Query(); q.Get("scope") != test.scope || q.Has("code_challenge") != test.pkce {
				t.Errorf("the provider is asked %v", q)
			}
			if to := f.end(f.back(begun)); to.String() != done {
				t.Errorf("the browser goes to %s, want %s", to, done)
			}
			if _, asked := f.provider.seen(); asked.Get("auth") != test.auth {
				t.Errorf("the client came as %v", asked)
			}
			f.wantState("ann", test.service, "callable", "ok")
			if got, err := f.token(f.reader, "ann", test.service); err != nil || got.GetAccessToken() != "access/2" || got.GetTokenType() != "Bearer" {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

func TestAuthorizationKeepsWhatTheProviderTells(t *testing.T) {
	f := newFlow(t)
	back := f.back(f.begin("ann", "rotator"))
	back.Parameters = map[string]string{"realm": "77", "state": back.GetState(), "other": "x"}
	f.end(back)
	got, err := f.token(f.reader, "ann", "rotator")
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"account_id":"acc-1","realm":"77"}`; got.GetSettings() != want {
		t.Errorf("settings are %s, want %s", got.GetSettings(), want)
	}
	if _, asked := f.provider.seen(); asked.Get("resource") != "all" {
		t.Errorf("the provider was asked %v", asked)
	}
}

func TestAuthorizationsOfTwoTabs(t *testing.T) {
	f := newFlow(t)
	first := f.begin("ann", "rotator")
	second, err := f.process.browser.BeginAuthorization(t.Context(), &connectionvaultv1.BeginAuthorizationRequest{
		ServiceId: "jason", ApplicationId: "shop", State: f.link("ann", "jason"), Cookie: first.GetCookie(),
	})
	if err != nil {
		t.Fatal(err)
	}
	cookie := second.GetCookie() // it is the browser's by now
	for _, begun := range []*connectionvaultv1.BeginAuthorizationResponse{first, second} {
		back := f.back(begun)
		back.Cookie = cookie
		ended, err := f.process.browser.EndAuthorization(t.Context(), back)
		if err != nil || ended.GetLocation() != done {
			t.Fatalf("got %v, %v", ended, err)
		}
		if cookie = ended.GetCookie(); begun == first && cookie != second.GetCookie()[:43] {
			t.Errorf("the cookie says %q", cookie)
		}
	}
	if cookie != "" {
		t.Errorf("the cookie says %q in the end", cookie)
	}
}

// TestOutcomes are told at the application's address, once the browser is known.
func TestOutcomes(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*flow, *connectionvaultv1.EndAuthorizationRequest)
		code   string
	}{
		{"the user refuses", func(_ *flow, r *connectionvaultv1.EndAuthorizationRequest) {
			r.Code, r.Error, r.ErrorDescription = "", "access_denied", "not <today>\r\nSet-Cookie: x"
		}, "access_denied"},
		{"no code", func(_ *flow, r *connectionvaultv1.EndAuthorizationRequest) { r.Code = "" }, "invalid_request"},
		{"a code of another's", func(_ *flow, r *connectionvaultv1.EndAuthorizationRequest) { r.Code = "code/99" }, "access_denied"},
		{"mix-up: another issuer", func(_ *flow, r *connectionvaultv1.EndAuthorizationRequest) { r.Iss = "https://evil.example.com" }, "invalid_request"},
		{"mix-up: no issuer", func(_ *flow, r *connectionvaultv1.EndAuthorizationRequest) { r.Iss = "" }, "invalid_request"},
		{"a setting that can't be", func(_ *flow, r *connectionvaultv1.EndAuthorizationRequest) {
			r.Parameters = map[string]string{"realm": "evil.example.com/"}
		}, "invalid_request"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFlow(t)
			r := f.back(f.begin("ann", "rotator"))
			test.change(f, r)
			to := f.end(r)
			if q := to.Query(); to.Host != "app.example.com" || to.Path != "/done" || q.Get("error") != test.code || to.Fragment != "" {
				t.Errorf("the browser goes to %s, want the error %s", to, test.code)
			}
			f.wantState("ann", "rotator", "available", "needs_auth")
		})
	}
}

// TestStrangers are sent nowhere: where they come from is not known.
func TestStrangers(t *testing.T) {
	for name, attack := range map[string]func(*flow, *connectionvaultv1.EndAuthorizationRequest){
		"login CSRF: a browser without cookie": func(_ *flow, r *connectionvaultv1.EndAuthorizationRequest) { r.Cookie = "" },
		"login CSRF: another browser": func(f *flow, r *connectionvaultv1.EndAuthorizationRequest) {
			r.Cookie = f.begin("victim", "rotator").GetCookie()
		},
		"a forged cookie":  func(_ *flow, r *connectionvaultv1.EndAuthorizationRequest) { r.Cookie = r.GetCookie()[1:] + "A" },
		"a state made up":  func(_ *flow, r *connectionvaultv1.EndAuthorizationRequest) { r.State = "A" + r.GetState()[1:] + "x" },
		"no state":         func(_ *flow, r *connectionvaultv1.EndAuthorizationRequest) { r.State = "" },
		"the link's state": func(f *flow, r *connectionvaultv1.EndAuthorizationRequest) { r.State = f.link("ann", "rotator") },
		"a replayed state": func(f *flow, r *connectionvaultv1.EndAuthorizationRequest) { f.end(r) },
		"replayed when wrong": func(f *flow, r *connectionvaultv1.EndAuthorizationRequest) {
			r.Cookie, r.Error = "none", "access_denied"
			_, err := f.process.browser.EndAuthorization(f.t.Context(), r)
			expect(f.t, err, codes.InvalidArgument)
			r.Error = ""
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFlow(t)
			r := f.back(f.begin("ann", "rotator"))
			cookie := r.GetCookie()
			attack(f, r)
			n, _ := f.provider.seen()
			ended, err := f.process.browser.EndAuthorization(t.Context(), r)
			if got := fault.From(err); ended != nil || got == nil || got.Reason != "OAUTH_STATE" || got.Code != codes.InvalidArgument {
				t.Errorf("got %v, %v", ended, err)
			}
			if name == "replayed when wrong" {
				r.Cookie = cookie
				_, err = f.process.browser.EndAuthorization(t.Context(), r)
				expect(t, err, codes.InvalidArgument)
			}
			if after, _ := f.provider.seen(); after != n {
				t.Error("the provider was asked for a token")
			}
		})
	}
}

func TestStateEndsAfterTenMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFlow(t)
		r := f.back(f.begin("ann", "rotator"))
		time.Sleep(10*time.Minute + time.Second)
		_, err := f.process.browser.EndAuthorization(t.Context(), r)
		expect(t, err, codes.InvalidArgument)
	})
}

func TestLinks(t *testing.T) {
	f := newFlow(t)
	good := f.link("ann", "rotator")
	for _, test := range []struct {
		name string
		r    *connectionvaultv1.BeginAuthorizationRequest
		want codes.Code
	}{
		{"as it is", &connectionvaultv1.BeginAuthorizationRequest{ServiceId: "rotator", ApplicationId: "shop", State: good}, codes.OK},
		{"a listed redirect", &connectionvaultv1.BeginAuthorizationRequest{ServiceId: "rotator", ApplicationId: "shop", State: good, RedirectUri: done + "?tab=1"}, codes.OK},
		{"another service", &connectionvaultv1.BeginAuthorizationRequest{ServiceId: "jason", ApplicationId: "shop", State: good}, codes.InvalidArgument},
		{"another application", &connectionvaultv1.BeginAuthorizationRequest{ServiceId: "rotator", ApplicationId: "store", State: good}, codes.InvalidArgument},
		{"a changed state", &connectionvaultv1.BeginAuthorizationRequest{ServiceId: "rotator", ApplicationId: "shop", State: altered(good, 40)}, codes.InvalidArgument},
		{"a foreign redirect", &connectionvaultv1.BeginAuthorizationRequest{ServiceId: "rotator", ApplicationId: "shop", State: good, RedirectUri: "https://evil.example.com/"}, codes.InvalidArgument},
		{"a redirect that begins like one", &connectionvaultv1.BeginAuthorizationRequest{ServiceId: "rotator", ApplicationId: "shop", State: good, RedirectUri: done + "/.."}, codes.InvalidArgument},
		{"a redirect with another query", &connectionvaultv1.BeginAuthorizationRequest{ServiceId: "rotator", ApplicationId: "shop", State: good, RedirectUri: done + "?tab=2"}, codes.InvalidArgument},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := f.process.browser.BeginAuthorization(t.Context(), test.r)
			expect(t, err, test.want)
		})
	}
	_, err := f.process.browser.BeginRevocation(t.Context(), &connectionvaultv1.BeginRevocationRequest{ServiceId: "rotator", ApplicationId: "shop", State: good})
	expect(t, err, codes.InvalidArgument)
}
