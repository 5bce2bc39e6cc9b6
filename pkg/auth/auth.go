// Package auth tells handlers who calls and what the caller may do.
//
// A Door is the one interceptor by which every call comes in: it takes the caller's
// own credential from the request, asks a Verifier whose it is, and puts the
// Principal in the context. Handlers open with Require.
package auth

import (
	"context"
	"strings"
	"time"

	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// Kind says by what kind of credential a caller came in.
type Kind uint8

// The kinds. Each opens its own doors only.
const (
	KindNone          Kind = iota // a public method, without a credential
	KindRootKey                   // a tenant's root key
	KindSignedSession             // a user's session as a JWT
	KindOpaqueSession             // a user's session as an opaque token
	KindOperator                  // the internal listener
)

// Permission is what a method asks for, in the words of the product it comes from:
// identity.*.create_identity.
type Permission string

// Principal is a verified caller. It is shared between requests and never changed.
type Principal struct {
	Kind   Kind
	Tenant tenant.ID
	// Subject is the id of the root key or the user; "operator" on the internal listener.
	Subject string
	// Audience is what a session was issued for; empty on root keys.
	Audience string
	// Expires is when the credential ends; zero when it does not.
	Expires time.Time
	// Quota is how many calls all credentials of the tenant may make in a minute; 0 for
	// any number.
	Quota int64

	permissions map[Permission]struct{}
}

// Operator is the caller on the internal listener. It belongs to no tenant.
var Operator = &Principal{Kind: KindOperator, Subject: "operator"}

// Nobody is the caller of a public method.
var Nobody = &Principal{Kind: KindNone}

// Grant returns a copy of p that holds permissions.
func (p Principal) Grant(permissions ...string) *Principal {
	p.permissions = make(map[Permission]struct{}, len(permissions))
	for _, s := range permissions {
		p.permissions[Permission(s)] = struct{}{}
	}
	return &p
}

// everything is Unkey's permission for all of its API, the identity service here.
const everything Permission = "*"

// everythingCovers are the resources of Unkey's API. Other products' permissions are
// not in its gift.
var everythingCovers = map[string]bool{"identity": true, "ratelimit": true, "api": true, "rbac": true}

// Allows tells whether p holds any of the permissions.
func (p *Principal) Allows(any ...Permission) bool {
	for _, want := range any {
		if _, ok := p.permissions[want]; ok {
			return true
		}
	}
	if _, ok := p.permissions[everything]; !ok {
		return false
	}
	for _, want := range any {
		resource, _, _ := strings.Cut(string(want), ".")
		if everythingCovers[resource] {
			return true
		}
	}
	return false
}

// Holds tells whether p holds any permission of a resource, which is what stands before a
// permission's first dot. "*" is of none.
func (p *Principal) Holds(resource string) bool {
	for held := range p.permissions {
		if of, _, dotted := strings.Cut(string(held), "."); dotted && of == resource {
			return true
		}
	}
	return false
}

type contextKey struct{}

// With returns a context whose caller is p.
func With(ctx context.Context, p *Principal) context.Context {
	return context.WithValue(ctx, contextKey{}, p)
}

// From returns the caller; Nobody when the call did not come through a Door.
func From(ctx context.Context) *Principal {
	if p, ok := ctx.Value(contextKey{}).(*Principal); ok {
		return p
	}
	return Nobody
}

// Require returns the caller when it belongs to a tenant and holds one of the
// permissions, else a fault that names the first of them.
func Require(ctx context.Context, any ...Permission) (*Principal, error) {
	p := From(ctx)
	if p.Tenant == tenant.None {
		return nil, fault.PermissionDenied(fault.ReasonPermission, "this method serves tenants; use a tenant's credential")
	}
	if !p.Allows(any...) {
		return nil, Denied(any[0])
	}
	return p, nil
}

// Denied is the fault for a caller without a permission.
func Denied(missing Permission) error {
	return fault.PermissionDenied(fault.ReasonPermission, "you need the permission %s", missing).With("permission", string(missing))
}

// RequireOperator refuses every caller but the internal listener's.
func RequireOperator(ctx context.Context) error {
	if From(ctx).Kind != KindOperator {
		return fault.PermissionDenied(fault.ReasonPermission, "this method is for the operator, on the internal listener")
	}
	return nil
}
