package identity

import (
	"context"
	"errors"
	"time"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
)

// errVoid stands for every reason why a credential opens nothing. The caller is not
// told which: that would tell strangers what exists.
var errVoid = errors.New("identity: credential is unknown, ended or void")

// VerifyCredential runs once in some seconds for every credential in use, in each process.
func (a access) VerifyCredential(ctx context.Context, r *identityv1.VerifyCredentialRequest) (*identityv1.VerifyCredentialResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	var holder *identityv1.VerifyCredentialResponse
	err := a.s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		holder, err = a.s.tables.holder(tx, r.GetDigest(), time.Now())
		return err
	})
	if errors.Is(err, errVoid) {
		return nil, fault.Unauthenticated(fault.ReasonCredentialBad, "the credential is not valid")
	}
	return holder, err
}

// holder returns whose credential a digest belongs to, or errVoid.
func (t *tables) holder(tx kv.Reader, digest []byte, now time.Time) (*identityv1.VerifyCredentialResponse, error) {
	key, err := t.rootKeys.Find(tx, table.Global, byDigest, string(digest))
	if errors.Is(err, kv.ErrNotFound) {
		return t.sessionHolder(tx, digest)
	}
	if err != nil {
		return nil, err
	}
	if rootKeyEnded(key, now) {
		return nil, errVoid
	}
	tenant, err := t.alive(tx, key.GetTenant())
	if err != nil {
		return nil, err
	}
	return &identityv1.VerifyCredentialResponse{
		Kind:   identityv1.CredentialKind_CREDENTIAL_KIND_ROOT_KEY,
		Tenant: key.GetTenant(), Subject: key.GetId(), Permissions: key.GetPermissions(),
		ExpiresAt:         timestamp(key.GetExpiresAtMs()),
		RequestsPerMinute: tenant.GetRequestsPerMinute(),
	}, nil
}

func (t *tables) sessionHolder(tx kv.Reader, digest []byte) (*identityv1.VerifyCredentialResponse, error) {
	session, err := t.session(tx, digest)
	if err != nil {
		return nil, err
	}
	if session.GetRefresh() {
		return nil, errVoid
	}
	tenant, subject, err := t.standing(tx, session)
	if err != nil {
		return nil, err
	}
	return &identityv1.VerifyCredentialResponse{
		Kind:   identityv1.CredentialKind(session.GetKind()),
		Tenant: session.GetTenant(), Subject: subject.GetId(), Audience: session.GetAudience(),
		Permissions:       narrowed(subject.GetPermissions(), session.GetPermissions()),
		ExpiresAt:         timestamp(session.GetExpiresAtMs()),
		RequestsPerMinute: tenant.GetRequestsPerMinute(),
	}, nil
}

// session returns the session of a token, access or refresh, or errVoid. Sessions that
// have ended are as good as gone.
func (t *tables) session(tx kv.Reader, digest []byte) (*storev1.Session, error) {
	m, err := t.sessions.Find(tx, table.Global, byDigest, string(digest))
	return m, void(err)
}

// standing returns the tenant and the subject of a session, or errVoid when the session
// does not count any more.
func (t *tables) standing(tx kv.Reader, m *storev1.Session) (*storev1.Tenant, *storev1.Subject, error) {
	tenant, err := t.alive(tx, m.GetTenant())
	if err != nil {
		return nil, nil, err
	}
	subject, err := t.subjects.Get(tx, scopeOf(m), m.GetSubject())
	if err != nil {
		return nil, nil, void(err)
	}
	if !subject.GetEnabled() || subject.GetDeleted() || m.GetEpoch() < subject.GetEpoch() {
		return nil, nil, errVoid
	}
	return tenant, subject, nil
}

// alive returns a tenant, or errVoid when its credentials don't count.
func (t *tables) alive(tx kv.Reader, id string) (*storev1.Tenant, error) {
	m, err := t.tenants.Get(tx, table.Global, id)
	if err != nil {
		return nil, void(err)
	}
	if m.GetDeletedAtMs() != 0 {
		return nil, errVoid
	}
	return m, nil
}

func void(err error) error {
	if errors.Is(err, kv.ErrNotFound) {
		return errVoid
	}
	return err
}

// narrowed is what both the subject and the session may do, where one of them may hold
// a permission that covers the other's. No list for the session is no narrowing.
func narrowed(subject, session []string) []string {
	if len(session) == 0 {
		return subject
	}
	var both []string
	seen := map[string]bool{}
	add := func(from []string, covered *auth.Principal) {
		for _, p := range from {
			if !seen[p] && covered.Allows(auth.Permission(p)) {
				seen[p] = true
				both = append(both, p)
			}
		}
	}
	add(session, auth.Principal{}.Grant(subject...))
	add(subject, auth.Principal{}.Grant(session...))
	return both
}
