package useradmin_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

func (d door) refresh(ctx context.Context, client, token string) (*useradminv1.CreateTokenResponse, error) {
	return d.tokens.CreateToken(ctx, &useradminv1.CreateTokenRequest{
		GrantType: "refresh_token", ClientId: client, ClientSecret: clientSecret, RefreshToken: token,
	})
}

func TestRefreshGrant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, d := loginWorld(t)
		first, err := d.login(t.Context(), "Annie", goodPassword, "")
		if err != nil {
			t.Fatal(err)
		}
		next, err := d.refresh(t.Context(), acmeClient, first.GetRefreshToken())
		if err != nil {
			t.Fatal(err)
		}
		w.works(next.GetAccessToken(), acme, "ann", true)
		if next.GetSessionState() != first.GetSessionState() || next.GetScope() != first.GetScope() || next.GetExpiresIn() != 300 {
			t.Errorf("got %v after %v", next, first)
		}
		if got := claimsOf(t, next.GetAccessToken())["preferred_username"]; got != "Annie" {
			t.Errorf("the name is %v", got)
		}
		if _, err := d.refresh(t.Context(), acmeClient, first.GetRefreshToken()); err != nil {
			t.Errorf("at once again: %v", err)
		}
		time.Sleep(time.Minute)
		_, err = d.refresh(t.Context(), acmeClient, first.GetRefreshToken())
		wantReason(t, err, "REFRESH_INVALID")
		w.works(next.GetAccessToken(), acme, "ann", false)
	})
}

func TestRefreshByAnotherTenantsClient(t *testing.T) {
	w, d := loginWorld(t)
	got, err := d.login(t.Context(), "annie", goodPassword, "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.refresh(t.Context(), rivalClient, got.GetRefreshToken())
	wantReason(t, err, "REFRESH_INVALID")
	w.works(got.GetAccessToken(), acme, "ann", false)
	_, err = d.refresh(t.Context(), acmeClient, got.GetRefreshToken())
	wantReason(t, err, "REFRESH_INVALID")
}

// Whatever a login or the right to something depends on ends the tokens there are.
func TestChangesEndTokens(t *testing.T) {
	w, d := loginWorld(t)
	for _, c := range []struct {
		name   string
		change func(*storev1.User)
	}{
		{"a new password", func(u *storev1.User) { u.PasswordVersion++ }},
		{"another role", func(u *storev1.User) { u.OpenstackRoles = []string{"observer"} }},
		{"another name", func(u *storev1.User) { u.Username = "anna" }},
		{"another address", func(u *storev1.User) { u.Email = "anna@example.com" }},
		{"being disabled", func(u *storev1.User) { u.Enabled = false }},
	} {
		t.Run(c.name, func(t *testing.T) {
			u := d.change(t, "ann", func(*storev1.User) {})
			got, err := d.login(t.Context(), u.GetEmail(), goodPassword, "")
			if err != nil {
				t.Fatal(err)
			}
			opaque := d.mustToken(t, byPassword(&useradminv1.KeystoneUser{Id: "ann", Password: goodPassword}), project(acme)).GetSubjectToken()
			d.change(t, "ann", c.change)
			w.works(got.GetAccessToken(), acme, "ann", false)
			w.works(opaque, acme, "ann", false)
			_, err = d.refresh(t.Context(), acmeClient, got.GetRefreshToken())
			wantReason(t, err, "REFRESH_INVALID")
		})
	}
}

func TestDeletionEndsTokens(t *testing.T) {
	w, d := loginWorld(t)
	w.add(&useradminv1.AddUserRequest{Id: "olga", Owner: true})
	got, err := d.login(t.Context(), "annie", goodPassword, "")
	expect(t, err, codes.OK)
	opaque := d.mustToken(t, ann(), project(acme)).GetSubjectToken()
	_, err = w.users.DeleteUser(w.contabo(acme, "olga"), &useradminv1.DeleteUserRequest{UserId: "ann"})
	expect(t, err, codes.OK)
	w.works(got.GetAccessToken(), acme, "ann", false)
	w.works(opaque, acme, "ann", false)
	_, err = d.refresh(t.Context(), acmeClient, got.GetRefreshToken())
	wantReason(t, err, "REFRESH_INVALID")
	_, err = d.login(t.Context(), "annie", goodPassword, "")
	wantRefused(t, err)
}
