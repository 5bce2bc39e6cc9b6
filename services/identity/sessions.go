package identity

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
)

const (
	reasonSubjectUnknown = "SUBJECT_NOT_FOUND"
	reasonSubjectVoid    = "SUBJECT_DISABLED"
)

// refreshOverlap is how long a refresh token works from its first use on: the parallel
// requests of one client all refresh with what they have. Later use is a thief's, or a
// victim's after a thief's.
const refreshOverlap = 10 * time.Second

func (a access) IssueSession(ctx context.Context, r *identityv1.IssueSessionRequest) (*identityv1.IssueSessionResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	if err := fits(r); err != nil {
		return nil, err
	}
	p, err := a.s.newPair(ctx, &storev1.Session{
		Family: id.New("fam"), Tenant: r.GetTenant(), Subject: r.GetSubject(), Audience: r.GetAudience(),
		Kind: int32(r.GetKind()), Claims: r.GetClaims(), Issuer: r.GetIssuer(), Permissions: r.GetPermissions(),
		TtlMs: r.GetTtlMs(), RefreshTtlMs: r.GetRefreshTtlMs(),
	}, time.Now())
	if err != nil {
		return nil, err
	}
	done := audit.Event(ctx, "session.issue", p.access.GetFamily()).With("subject", r.GetSubject())
	err = a.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		subject, err := a.s.tables.subject(tx, r.GetTenant(), r.GetSubject())
		switch {
		case err != nil:
			return err
		case subject == nil || subject.GetDeleted():
			return fault.NotFound(reasonSubjectUnknown, "subject %s does not exist", r.GetSubject())
		case !subject.GetEnabled():
			return fault.FailedPrecondition(reasonSubjectVoid, "subject %s is disabled", r.GetSubject())
		}
		return a.s.tables.addPair(tx, p, subject.GetEpoch(), done)
	})
	if err != nil {
		return nil, err
	}
	return &identityv1.IssueSessionResponse{
		AccessToken: p.accessToken, ExpiresAt: timestamp(p.access.GetExpiresAtMs()),
		RefreshToken: p.refreshToken, RefreshExpiresAt: timestamp(p.refresh.GetExpiresAtMs()),
		Family: p.access.GetFamily(),
	}, nil
}

// fits refuses what has no place in an opaque session.
func fits(r *identityv1.IssueSessionRequest) error {
	const rule, message = "signed", "has no place in an opaque session"
	switch {
	case r.GetKind() == identityv1.CredentialKind_CREDENTIAL_KIND_SIGNED_SESSION:
		return nil
	case r.GetClaims() != "":
		return fault.Invalid(fault.Violation{Field: "claims", Rule: rule, Message: message})
	case r.GetIssuer() != "":
		return fault.Invalid(fault.Violation{Field: "issuer", Rule: rule, Message: message})
	}
	return nil
}

// RefreshSession commits the revocation that a reused token causes, and then refuses.
func (a access) RefreshSession(ctx context.Context, r *identityv1.RefreshSessionRequest) (*identityv1.RefreshSessionResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	digest := auth.DigestOf(r.GetRefreshToken())
	now := time.Now()
	var seen *storev1.Session
	err := a.s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		seen, err = a.s.tables.refreshable(tx, digest[:], r.GetAudience())
		return err
	})
	if err != nil {
		return nil, refused(err)
	}
	p, err := a.s.newPair(ctx, seen, now)
	if err != nil {
		return nil, err
	}
	refreshed := audit.Event(ctx, "session.refresh", seen.GetFamily()).With("subject", seen.GetSubject())
	reused := audit.Event(ctx, "session.reuse", seen.GetFamily()).With("subject", seen.GetSubject())
	var stolen bool
	err = a.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		token, err := a.s.tables.refreshable(tx, digest[:], r.GetAudience())
		if err != nil {
			return err
		}
		if stolen = usedUp(token, now); stolen {
			return a.s.tables.revokeFamily(tx, token, reused)
		}
		if err := a.s.tables.markUsed(tx, token, now); err != nil {
			return err
		}
		return a.s.tables.addPair(tx, p, token.GetEpoch(), refreshed)
	})
	if stolen && err == nil {
		a.s.deps.Credentials()
		err = errVoid
	}
	if err != nil {
		return nil, refused(err)
	}
	return &identityv1.RefreshSessionResponse{
		AccessToken: p.accessToken, ExpiresAt: timestamp(p.access.GetExpiresAtMs()),
		RefreshToken: p.refreshToken, RefreshExpiresAt: timestamp(p.refresh.GetExpiresAtMs()),
		Family: seen.GetFamily(), Tenant: seen.GetTenant(), Subject: seen.GetSubject(), Claims: seen.GetClaims(),
	}, nil
}

// RevokeSession finds nothing to do for tokens that are unknown or have ended.
func (a access) RevokeSession(ctx context.Context, r *identityv1.RevokeSessionRequest) (*identityv1.RevokeSessionResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	done := audit.Event(ctx, "session.revoke", "")
	var revoked bool
	err := a.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		revoked = false
		m, err := a.s.tables.session(tx, r.GetDigest())
		if err == nil {
			_, err = a.s.tables.alive(tx, m.GetTenant()) // else the deletion takes it along
		}
		if errors.Is(err, errVoid) {
			return nil
		}
		if err != nil {
			return err
		}
		revoked = true
		return a.s.tables.revokeFamily(tx, m, done.On(m.GetFamily()))
	})
	if err != nil {
		return nil, err
	}
	if revoked {
		a.s.deps.Credentials()
	}
	return &identityv1.RevokeSessionResponse{}, nil
}

// refused is one fault for every reason why a refresh token is not good.
func refused(err error) error {
	if errors.Is(err, errVoid) {
		return fault.Unauthenticated(fault.ReasonCredentialBad, "the refresh token is not valid; log in again")
	}
	return err
}

// refreshable returns the session of a refresh token that may be traded for an audience,
// or errVoid. Used ones are returned too.
func (t *tables) refreshable(tx kv.Reader, digest []byte, audience string) (*storev1.Session, error) {
	m, err := t.session(tx, digest)
	if err != nil {
		return nil, err
	}
	if !m.GetRefresh() || m.GetAudience() != audience {
		return nil, errVoid
	}
	_, _, err = t.standing(tx, m)
	return m, err
}

func usedUp(token *storev1.Session, now time.Time) bool {
	used := token.GetUsedAtMs()
	return used != 0 && now.UnixMilli() >= used+refreshOverlap.Milliseconds()
}

// markUsed keeps the time of the first use.
func (t *tables) markUsed(tx kv.Writer, token *storev1.Session, now time.Time) error {
	if token.GetUsedAtMs() != 0 {
		return nil
	}
	used := proto.CloneOf(token)
	used.UsedAtMs = now.UnixMilli()
	return t.sessions.Replace(tx, scopeOf(token), token, used)
}

// revokeFamily deletes every token that goes back to the same login as m.
func (t *tables) revokeFamily(tx kv.Writer, m *storev1.Session, done audit.Entry) error {
	for member, err := range t.sessions.Each(tx, scopeOf(m), table.Page{}, byFamily, m.GetFamily()) {
		if err != nil {
			return err
		}
		if err := t.sessions.Delete(tx, scopeOf(m), member); err != nil {
			return err
		}
	}
	return t.audit.Write(tx, scopeOf(m), done)
}
