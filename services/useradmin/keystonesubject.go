package useradmin

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/outbox"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// topicRevocation is the outbox' topic of tokens that end before their time.
const topicRevocation = "revocation"

// The reasons why a token isn't found.
const (
	reasonTokenUnknown = "TOKEN_UNKNOWN"
	reasonTokenRevoked = "TOKEN_REVOKED"
)

func (k keystone) GetKeystoneToken(ctx context.Context, r *useradminv1.GetKeystoneTokenRequest) (*useradminv1.GetKeystoneTokenResponse, error) {
	row, err := k.subject(ctx, r.GetSubjectToken(), permReadUsers)
	if err != nil {
		return nil, err
	}
	var token *useradminv1.KeystoneToken
	err = k.s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		token, err = k.s.tables.tokenView(tx, row)
		return err
	})
	if errors.Is(err, kv.ErrNotFound) {
		err = errTokenRevoked // meanwhile
	}
	if err != nil {
		return nil, err
	}
	return &useradminv1.GetKeystoneTokenResponse{Token: token, SubjectToken: r.GetSubjectToken(), WithCatalog: r.GetWithCatalog()}, nil
}

func (k keystone) RevokeKeystoneToken(ctx context.Context, r *useradminv1.RevokeKeystoneTokenRequest) (*useradminv1.RevokeKeystoneTokenResponse, error) {
	row, err := k.subject(ctx, r.GetSubjectToken(), permUpdateUsers)
	if err != nil {
		return nil, err
	}
	order := &storev1.KeystoneToken{Digest: row.GetDigest()}
	revocation, err := outbox.NewMessage(topicRevocation, order)
	if err != nil {
		return nil, err
	}
	done := audit.Event(ctx, "token.revoke", row.GetAuditIds()[0]).With("user", row.GetUser())
	err = k.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		if err := k.s.tables.audit.Write(tx, scope(tenant.ID(row.GetTenant())), done); err != nil {
			return err
		}
		return k.s.tables.outbox.Queue(tx, revocation)
	})
	if err != nil {
		return nil, err
	}
	k.s.endTokens(ctx, order)
	return &useradminv1.RevokeKeystoneTokenResponse{}, nil
}

var (
	errTokenUnknown error = fault.NotFound(reasonTokenUnknown, "the token is unknown")
	errTokenRevoked error = fault.NotFound(reasonTokenRevoked, "the token is not valid any more")
)

// subject returns the row of a token that is valid: one's own, or by permission one of the
// same tenant.
func (k keystone) subject(ctx context.Context, token string, perm auth.Permission) (*storev1.KeystoneToken, error) {
	p, err := userOr(ctx, perm)
	if err != nil {
		return nil, err
	}
	digest := auth.DigestOf(token)
	var row *storev1.KeystoneToken
	err = k.s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		row, err = k.s.tables.tokens.Get(tx, scope(p.Tenant), digest[:])
		return err
	})
	if errors.Is(err, kv.ErrNotFound) {
		return nil, errTokenUnknown
	}
	if err != nil {
		return nil, err
	}
	_, err = k.s.deps.Access.VerifyCredential(ctx, &identityv1.VerifyCredentialRequest{Digest: digest[:]})
	if f := fault.From(err); f != nil && f.Code == codes.Unauthenticated {
		return nil, errTokenRevoked // whoever asks: they have it
	}
	if own := isUser(p) && p.Subject == row.GetUser(); !own && !p.Allows(perm, permEverything) {
		return nil, errTokenUnknown
	}
	return row, err
}

// endTokens ends at once what a revocation is of. Where that fails the outbox goes on trying.
func (s *Service) endTokens(ctx context.Context, of *storev1.KeystoneToken) {
	if err := s.revoke(ctx, of); err != nil {
		s.deps.Log.WarnContext(ctx, "identity was not told of a token's end yet", "error", err)
	}
	s.tables.outbox.Ring()
}

func (s *Service) deliverRevocation(ctx context.Context, payload []byte) error {
	var of storev1.KeystoneToken
	if err := proto.Unmarshal(payload, &of); err != nil {
		return fmt.Errorf("decode revocation: %w", err)
	}
	return s.revoke(ctx, &of)
}

// revoke ends the token of a digest, or all those of an application credential, of which
// there are no new ones once it is gone. To do it again does no harm.
func (s *Service) revoke(ctx context.Context, of *storev1.KeystoneToken) error {
	digests := [][]byte{of.GetDigest()}
	if of.GetApplicationCredential() != "" {
		err := s.deps.Store.View(ctx, func(tx kv.Reader) error {
			digests = nil
			for row, err := range s.tables.tokens.Each(tx, scope(tenant.ID(of.GetTenant())), table.Page{}, byCredential, of.GetApplicationCredential()) {
				if err != nil {
					return err
				}
				digests = append(digests, row.GetDigest())
			}
			return nil
		})
		if err != nil {
			return gone(err)
		}
	}
	for _, digest := range digests {
		if _, err := s.deps.Access.RevokeSession(ctx, &identityv1.RevokeSessionRequest{Digest: digest}); err != nil {
			return err
		}
	}
	return nil
}
