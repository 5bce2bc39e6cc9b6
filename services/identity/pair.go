package identity

import (
	"context"
	"time"

	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
)

// pair is the tokens that one login or refresh adds to a family, and their rows.
type pair struct {
	access, refresh           *storev1.Session // refresh is nil when there is none
	accessToken, refreshToken string
}

// newPair makes tokens for the session that like describes: a request's, or the one of
// the refresh token that is traded.
func (s *Service) newPair(ctx context.Context, like *storev1.Session, now time.Time) (p pair, err error) {
	p.access = &storev1.Session{
		Family: like.GetFamily(), Tenant: like.GetTenant(), Subject: like.GetSubject(), Audience: like.GetAudience(),
		Kind: like.GetKind(), Permissions: like.GetPermissions(),
		CreatedAtMs: now.UnixMilli(), ExpiresAtMs: now.UnixMilli() + like.GetTtlMs(),
	}
	if like.GetRefreshTtlMs() != 0 {
		p.refresh = proto.CloneOf(like)
		p.refresh.Refresh, p.refresh.UsedAtMs = true, 0
		p.refresh.CreatedAtMs, p.refresh.ExpiresAtMs = now.UnixMilli(), now.UnixMilli()+like.GetRefreshTtlMs()
	}
	if identityv1.CredentialKind(like.GetKind()) == identityv1.CredentialKind_CREDENTIAL_KIND_SIGNED_SESSION {
		err = s.sign(ctx, &p, like)
	} else {
		p.accessToken = id.Secret("hp_ses")
		if p.refresh != nil {
			p.refreshToken = id.Secret("hp_ref")
		}
	}
	if err != nil {
		return pair{}, err
	}
	p.access.Digest = digestOf(p.accessToken)
	if p.refresh != nil {
		p.refresh.Digest = digestOf(p.refreshToken)
	}
	return p, nil
}

func digestOf(token string) []byte {
	d := auth.DigestOf(token)
	return d[:]
}

func (t *tables) addPair(tx kv.Writer, p pair, epoch int64, done audit.Entry) error {
	for _, m := range []*storev1.Session{p.access, p.refresh} {
		if m == nil {
			continue
		}
		m.Epoch = epoch
		if err := t.sessions.Insert(tx, scopeOf(m), m); err != nil {
			return err
		}
	}
	return t.audit.Write(tx, scopeOf(p.access), done)
}
