package connectionvault_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/testing/protocmp"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
)

// open asks for a session's page, as a browser does: without credential.
func (w *world) open(token string) (*connectionvaultv1.OpenSessionResponse, error) {
	return w.browser.OpenSession(w.t.Context(), &connectionvaultv1.OpenSessionRequest{SessionToken: token})
}

func TestOpenSession(t *testing.T) {
	w := newIdleWorld(t)
	added, err := w.operator.AddApplication(t.Context(), &connectionvaultv1.AddApplicationRequest{Tenant: acme, Id: shop, Name: "The Shop", RedirectUris: []string{
		"https://z.example.com/done", "http://localhost:3000/a", "https://a.example.com:8443/x", "https://z.example.com/else",
	}})
	if err != nil {
		t.Fatal(err)
	}
	ctx := withKey(t, added.GetApiKey())
	origins := []string{"http://localhost:3000", "https://a.example.com:8443", "https://z.example.com"}
	tests := []struct {
		name string
		give *connectionvaultv1.CreateSessionRequest
		want *connectionvaultv1.OpenSessionResponse
	}{
		{"nothing asked for", &connectionvaultv1.CreateSessionRequest{}, &connectionvaultv1.OpenSessionResponse{Settings: "{}", Theme: "{}"}},
		{"all of it", &connectionvaultv1.CreateSessionRequest{
			RedirectUri: "https://z.example.com/else",
			Settings:    &connectionvaultv1.SessionSettings{UnifiedApis: []string{"crm"}},
			Theme:       &connectionvaultv1.SessionTheme{PrimaryColor: new("#ffcc00")},
		}, &connectionvaultv1.OpenSessionResponse{
			RedirectUri: "https://z.example.com/else", Settings: `{"unified_apis":["crm"]}`, Theme: `{"primary_color":"#ffcc00"}`,
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.give.ApplicationId, tt.give.ConsumerId = shop, jane
			made, err := w.sessions.CreateSession(ctx, tt.give)
			if err != nil {
				t.Fatal(err)
			}
			got, err := w.open(made.GetSessionToken())
			tt.want.ApplicationId, tt.want.ConsumerId, tt.want.ApplicationName, tt.want.Origins = shop, jane, "The Shop", origins
			if diff := cmp.Diff(tt.want, got, protocmp.Transform()); diff != "" || err != nil {
				t.Errorf("%v, -want +got:\n%s", err, diff)
			}
		})
	}
}

// TestOpenSessionRefuses every token that is no session's, all alike.
func TestOpenSessionRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, ctx := newShop(t, "copper")
		made := func(consumer string) string {
			r, err := w.sessions.CreateSession(ctx, &connectionvaultv1.CreateSessionRequest{ApplicationId: shop, ConsumerId: consumer})
			if err != nil {
				t.Fatal(err)
			}
			return r.GetSessionToken()
		}
		issued := func(subject, audience string, kind identityv1.CredentialKind) string {
			_, err := w.access.PutSubject(t.Context(), &identityv1.PutSubjectRequest{Tenant: acme, Id: subject, Enabled: true, Epoch: 1, Version: 1})
			expect(t, err, codes.OK)
			r, err := w.access.IssueSession(t.Context(), &identityv1.IssueSessionRequest{
				Tenant: acme, Subject: subject, Kind: kind, Audience: audience, TtlMs: time.Hour.Milliseconds(),
			})
			expect(t, err, codes.OK)
			return r.GetAccessToken()
		}
		const signed, opaque = identityv1.CredentialKind_CREDENTIAL_KIND_SIGNED_SESSION, identityv1.CredentialKind_CREDENTIAL_KIND_OPAQUE_SESSION
		good, bob := made(jane), made("bob")
		_, err := w.customers.DeleteConsumer(ctx, &connectionvaultv1.DeleteConsumerRequest{ApplicationId: shop, ConsumerId: "bob"})
		expect(t, err, codes.OK)
		for name, token := range map[string]string{
			"none": "", "garbage": "a.b.c", "a changed one": altered(good, len(good)-4), "the application's key": keyIn(ctx),
			"one of a consumer that is gone": bob, "one of another product": issued("user", "contabo", signed),
			"one that no session has": issued("vses_none", "apideck", signed), "an opaque one": issued("other", "apideck", opaque),
		} {
			if got, err := w.open(token); err == nil {
				t.Errorf("%s: got %v", name, got)
			} else {
				expect(t, err, codes.Unauthenticated)
			}
		}
		_, err = w.open(good)
		expect(t, err, codes.OK)
		time.Sleep(time.Hour + time.Second)
		_, err = w.open(good)
		expect(t, err, codes.Unauthenticated)
	})
}
