package useradmin

import (
	"context"
	"errors"
	"slices"

	"google.golang.org/grpc/codes"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// entrant is who has proved to be a user, and how.
type entrant struct {
	user    *storev1.User
	methods []string
	// parent is the token that was shown; nil if none was.
	parent *storev1.KeystoneToken
	// credential is the application credential behind it; nil if there is none.
	credential *storev1.ApplicationCredential
}

// enter returns who an authentication is of, or errRefused.
func (k keystone) enter(ctx context.Context, methods []string, identity *useradminv1.KeystoneIdentity, in keystoneScope) (entrant, error) {
	switch methods[0] {
	case methodToken:
		return k.enterByToken(ctx, identity.GetToken().GetId())
	case methodCredential:
		return k.enterByCredential(ctx, identity.GetApplicationCredential())
	}
	who, coded := identity.GetPassword().GetUser(), len(methods) > 1
	c := claim{realm: "keystone name", name: who.GetName(), password: who.GetPassword(), coded: coded}
	c.said = slices.Concat([]string{"keystone", in.id, in.name}, wordsFor(who), wordsFor(identity.GetTotp().GetUser()))
	if who.GetId() != "" {
		c.realm, c.name = "keystone id", who.GetId()
	}
	c.find = func(tx kv.Reader) (*storev1.User, error) { return k.s.tables.keystoneUser(tx, who, in) }
	if coded {
		c.code = identity.GetTotp().GetUser().GetPasscode()
		c.find = func(tx kv.Reader) (*storev1.User, error) {
			return k.s.tables.sameUser(tx, who, identity.GetTotp().GetUser(), in)
		}
	}
	u, err := k.s.login(ctx, c)
	return entrant{user: u, methods: methods}, err
}

// wordsFor are those by which a user is named.
func wordsFor(u *useradminv1.KeystoneUser) []string {
	return []string{u.GetId(), u.GetName(), u.GetDomain().GetId(), u.GetDomain().GetName()}
}

// enterByToken lets the user of a token that is valid in again.
func (k keystone) enterByToken(ctx context.Context, token string) (e entrant, err error) {
	digest := auth.DigestOf(token)
	err = k.s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		e, err = k.s.tables.bearer(tx, digest[:])
		return err
	})
	if errors.Is(err, kv.ErrNotFound) || errors.Is(err, kv.ErrDestroyed) {
		err = errRefused
	}
	if err != nil {
		return entrant{}, err
	}
	return e, k.s.stillValid(ctx, e.parent)
}

// stillValid refuses if a token is not valid.
func (s *Service) stillValid(ctx context.Context, token *storev1.KeystoneToken) error {
	_, err := s.deps.Access.VerifyCredential(ctx, &identityv1.VerifyCredentialRequest{Digest: token.GetDigest()})
	if f := fault.From(err); f != nil && f.Code == codes.Unauthenticated {
		return errRefused
	}
	return err
}

// bearer is who a token's row is of. There is none for a credential that is no token of
// Keystone's.
func (t *tables) bearer(tx kv.Reader, digest []byte) (e entrant, err error) {
	if e.parent, err = t.tokens.Find(tx, table.Global, byDigest, string(digest)); err != nil {
		return entrant{}, err
	}
	of := scope(tenant.ID(e.parent.GetTenant()))
	if e.user, err = t.users.Get(tx, of, e.parent.GetUser()); err != nil {
		return entrant{}, err
	}
	if id := e.parent.GetApplicationCredential(); id != "" {
		if e.credential, err = t.appCredentials.Get(tx, of, id); err != nil {
			return entrant{}, err
		}
	}
	e.methods = append(e.methods, e.parent.GetMethods()...)
	if e.methods[len(e.methods)-1] != methodToken {
		e.methods = append(e.methods, methodToken)
	}
	return e, nil
}

// keystoneUser returns the user who is meant by an id or, in the domain, a name. Where
// several tenants have a user of that name, it is that of the project that is asked for, or
// else the one who comes first. It reads one row for every tenant with such a user.
func (t *tables) keystoneUser(tx kv.Reader, who *useradminv1.KeystoneUser, in keystoneScope) (*storev1.User, error) {
	if who.GetId() != "" {
		return t.users.Find(tx, table.Global, byID, who.GetId())
	}
	if !isDefault(who.GetDomain().GetId(), who.GetDomain().GetName()) {
		return nil, kv.ErrNotFound
	}
	var first *storev1.User
	for u, err := range t.users.Each(tx, table.Global, table.Page{}, byLogin, normal(who.GetName())) {
		if err != nil {
			return nil, err
		}
		account, err := t.accountShown(tx, tenant.ID(u.GetTenant()))
		if err != nil {
			return nil, err
		}
		if in.names(account) {
			return u, nil
		}
		if first == nil || comesBefore(u, first) {
			first = u
		}
	}
	if first == nil {
		return nil, kv.ErrNotFound
	}
	return first, nil
}

// comesBefore tells which of two tenants' users a name means rather: one whose name somebody
// answers for, or else the older.
func comesBefore(u, other *storev1.User) bool {
	if a, b := isVouched(u), isVouched(other); a != b {
		return a
	}
	return u.GetCreatedAtMs() < other.GetCreatedAtMs()
}

// isVouched tells whether a name is the operator's, or an address that was verified. Others a
// tenant gives its users as it likes, at any time, also names that another tenant's users have.
func isVouched(u *storev1.User) bool {
	return u.GetEmailVerified() || u.GetUsername() != normal(u.GetEmail())
}

// sameUser returns the user whom two names are of, which they must be of one.
func (t *tables) sameUser(tx kv.Reader, one, other *useradminv1.KeystoneUser, in keystoneScope) (*storev1.User, error) {
	u, err := t.keystoneUser(tx, one, in)
	if err != nil {
		return nil, err
	}
	again, err := t.keystoneUser(tx, other, in)
	if err == nil && again.GetId() != u.GetId() {
		err = kv.ErrNotFound
	}
	return u, err
}
