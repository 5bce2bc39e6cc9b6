package connectionvault

import (
	"context"
	"time"

	"google.golang.org/protobuf/proto"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
)

// maxLife is how long an imported access token can live, in seconds: ten years.
const maxLife = 10 * 365 * 24 * 3600

// ImportConnection is for applications: a consumer who could bring tokens along would have
// the application call whom they like.
func (h connections) ImportConnection(ctx context.Context, r *connectionvaultv1.ImportConnectionRequest) (*connectionvaultv1.ImportConnectionResponse, error) {
	now := time.Now()
	token, err := importedToken(r.GetCredentials(), now)
	if err != nil {
		return nil, err
	}
	settings, err := parseObject(r.GetSettings())
	if err != nil {
		return nil, reads("settings", err)
	}
	c, f, err := h.s.change(ctx, change{
		r: r, event: "connection.import", now: now.UnixMilli(),
		check: func(c *caller, f *facts) error {
			if token != nil && f.face.OAuth == nil {
				return invalid("credentials", "oauth", f.face.Name+" does not use OAuth; send its credentials as settings")
			}
			return c.requireApplication()
		},
		apply: func(f *facts, m *storev1.VaultConnection) error {
			if err := f.applySettings(m, settings); err != nil {
				return err
			}
			if r.GetMetadata() != "" {
				m.Metadata = r.GetMetadata()
			}
			if token != nil {
				f.token, m.Revoked, m.Wrong = proto.CloneOf(token), false, false
			}
			return nil
		},
	})
	if err != nil {
		return nil, err
	}
	m, err := h.s.view(c, f)
	if err != nil {
		return nil, err
	}
	return &connectionvaultv1.ImportConnectionResponse{Connection: m}, nil
}

// importedToken reads what was issued elsewhere; nil for nothing. Where it does not say when
// the access token ends it is refreshed at once, if it can be: some live without end.
func importedToken(r *connectionvaultv1.ImportedCredentials, now time.Time) (*storev1.VaultToken, error) {
	if r == nil {
		return nil, nil
	}
	if r.GetAccessToken() == "" && r.GetRefreshToken() == "" {
		return nil, invalid("credentials", "required", "must have an access_token, a refresh_token, or both")
	}
	token := &storev1.VaultToken{AccessToken: r.GetAccessToken(), RefreshToken: r.GetRefreshToken(), TokenType: "Bearer"}
	if r.ExpiresIn != nil && (r.GetExpiresIn() < 0 || r.GetExpiresIn() > maxLife) {
		return nil, invalid("credentials.expires_in", "int64.gte_lte", "must be seconds, ten years at most")
	}
	issued := now
	if r.GetIssuedAt() != "" {
		var err error
		if issued, err = time.Parse(time.RFC3339, r.GetIssuedAt()); err != nil {
			return nil, invalid("credentials.issued_at", "timestamp", "must be a time such as 2026-01-31T13:30:00Z")
		}
	}
	switch {
	case r.GetIssuedAt() != "" && r.ExpiresIn != nil:
		token.ExpiresAtMs = max(1, issued.Add(time.Duration(r.GetExpiresIn())*time.Second).UnixMilli())
	case r.GetRefreshToken() != "":
		token.Stale = true
	case r.ExpiresIn != nil:
		token.ExpiresAtMs = now.Add(time.Duration(r.GetExpiresIn()) * time.Second).UnixMilli()
	}
	return token, nil
}
