package connectionvault_test

import (
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

// spellings are addresses that somebody's parser takes for the application's.
var spellings = []string{
	done + "/", done + "#", done + "#x", done + "?", done + "?x=1", done + "%2F", done + "/.", done + "/../done", done + ";x", done + "%00",
	done + " ", " " + done, done + "\t", done + "\r\n", done + "\\", strings.ToUpper(done), "https:" + done[8:], done[6:], "/done",
	"http://app.example.com/done", "HTTPS://app.example.com/done", "https://APP.example.com/done", "https://app.example.com:443/done",
	"https://app.example.com./done", "https://app.example.com//done", "https://app.example.com/%64one", "https://app.example.com/./done",
	"https://app.example.com/Done", "https://app.example.com\\done", "https://app.example.com@evil.example/done",
	"https://evil.example\\@app.example.com/done", "https://user@app.example.com/done", "https://app.example.com.evil.example/done",
	"https://evilapp.example.com/done", "https://app.example.com%2F@evil.example/done", "https://аpp.example.com/done",
	"https://app。example.com/done", "https://app%2Eexample.com/done", "https://xn--pp-6kc.example.com/done", "javascript:" + done,
	"data:text/html," + done, "//app.example.com/done", "https://plane.example.com/vault/session/return", "https://plane.example.com/vault/session/return?",
}

// TestRedirectsToTheLetter has a browser asked to be sent to what is almost listed.
func TestRedirectsToTheLetter(t *testing.T) {
	f := newFlow(t)
	state := f.link("ann", "rotator")
	_, revoke := f.links(f.session())
	for _, uri := range spellings {
		_, err := f.process.browser.BeginAuthorization(t.Context(), &connectionvaultv1.BeginAuthorizationRequest{
			ServiceId: "rotator", ApplicationId: "shop", State: state, RedirectUri: uri,
		})
		expect(t, err, codes.InvalidArgument)
		if strings.HasSuffix(uri, "/vault/session/return") {
			continue // which is right for sessions
		}
		_, err = f.process.browser.BeginRevocation(t.Context(), &connectionvaultv1.BeginRevocationRequest{
			ServiceId: "rotator", ApplicationId: "shop", State: revoke, RedirectUri: uri,
		})
		expect(t, err, codes.InvalidArgument)
		_, err = f.process.connections.CreateCallbackState(f.app, &connectionvaultv1.CreateCallbackStateRequest{
			ApplicationId: "shop", ConsumerId: "ann", UnifiedApi: "crm", ServiceId: "rotator", RedirectUri: uri,
		})
		expect(t, err, codes.InvalidArgument)
	}
}

// TestRedirectsThatLeadNowhere are found when they are listed, and not when a browser comes
// back with a code that works once.
func TestRedirectsThatLeadNowhere(t *testing.T) {
	w := newIdleWorld(t)
	for _, uri := range []string{
		"https://bücher.example/done", "https://app。example.com/", "https://a;b.example/", "https://a'b.example/", "https://a,b.example/",
		"https://a\"b.example/", "https://a<b.example/", "https://.example.com/", "https://example..com/", "https://*.example.com/",
		"https://app.example.com:99999999/", "https://[::1%25eth0]/", "http://localhost.example.com/", "http://127.0.0.1.example.com/",
	} {
		_, err := w.operator.AddApplication(t.Context(), &connectionvaultv1.AddApplicationRequest{Tenant: acme, RedirectUris: []string{uri}})
		if expect(t, err, codes.InvalidArgument); err == nil {
			t.Errorf("%s is taken", uri)
		}
	}
	good := []string{"https://App.Example.com/done", "http://localhost:3000/", "http://[::1]:3000/x", "https://xn--bcher-kva.example/?a=b", "http://127.0.0.1/"}
	_, err := w.operator.AddApplication(t.Context(), &connectionvaultv1.AddApplicationRequest{Tenant: acme, RedirectUris: good})
	expect(t, err, codes.OK)
}

// TestOriginsAreThoseOfBrowsers: pages are framed by them, and tell them what happens.
func TestOriginsAreThoseOfBrowsers(t *testing.T) {
	f := newFlow(t, func(r *connectionvaultv1.AddApplicationRequest) {
		r.RedirectUris = append(r.RedirectUris, "https://App.Example.com:8443/x", "HTTPS://OTHER.example.com:443/x")
	})
	made, err := f.world.sessions.CreateSession(f.app, &connectionvaultv1.CreateSessionRequest{ApplicationId: "shop", ConsumerId: "ann"})
	expect(t, err, codes.OK)
	opened, err := f.process.browser.OpenSession(t.Context(), &connectionvaultv1.OpenSessionRequest{SessionToken: made.GetSessionToken()})
	expect(t, err, codes.OK)
	if got, want := strings.Join(opened.GetOrigins(), " "), "https://app.example.com https://app.example.com:8443 https://other.example.com"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
