package connectionvault_test

import (
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// enter has ann enter settings.
func (f *flow) enter(service, settings string) {
	f.t.Helper()
	_, err := f.process.connections.UpdateConnection(f.app, &connectionvaultv1.UpdateConnectionRequest{
		ApplicationId: "shop", ConsumerId: "ann", UnifiedApi: "crm", ServiceId: service, Settings: settings,
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *flow) grant(service string) (*connectionvaultv1.AuthorizeConnectionResponse, error) {
	return f.process.connections.AuthorizeConnection(f.app, &connectionvaultv1.AuthorizeConnectionRequest{
		ApplicationId: "shop", ConsumerId: "ann", UnifiedApi: "crm", ServiceId: service,
	})
}

func TestGrants(t *testing.T) {
	for service, settings := range map[string]string{
		"machine": `{"client_id":"client","client_secret":"` + oauthSecret + `"}`,
		"person":  `{"username":"ann","password":"p4ss"}`,
	} {
		t.Run(service, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFlow(t)
				f.enter(service, settings)
				f.wantState("ann", service, "added", "needs_auth")
				granted, err := f.grant(service)
				if err != nil || granted.GetConnection().GetState() != "callable" {
					t.Fatalf("got %v, %v", granted, err)
				}
				for _, want := range []string{"access/1", "access/2"} {
					if got, err := f.token(f.reader, "ann", service); err != nil || got.GetAccessToken() != want {
						t.Errorf("got %v, %v, want %s", got, err, want)
					}
					time.Sleep(61 * time.Second)
				}
			})
		})
	}
}

func TestGrantsRefused(t *testing.T) {
	for _, test := range []struct {
		name, service, settings string
		code                    codes.Code
		reason                  string
	}{
		{"not added", "person", "", codes.NotFound, "CONNECTION_NOT_FOUND"},
		{"a setting missing", "person", `{"username":"ann"}`, codes.FailedPrecondition, "CONNECTION_SETTINGS"},
		{"no client of their own", "machine", `{"client_id":"client"}`, codes.FailedPrecondition, "CONNECTION_SETTINGS"},
		{"a wrong password", "person", `{"username":"ann","password":"guess"}`, codes.Unauthenticated, "PROVIDER_REFUSED"},
		{"by a browser", "rotator", `{"note":"x"}`, codes.FailedPrecondition, "CONNECTION_STATE"},
		{"no client of the application's", "clientless", `{"username":"ann","password":"p4ss"}`, codes.FailedPrecondition, "OAUTH_CLIENT_ABSENT"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFlow(t, func(r *connectionvaultv1.AddApplicationRequest) {
				r.Integrations = append(r.Integrations, &connectionvaultv1.NewIntegration{ServiceId: "clientless"})
			})
			if test.settings != "" {
				f.enter(test.service, test.settings)
			}
			_, err := f.grant(test.service)
			if got := fault.From(err); got == nil || got.Code != test.code || got.Reason != test.reason {
				t.Errorf("got %v, want %v %s", err, test.code, test.reason)
			}
		})
	}
}

// TestWrongSettings are so until they change.
func TestWrongSettings(t *testing.T) {
	f := newFlow(t)
	f.enter("person", `{"username":"ann","password":"guess"}`)
	_, err := f.grant("person")
	expect(t, err, codes.Unauthenticated)
	f.wantState("ann", "person", "invalid", "needs_auth")
	f.enter("person", `{"password":"p4ss"}`)
	_, err = f.grant("person")
	expect(t, err, codes.OK)
	f.wantState("ann", "person", "callable", "ok")
}

func TestImportedTokensAreRefreshedAtFirstUse(t *testing.T) {
	f := newFlow(t)
	f.provider.refreshes["old"] = true
	access, refresh := "imported", "old"
	_, err := f.process.connections.ImportConnection(f.app, &connectionvaultv1.ImportConnectionRequest{
		ApplicationId: "shop", ConsumerId: "ann", UnifiedApi: "crm", ServiceId: "rotator",
		Credentials: &connectionvaultv1.ImportedCredentials{AccessToken: &access, RefreshToken: &refresh},
	})
	if err != nil {
		t.Fatal(err)
	}
	f.wantToken(f.process, "access/1")
	f.wantToken(f.process, "access/1")
}

func TestAddressesInside(t *testing.T) {
	f := newFlow(t)
	back := f.back(f.begin("ann", "inside"))
	if to := f.end(back); to.Query().Get("error") != "invalid_request" {
		t.Errorf("the browser goes to %s", to)
	}
}

func TestTokensNeedThePermission(t *testing.T) {
	f := newFlow(t)
	f.authorize("ann", "rotator")
	_, err := f.token(f.app, "ann", "rotator")
	expect(t, err, codes.PermissionDenied)
	_, err = f.token(f.rootKey(rival, "vault.tokens.read"), "ann", "rotator")
	expect(t, err, codes.NotFound)
	_, err = f.token(f.reader, "bob", "rotator")
	expect(t, err, codes.NotFound)
}
