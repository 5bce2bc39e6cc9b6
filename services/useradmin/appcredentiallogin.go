package useradmin

import (
	"context"
	"crypto/subtle"
	"errors"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
)

// enterByCredential lets the user of an application credential in. A secret that was made
// here can't be guessed, so it is known by its digest at once. All others are tried as
// passwords are: whatever is wrong takes as long.
func (k keystone) enterByCredential(ctx context.Context, given *useradminv1.KeystoneApplicationCredential) (entrant, error) {
	if len(given.GetSecret()) > maxLoginPassword || len(given.GetName()) > maxCredentialName {
		return entrant{}, errRefused
	}
	if err := k.s.allowAddress(ctx); err != nil {
		return entrant{}, err
	}
	e := entrant{methods: []string{methodCredential}}
	now := time.Now()
	err := k.s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		if e.credential, err = k.s.tables.credentialNamed(tx, given); err != nil {
			return err
		}
		e.user, err = k.s.tables.holder(tx, e.credential, now)
		return err
	})
	switch {
	case errors.Is(err, kv.ErrNotFound) || errors.Is(err, kv.ErrDestroyed):
		e.user = nil
	case err != nil:
		return entrant{}, err
	case subtle.ConstantTimeCompare([]byte(digestText(given.GetSecret())), []byte(e.credential.GetSecretHash())) == 1:
		return e, nil
	}
	e.user, err = k.s.try(ctx, k.s.credentialTrial(e, given))
	if errors.Is(err, kv.ErrDestroyed) { // the tenant went meanwhile
		err = errRefused
	}
	return e, err
}

// credentialTrial tries a secret that was brought along. Of others, and those of users who
// are not let in, no secret is right.
func (s *Service) credentialTrial(e entrant, given *useradminv1.KeystoneApplicationCredential) trial {
	t := trial{
		account: s.deps.Blind.Blind("attempt", "credential", given.GetId(), given.GetName(), given.GetUser().GetId(), normal(given.GetUser().GetName())),
		said:    append([]string{"credential", given.GetId(), given.GetName()}, wordsFor(given.GetUser())...),
		secret:  given.GetSecret(), scope: table.Global,
	}
	if e.credential != nil {
		t.account = s.deps.Blind.Blind("attempt", "credential", e.credential.GetId())
		t.scope, t.object = scope(ownerOf(e.credential)), e.credential.GetId()
	}
	if e.user == nil || !strings.HasPrefix(e.credential.GetSecretHash(), "$") {
		return t
	}
	t.hash, t.version = e.credential.GetSecretHash(), e.user.GetVersion()
	t.accept = func(tx kv.Writer, fresh string, now time.Time) (*storev1.User, error) {
		m, err := s.tables.appCredentials.Get(tx, t.scope, e.credential.GetId())
		if err != nil {
			return found(nil, err)
		}
		u, err := found(s.tables.holder(tx, m, now))
		if err != nil || u == nil || fresh == "" {
			return u, err
		}
		renewed := proto.CloneOf(m)
		renewed.SecretHash = fresh
		return u, s.tables.appCredentials.Replace(tx, t.scope, m, renewed)
	}
	return t
}

// credentialNamed returns an application credential by its id, or by name and user.
func (t *tables) credentialNamed(tx kv.Reader, given *useradminv1.KeystoneApplicationCredential) (*storev1.ApplicationCredential, error) {
	if given.GetId() != "" {
		return t.appCredentials.Find(tx, table.Global, byID, given.GetId())
	}
	u, err := t.keystoneUser(tx, given.GetUser(), keystoneScope{})
	if err != nil {
		return nil, err
	}
	return t.appCredentials.Find(tx, scopeOf(u), byName, u.GetId(), given.GetName())
}

// holder returns the user of an application credential if both are let in.
func (t *tables) holder(tx kv.Reader, m *storev1.ApplicationCredential, now time.Time) (*storev1.User, error) {
	if m.GetExpiresAtMs() != 0 && m.GetExpiresAtMs() <= now.UnixMilli() {
		return nil, kv.ErrNotFound
	}
	u, err := t.users.Get(tx, scope(ownerOf(m)), m.GetUser())
	if err == nil && !u.GetEnabled() {
		err = kv.ErrNotFound
	}
	return u, err
}
