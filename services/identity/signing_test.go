package identity_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"google.golang.org/grpc/codes"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
)

func (w *world) signingKeys() map[string]ed25519.PublicKey {
	w.t.Helper()
	r, err := w.access.ListSigningKeys(w.t.Context(), &identityv1.ListSigningKeysRequest{})
	if err != nil {
		w.t.Fatal(err)
	}
	keys := map[string]ed25519.PublicKey{}
	for _, k := range r.GetSigningKeys() {
		keys[k.GetId()] = k.GetPublicBytes()
	}
	return keys
}

// parse checks a token as a service that trusts the listed keys would.
func (w *world) parse(token string) (jwt.MapClaims, error) {
	return w.parseFor(token, "holdplane", "aud")
}

func (w *world) parseFor(token, issuer, audience string) (jwt.MapClaims, error) {
	keys := w.signingKeys()
	claims := jwt.MapClaims{}
	_, err := jwt.ParseWithClaims(token, claims, func(t *jwt.Token) (any, error) {
		kid, _ := t.Header["kid"].(string)
		if key, ok := keys[kid]; ok {
			return key, nil
		}
		return nil, fmt.Errorf("unknown key %q", kid)
	}, jwt.WithValidMethods([]string{"EdDSA"}), jwt.WithAudience(audience), jwt.WithIssuer(issuer), jwt.WithExpirationRequired())
	return claims, err
}

func TestSignedSessionIsAToken(t *testing.T) {
	inAcme(t, func(t *testing.T, w *world) {
		if n := len(w.signingKeys()); n != 0 {
			t.Errorf("%d signing keys before there is a token", n)
		}
		r := login(signed)
		r.Claims = `{"tenantId": "DE"}`
		token := w.session(r).GetAccessToken()
		claims, err := w.parse(token)
		if err != nil {
			t.Fatal(err)
		}
		now := time.Now()
		for name, want := range map[string]any{
			"sub": "user_1", "aud": "aud", "typ": "session", "tenantId": "DE", "iss": "holdplane",
			"iat": float64(now.Unix()), "exp": float64(now.Add(time.Hour).Unix()),
		} {
			if claims[name] != want {
				t.Errorf("%s is %v, want %v", name, claims[name], want)
			}
		}
		again, err := w.parse(w.session(r).GetAccessToken())
		if err != nil || again["jti"] == claims["jti"] || claims["jti"] == "" {
			t.Errorf("two tokens have the ids %v and %v (%v)", claims["jti"], again["jti"], err)
		}
		time.Sleep(time.Hour)
		if _, err := w.parse(token); err == nil {
			t.Error("the token does not end")
		}
	})
}

// A forged token has another digest, so its claims don't matter at all.
func TestForgedTokens(t *testing.T) {
	inAcme(t, func(t *testing.T, w *world) {
		token := w.session(login(signed)).GetAccessToken()
		parts := strings.Split(token, ".")
		none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`))
		for _, forged := range []string{
			none + "." + parts[1] + ".", parts[0] + "." + parts[1] + ".", token + "=", token + "A", parts[0] + "." + parts[1],
		} {
			w.expectVoid(forged)
		}
		w.expectValid(token)
	})
}

func TestClaimsAreKeptExactly(t *testing.T) {
	inAcme(t, func(t *testing.T, w *world) {
		r := login(signed)
		r.Claims = `{"big":9007199254740993,"float":10.0,"exp10":1e400,"text":"ü\u00fc","list":[1.50,{"deep":-0}]}`
		first := w.session(r)
		next, err := w.refresh(first.GetRefreshToken(), "aud")
		if err != nil {
			t.Fatal(err)
		}
		for _, token := range []string{first.GetAccessToken(), next.GetAccessToken()} {
			body, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{`"big":9007199254740993`, `"float":10.0`, `"exp10":1e400`, `"text":"\u00fc\u00fc"`, `"list":[1.50,{"deep":-0}]`} {
				if !strings.Contains(string(body), want) {
					t.Errorf("%s does not hold %s", body, want)
				}
			}
		}
	})
}

func TestClaimsRefused(t *testing.T) {
	inAcme(t, func(t *testing.T, w *world) {
		for _, claims := range []string{
			`[]`, `null`, `1`, `{`, `{"a":1}{}`, `{"a":1,"a":2}`,
			`{"iss":"x"}`, `{"sub":"x"}`, `{"aud":"x"}`, `{"exp":1}`, `{"nbf":1}`, `{"iat":1}`, `{"jti":"x"}`, `{"typ":"x"}`, `{"\u0073ub":"x"}`,
			`{"long":"` + strings.Repeat("x", 14_000) + `"}`,
		} {
			r := login(signed)
			r.Claims = claims
			_, err := w.access.IssueSession(t.Context(), r)
			expectCode(t, err, codes.InvalidArgument)
		}
		r := login(signed)
		r.Claims = `{"long":"` + strings.Repeat("x", 11_000) + `"}`
		if n := len(w.session(r).GetAccessToken()); n > auth.MaxCredentialLen {
			t.Errorf("a token of %d bytes, which no door accepts", n)
		}
	})
}

func TestSigningKeyIsMadeOnce(t *testing.T) {
	inAcme(t, func(t *testing.T, w *world) {
		gate := make(chan struct{})
		w.store.gate.Store(&gate)
		var callers sync.WaitGroup
		tokens := make([]string, 20)
		for i := range tokens {
			callers.Go(func() { tokens[i] = w.session(login(signed)).GetAccessToken() })
		}
		synctest.Wait() // until everybody has seen that there is none
		close(gate)
		callers.Wait()
		if n := len(w.signingKeys()); n != 1 {
			t.Errorf("%d signing keys, want 1", n)
		}
		for _, token := range tokens {
			if _, err := w.parse(token); err != nil {
				t.Error(err)
			}
		}
	})
}

// A newer key signs from when it is there; what older ones have signed stays good.
func TestNewestSigningKeySigns(t *testing.T) {
	inAcme(t, func(t *testing.T, w *world) {
		before := w.session(login(signed)).GetAccessToken()
		time.Sleep(time.Millisecond)
		newer := &storev1.SigningKey{Id: id.New("sig"), Seed: make([]byte, ed25519.SeedSize)}
		keys := table.New(table.Spec[*storev1.SigningKey]{
			Name: "signing", ID: func(m *storev1.SigningKey) []any { return []any{m.GetId()} },
		}, w.blind)
		if err := w.store.Update(t.Context(), func(tx kv.Writer) error { return keys.Insert(tx, table.Global, newer) }); err != nil {
			t.Fatal(err)
		}
		after := w.session(login(signed)).GetAccessToken()
		for _, token := range []string{before, after} {
			if _, err := w.parse(token); err != nil {
				t.Error(err)
			}
		}
		parsed, _, err := jwt.NewParser().ParseUnverified(after, jwt.MapClaims{})
		if err != nil || parsed.Header["kid"] != newer.GetId() {
			t.Errorf("signed with %v (%v), want %s", parsed.Header["kid"], err, newer.GetId())
		}
		r, err := w.access.ListSigningKeys(t.Context(), &identityv1.ListSigningKeysRequest{})
		if err != nil || len(r.GetSigningKeys()) != 2 || r.GetSigningKeys()[0].GetId() != newer.GetId() {
			t.Errorf("listed %v (%v), want the newest first", r, err)
		}
	})
}
