package identity

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"github.com/golang-jwt/jwt/v5"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
)

// issuer is the iss claim of signed sessions that name none.
const issuer = "holdplane"

// The typ claims of signed tokens: what tells them from each other, and from tokens that
// the same installation may sign for other ends.
const (
	sessionType = "session"
	refreshType = "Refresh"
)

// registered are the claims that a token's issuer sets; the caller's can't.
var registered = []string{"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "typ"}

// ListSigningKeys is empty until the first session is signed.
func (a access) ListSigningKeys(ctx context.Context, _ *identityv1.ListSigningKeysRequest) (*identityv1.ListSigningKeysResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	var keys []*identityv1.SigningKey
	err := a.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		keys = nil
		for m, err := range a.s.tables.signing.All(tx, table.Global, table.Page{Reverse: true}) {
			if err != nil {
				return err
			}
			public := ed25519.NewKeyFromSeed(m.GetSeed()).Public().(ed25519.PublicKey)
			keys = append(keys, &identityv1.SigningKey{Id: m.GetId(), PublicBytes: public})
		}
		return nil
	})
	return &identityv1.ListSigningKeysResponse{SigningKeys: keys}, err
}

// sign makes the tokens of a pair. Their times are whole seconds, rounded down: no token
// outlives its session. Clients look into refresh tokens for their end; to this service
// they are as opaque as others, and unguessable by their jti alone. Their audience is their
// issuer: who trusts the public keys must not take one for an access token.
func (s *Service) sign(ctx context.Context, p *pair, like *storev1.Session) error {
	claims, err := parseClaims(like.GetClaims())
	if err != nil {
		return err
	}
	key, err := s.signingKey(ctx)
	if err != nil {
		return err
	}
	iss := cmp.Or(like.GetIssuer(), issuer)
	maps.Copy(claims, lifeOf(p.access))
	maps.Copy(claims, jwt.MapClaims{"iss": iss, "aud": p.access.GetAudience(), "typ": sessionType, "jti": id.New("ses")})
	if p.accessToken, err = signed(key, claims); err != nil || p.refresh == nil {
		return err
	}
	claims = lifeOf(p.refresh)
	maps.Copy(claims, jwt.MapClaims{"iss": iss, "aud": iss, "typ": refreshType, "jti": id.Secret("ref")})
	p.refreshToken, err = signed(key, claims)
	return err
}

// lifeOf are the claims that say whose a session is, and from when to when.
func lifeOf(m *storev1.Session) jwt.MapClaims {
	return jwt.MapClaims{"sub": m.GetSubject(), "iat": m.GetCreatedAtMs() / 1000, "exp": m.GetExpiresAtMs() / 1000}
}

// signed is a token of claims.
func signed(key *storev1.SigningKey, claims jwt.MapClaims) (string, error) {
	token := jwt.NewWithClaims(jwt.SigningMethodEdDSA, plain{claims})
	token.Header["kid"] = key.GetId()
	text, err := token.SignedString(ed25519.NewKeyFromSeed(key.GetSeed()))
	if err != nil {
		return "", fmt.Errorf("sign session: %w", err)
	}
	if len(text) > auth.MaxCredentialLen {
		return "", badClaims("bytes.max_len", "make the token longer than any service accepts")
	}
	return text, nil
}

// parseClaims keeps values as the text they came as, so that numbers stay exact.
func parseClaims(text string) (jwt.MapClaims, error) {
	if text == "" {
		return jwt.MapClaims{}, nil
	}
	var given map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &given); err != nil || given == nil {
		return nil, badClaims("json", "must be a JSON object")
	}
	claims := make(jwt.MapClaims, len(given)+len(registered))
	for name, value := range given {
		claims[name] = value
	}
	for _, name := range registered {
		if _, taken := given[name]; taken {
			return nil, badClaims("registered", "must not set "+name)
		}
	}
	return claims, nil
}

func badClaims(rule, message string) error {
	return fault.Invalid(fault.Violation{Field: "claims", Rule: rule, Message: message})
}

// signingKey returns the newest signing key, and makes the first one.
func (s *Service) signingKey(ctx context.Context) (key *storev1.SigningKey, err error) {
	err = s.deps.Store.View(ctx, func(tx kv.Reader) error {
		key, err = s.tables.newestSigningKey(tx)
		return err
	})
	if err != nil || key != nil {
		return key, err
	}
	seed := make([]byte, ed25519.SeedSize)
	rand.Read(seed) //nolint:errcheck // crypto/rand never fails, it ends the program
	made := &storev1.SigningKey{Id: id.New("sig"), Seed: seed, CreatedAtMs: time.Now().UnixMilli()}
	done := audit.Event(ctx, "signingkey.create", made.GetId())
	err = s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		// Somebody else may have made it meanwhile.
		if key, err = s.tables.newestSigningKey(tx); err != nil || key != nil {
			return err
		}
		key = made
		if err := s.tables.signing.Insert(tx, table.Global, made); err != nil {
			return err
		}
		return s.tables.audit.Write(tx, table.Global, done)
	})
	return key, err
}

// newestSigningKey is nil when there is none.
func (t *tables) newestSigningKey(tx kv.Reader) (*storev1.SigningKey, error) {
	for m, err := range t.signing.All(tx, table.Global, table.Page{Reverse: true, Limit: 1}) {
		return m, err
	}
	return nil, nil
}
