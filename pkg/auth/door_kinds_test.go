package auth_test

import (
	"fmt"
	"slices"
	"testing"

	"google.golang.org/grpc/metadata"

	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
)

// kinds are all there are, and one that is not.
var kinds = []auth.Kind{
	auth.KindNone, auth.KindRootKey, auth.KindSignedSession, auth.KindOpaqueSession, auth.KindOperator, auth.KindOperator + 1,
}

var audiences = []string{"", "people", "secrets", "People"}

// everyCredential is every kind for every audience.
func everyCredential() (all []auth.Credential) {
	for _, k := range kinds {
		for _, a := range audiences {
			all = append(all, auth.Credential{Kind: k, Audience: a})
		}
	}
	return all
}

// real are the credentials that somebody can hold. Each opens the door that names it.
var real = []auth.Credential{
	{Kind: auth.KindRootKey},
	{Kind: auth.KindSignedSession, Audience: "people"}, {Kind: auth.KindSignedSession, Audience: "secrets"}, {Kind: auth.KindSignedSession, Audience: "People"},
	{Kind: auth.KindOpaqueSession, Audience: "people"}, {Kind: auth.KindOpaqueSession, Audience: "secrets"}, {Kind: auth.KindOpaqueSession, Audience: "People"},
}

// Every credential is tried at every door: those that name one of all, and those that name
// two of them.
func TestCredentialsOpenTheirOwnDoorsOnly(t *testing.T) {
	all := everyCredential()
	doors := [][]auth.Credential{nil, auth.RootKeys("/s/M"), all}
	for _, c := range all {
		doors = append(doors, []auth.Credential{c}, []auth.Credential{{Kind: auth.KindRootKey}, c})
	}
	var opened int
	for _, accepts := range doors {
		for _, c := range all {
			p := &auth.Principal{Kind: c.Kind, Audience: c.Audience, Tenant: "ws_1", Subject: "holder"}
			err := try(t, accepts, p)
			want := slices.Contains(real, c) && slices.Contains(accepts, c)
			switch {
			case err == nil && want:
				opened++
			case err == nil:
				t.Errorf("%v opens a door for %v", c, accepts)
			case want || fault.From(err).Reason != fault.ReasonCredentialKind:
				t.Errorf("%v at a door for %v: %v", c, accepts, err)
			}
		}
	}
	// Each opens the door for all, and the two that name it; root keys further all that name
	// them beside another: RootKeys, and one for each credential.
	if want := 3*len(real) + 1 + len(all) - 1; opened != want {
		t.Errorf("%d doors opened, want %d", opened, want)
	}
}

// try brings a caller to a door, and says why it stays shut.
func try(t *testing.T, accepts []auth.Credential, p *auth.Principal) error {
	t.Helper()
	d := &auth.Door{
		Verifier: known{auth.DigestOf("secret"): p},
		Accept:   func(string) []auth.Credential { return accepts },
	}
	ctx := metadata.NewIncomingContext(t.Context(), metadata.Pairs("authorization", "Bearer secret"))
	seen, err := enter(ctx, d.Unary, "/s/M")
	if err == nil && seen != p {
		return fmt.Errorf("the handler saw %v", seen)
	}
	return err
}
