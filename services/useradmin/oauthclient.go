package useradmin

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
)

const reasonClient = "CLIENT_UNKNOWN"

// client returns the account of an OAuth client that proves itself by its secret. Secrets
// are random, so it is the address that is counted, not the client.
func (s *Service) client(ctx context.Context, id, secret string) (*storev1.Account, error) {
	if err := s.allowAddress(ctx); err != nil {
		return nil, err
	}
	var account *storev1.Account
	err := s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		account, err = s.tables.accounts.Find(tx, table.Global, byClient, id)
		return err
	})
	if errors.Is(err, kv.ErrNotFound) || errors.Is(err, kv.ErrDestroyed) {
		account, err = nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !equalSecrets(account.GetClientSecret(), secret) {
		unknown := fault.Unauthenticated(reasonClient, "the client is unknown, or its secret is wrong")
		return nil, errors.Join(s.blameAddress(ctx), unknown)
	}
	return account, nil
}

// equalSecrets compares in a time that tells nothing, not even of lengths. Nothing equals
// the absence of a secret.
func equalSecrets(known, given string) bool {
	a, b := sha256.Sum256([]byte(known)), sha256.Sum256([]byte(given))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1 && known != ""
}
