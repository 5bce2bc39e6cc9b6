// Package accessclient asks the identity service whose a credential is.
package accessclient

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc/codes"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// patience bounds one question. An auth.Cache in front makes others wait for its answer
// too, and takes the caller's own deadline away.
const patience = 3 * time.Second

// Verifier is an auth.Verifier that asks an AccessService, remembering nothing.
type Verifier struct {
	client identityv1.AccessServiceClient
}

var _ auth.Verifier = (*Verifier)(nil)

// New returns the verifier that asks client.
func New(client identityv1.AccessServiceClient) *Verifier { return &Verifier{client: client} }

// Verify returns the holder of the credential with digest d. It is a fault with code
// Unauthenticated when there is none, and with Unavailable when identity does not answer.
func (v *Verifier) Verify(ctx context.Context, d auth.Digest) (*auth.Principal, error) {
	asked, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	r, err := v.client.VerifyCredential(asked, &identityv1.VerifyCredentialRequest{Digest: d[:]})
	switch {
	case err == nil:
		return principal(r)
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	if f := fault.From(err); f.Code == codes.Unauthenticated {
		return nil, f
	}
	return nil, fault.Unavailable("credentials cannot be checked now; try again").Because(err)
}

var kinds = map[identityv1.CredentialKind]auth.Kind{
	identityv1.CredentialKind_CREDENTIAL_KIND_ROOT_KEY:       auth.KindRootKey,
	identityv1.CredentialKind_CREDENTIAL_KIND_SIGNED_SESSION: auth.KindSignedSession,
	identityv1.CredentialKind_CREDENTIAL_KIND_OPAQUE_SESSION: auth.KindOpaqueSession,
}

// principal refuses kinds it does not know, and holders without a tenant: a newer
// identity service must not open doors that this process can't judge.
func principal(r *identityv1.VerifyCredentialResponse) (*auth.Principal, error) {
	kind, ok := kinds[r.GetKind()]
	if !ok || r.GetTenant() == "" {
		return nil, fmt.Errorf("identity answers with a credential of kind %s of tenant %q", r.GetKind(), r.GetTenant())
	}
	p := auth.Principal{
		Kind: kind, Tenant: tenant.ID(r.GetTenant()), Subject: r.GetSubject(), Audience: r.GetAudience(),
		Quota: int64(r.GetRequestsPerMinute()),
	}
	if end := r.GetExpiresAt(); end != nil {
		p.Expires = end.AsTime()
	}
	return p.Grant(r.GetPermissions()...), nil
}
