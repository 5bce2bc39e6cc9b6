package auth

import (
	"context"
	"crypto/sha256"
	"slices"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"github.com/holdplane/holdplane/pkg/fault"
)

// Digest is the SHA-256 of a credential: all that is stored of one, or sent on.
type Digest [sha256.Size]byte

// DigestOf returns the digest of a credential as the caller sent it.
func DigestOf(credential string) Digest { return sha256.Sum256([]byte(credential)) }

// Verifier tells whose credential a digest belongs to. Unknown, expired and revoked
// ones are faults with code Unauthenticated.
type Verifier interface {
	Verify(ctx context.Context, d Digest) (*Principal, error)
}

// Door authenticates the callers of tenants' services.
type Door struct {
	// Verifier knows the credentials.
	Verifier Verifier
	// Public are the full names of methods that need no credential.
	Public map[string]bool
	// Accept returns the credentials that open a method, by its full name: RootKeys, or
	// what the product of the method has.
	Accept func(method string) []Credential
}

// Credential is what opens a method: a root key, or a session for an audience.
type Credential struct {
	Kind Kind
	// Audience is what the session must have been issued for. A session opens nothing that
	// does not name its audience. Root keys have none.
	Audience string
}

// RootKeys has root keys open every method, and nothing else any.
func RootKeys(string) []Credential { return rootKeys }

var rootKeys = []Credential{{Kind: KindRootKey}}

// MaxCredentialLen bounds what is hashed for an unknown caller, in bytes. The longest
// credential is a JWT with a user's claims; none longer is issued.
const MaxCredentialLen = 16 << 10

// Unary is the interceptor. Faults leave it as they are.
func (d *Door) Unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	if d.Public[info.FullMethod] {
		return handler(With(ctx, Nobody), req)
	}
	p, err := d.admit(ctx, info.FullMethod)
	if err != nil {
		return nil, err
	}
	return handler(With(ctx, p), req)
}

func (d *Door) admit(ctx context.Context, method string) (*Principal, error) {
	credential, err := bearer(ctx)
	if err != nil {
		return nil, err
	}
	p, err := d.Verifier.Verify(ctx, DigestOf(credential))
	if err != nil {
		return nil, err
	}
	if !p.opens(d.Accept(method)) {
		return nil, fault.Unauthenticated(fault.ReasonCredentialKind, "the credential is of a kind, or for an audience, that is not accepted here")
	}
	return p, nil
}

// opens tells whether the caller's credential is one of some. A session without an audience
// opens nothing, whatever they say, and neither does a root key with one.
func (p *Principal) opens(some []Credential) bool {
	switch p.Kind {
	case KindRootKey, KindSignedSession, KindOpaqueSession:
		isSession := p.Kind != KindRootKey
		return isSession == (p.Audience != "") && slices.Contains(some, Credential{p.Kind, p.Audience})
	}
	return false
}

// bearer reads the one credential of a call. Dialects have texts of their own, by reason.
func bearer(ctx context.Context) (string, error) {
	values := metadata.ValueFromIncomingContext(ctx, "authorization")
	if len(values) == 0 {
		return "", fault.Unauthenticated(fault.ReasonCredentialAbsent, "a credential is required: send authorization with Bearer and the credential")
	}
	if len(values) > 1 {
		return "", fault.Unauthenticated(fault.ReasonCredentialBad, "send one authorization header, not %d", len(values))
	}
	scheme, credential, ok := strings.Cut(values[0], " ")
	if !ok || !strings.EqualFold(scheme, "bearer") || strings.TrimSpace(credential) == "" {
		return "", fault.Unauthenticated(fault.ReasonCredentialAbsent, "a credential is required: send authorization with Bearer and the credential")
	}
	if len(credential) > MaxCredentialLen {
		return "", fault.Unauthenticated(fault.ReasonCredentialBad, "the credential is not valid")
	}
	return strings.TrimSpace(credential), nil
}

// AsOperator is the interceptor of the internal listener: whoever can open it is the
// operator.
func AsOperator(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	return handler(With(ctx, Operator), req)
}
