package identity_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"
)

// Refresh tokens are signed as well, with claims of their own, and open no door.
func TestSignedRefreshTokens(t *testing.T) {
	inAcme(t, func(t *testing.T, w *world) {
		r := login(signed)
		r.Issuer, r.Claims = "https://auth.example/realms/a", `{"tenantId":"DE"}`
		first := w.session(r)
		time.Sleep(time.Minute)
		next, err := w.refresh(first.GetRefreshToken(), "aud")
		if err != nil {
			t.Fatal(err)
		}
		for _, token := range []string{first.GetAccessToken(), next.GetAccessToken()} {
			if claims, err := w.parseFor(token, r.GetIssuer(), "aud"); err != nil || claims["typ"] != "session" {
				t.Errorf("an access token has %v (%v)", claims, err)
			}
		}
		ids := map[any]bool{}
		for token, end := range map[string]time.Time{
			first.GetRefreshToken(): first.GetRefreshExpiresAt().AsTime(), next.GetRefreshToken(): next.GetRefreshExpiresAt().AsTime(),
		} {
			claims, err := w.parseFor(token, r.GetIssuer(), r.GetIssuer())
			if err != nil {
				t.Fatal(err)
			}
			if id, _ := claims["jti"].(string); len(id) < 256/6 {
				t.Errorf("the id %q can't be of 256 bits", id)
			}
			want := jwt.MapClaims{
				"iss": r.GetIssuer(), "aud": r.GetIssuer(), "sub": "user_1", "typ": "Refresh", "jti": claims["jti"],
				"iat": float64(end.Add(-24 * time.Hour).Unix()), "exp": float64(end.Unix()),
			}
			if diff := cmp.Diff(want, claims); diff != "" {
				t.Error(diff)
			}
			ids[claims["jti"]] = true
			w.expectVoid(token)
		}
		if len(ids) != 2 {
			t.Errorf("two tokens have %d ids", len(ids))
		}
		// What a token says does not matter: another one is another one.
		parts := strings.Split(next.GetRefreshToken(), ".")
		w.expectNoRefresh(parts[0]+"."+parts[1]+".", "aud")
		w.expectNoRefresh(first.GetAccessToken(), "aud")
	})
}

// Contabo's CLI reads payloads by the wrong alphabet.
func TestPayloadsAreTheSameInBothAlphabets(t *testing.T) {
	inAcme(t, func(t *testing.T, w *world) {
		const odd = "a>b?c~d\u007f\\~ü€😀\u2028\ufffd<&>\"~~~???>>>"
		w.subject("acme", odd, 1)
		text, err := json.Marshal(map[string]any{odd: []string{odd}})
		if err != nil {
			t.Fatal(err)
		}
		for shift := range 3 { // where in three bytes a character stands decides about its bits
			r := login(signed)
			r.Subject, r.Claims, r.Audience = odd, string(text), "aud"+strings.Repeat("~", shift)
			s := w.session(r)
			for _, token := range []string{s.GetAccessToken(), s.GetRefreshToken()} {
				payload := strings.Split(token, ".")[1]
				body, err := base64.RawStdEncoding.DecodeString(payload)
				if err != nil {
					t.Fatalf("%s: %v", payload, err)
				}
				var claims map[string]any
				if err := json.Unmarshal(body, &claims); err != nil || claims["sub"] != odd {
					t.Errorf("%s is for %q (%v)", body, claims["sub"], err)
				}
				if token == s.GetAccessToken() && !cmp.Equal(claims[odd], any([]any{odd})) {
					t.Errorf("the claim is %q, want %q", claims[odd], odd)
				}
			}
		}
	})
}
