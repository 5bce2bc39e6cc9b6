package useradmin

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// keystoneTime is how long Keystone's tokens are valid.
const keystoneTime = time.Hour

// permUnscoped is what tokens for no project are narrowed to. Nobody has it.
const permUnscoped = "keystone.unscoped"

func (k keystone) CreateKeystoneToken(ctx context.Context, r *useradminv1.CreateKeystoneTokenRequest) (*useradminv1.CreateKeystoneTokenResponse, error) {
	methods, err := checkAuth(r.GetAuth())
	if err != nil {
		return nil, err
	}
	in, err := parseScope(r.GetAuth().GetScope())
	if err != nil {
		return nil, err
	}
	e, err := k.enter(ctx, methods, r.GetAuth().GetIdentity(), in)
	if err != nil {
		return nil, err
	}
	row, permissions, err := k.plan(ctx, e, in, time.Now())
	if err != nil {
		return nil, err
	}
	secret, token, err := k.issue(ctx, e, row, permissions)
	if err != nil {
		return nil, err
	}
	return &useradminv1.CreateKeystoneTokenResponse{Token: token, SubjectToken: secret, WithCatalog: r.GetWithCatalog()}, nil
}

// plan says what a token is going to be: its row without digest, and its permissions. What
// the entrant can't have is errRefused.
func (k keystone) plan(ctx context.Context, e entrant, in keystoneScope, now time.Time) (*storev1.KeystoneToken, []string, error) {
	var account *storev1.Account
	var permissions []string
	err := k.s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		if account, err = k.s.tables.accountShown(tx, tenant.ID(e.user.GetTenant())); err == nil {
			permissions, err = k.s.tables.permissionsOf(tx, e.user)
		}
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	asked := in.project || in.foreign
	row := &storev1.KeystoneToken{
		Tenant: e.user.GetTenant(), User: e.user.GetId(), Methods: e.methods, Scoped: asked || e.credential != nil,
		AuditIds: []string{auditID()}, ApplicationCredential: e.credential.GetId(), IssuedAtMs: now.Truncate(time.Second).UnixMilli(),
	}
	row.ExpiresAtMs = e.end(row.GetIssuedAtMs() + keystoneTime.Milliseconds())
	if e.parent != nil {
		row.AuditIds = append(row.AuditIds, e.parent.GetAuditIds()[len(e.parent.GetAuditIds())-1])
	}
	permissions = e.narrow(row, permissions)
	row.Roles = rolesIn(permissions)
	if asked && !in.names(account) || row.GetScoped() && len(row.GetRoles()) == 0 || row.GetExpiresAtMs() <= now.UnixMilli() {
		return nil, nil, errRefused
	}
	return row, permissions, nil
}

// end is when a token ends, at most that of what it comes from.
func (e entrant) end(ms int64) int64 {
	if e.parent != nil {
		ms = min(ms, e.parent.GetExpiresAtMs())
	}
	if end := e.credential.GetExpiresAtMs(); end != 0 {
		ms = min(ms, end)
	}
	return ms
}

// narrow is what of a user's permissions a token has.
func (e entrant) narrow(row *storev1.KeystoneToken, permissions []string) []string {
	if !row.GetScoped() {
		return []string{permUnscoped}
	}
	return slices.DeleteFunc(permissions, func(perm string) bool {
		role, ok := strings.CutPrefix(perm, openstackPrefix)
		if e.credential != nil {
			return !ok || !slices.Contains(e.credential.GetRoles(), role)
		}
		return !ok && !slices.Contains(scopedPermissions, auth.Permission(perm))
	})
}

// scopedPermissions are what tokens for a project have beside roles, of users who have it.
var scopedPermissions = []auth.Permission{permAppCredentials, permReadUsers, permUpdateUsers, permEverything}

// rolesIn are the names of OpenStack's roles among permissions.
func rolesIn(permissions []string) (names []string) {
	for _, perm := range permissions {
		if name, ok := strings.CutPrefix(perm, openstackPrefix); ok {
			names = append(names, name)
		}
	}
	return names
}

// issue makes a token, and its row. What the entrant came in by must still be good then: the
// token is as new as a change that ends what was there before.
func (k keystone) issue(ctx context.Context, e entrant, row *storev1.KeystoneToken, permissions []string) (string, *useradminv1.KeystoneToken, error) {
	session, err := k.s.deps.Access.IssueSession(ctx, &identityv1.IssueSessionRequest{
		Tenant: row.GetTenant(), Subject: row.GetUser(), Audience: AudienceKeystone,
		Kind:  identityv1.CredentialKind_CREDENTIAL_KIND_OPAQUE_SESSION,
		TtlMs: max(1, row.GetExpiresAtMs()-time.Now().UnixMilli()), Permissions: permissions,
	})
	if err != nil {
		return "", nil, letIn(err)
	}
	digest := auth.DigestOf(session.GetAccessToken())
	row.Digest = digest[:]
	var token *useradminv1.KeystoneToken
	if e.parent != nil {
		err = k.s.stillValid(ctx, e.parent)
	}
	if err == nil {
		token, err = k.keep(ctx, e, row)
	}
	if err != nil {
		return "", nil, k.s.endSession(ctx, session.GetAccessToken(), err)
	}
	return session.GetAccessToken(), token, nil
}

// keep writes a token's row, unless its user has changed or its application credential is
// gone, and returns what the token says.
func (k keystone) keep(ctx context.Context, e entrant, row *storev1.KeystoneToken) (token *useradminv1.KeystoneToken, err error) {
	done := audit.Event(ctx, "token.create", row.GetAuditIds()[0]).
		With("user", row.GetUser()).With("methods", strings.Join(row.GetMethods(), ","))
	err = k.s.deps.Store.Update(ctx, func(tx kv.Writer) (err error) {
		if err := k.s.tables.standsStill(tx, e.user); err != nil {
			return err
		}
		if token, err = k.s.tables.tokenView(tx, row); err != nil {
			return err
		}
		if err := k.s.tables.tokens.Insert(tx, scopeOf(e.user), row); err != nil {
			return err
		}
		return k.s.tables.audit.Write(tx, scopeOf(e.user), done)
	})
	if errors.Is(err, kv.ErrNotFound) || errors.Is(err, kv.ErrDestroyed) {
		err = errRefused
	}
	return token, err
}
