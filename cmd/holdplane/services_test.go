package main

import (
	"slices"
	"testing"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/auth"
)

// A method is opened by what its service says, or else by root keys; one of nobody by nothing.
func TestAccepted(t *testing.T) {
	own := services
	t.Cleanup(func() { services = own })
	people := []auth.Credential{{Kind: auth.KindSignedSession, Audience: "people"}}
	services = append(slices.Clip(services), serviceSpec{name: "notes", proto: "holdplane.notes.", accepts: func(method string) []auth.Credential {
		if method == "/holdplane.notes.v1.NoteService/Shut" {
			return nil
		}
		return people
	}})
	for method, want := range map[string][]auth.Credential{
		identityv1.IdentityService_GetIdentity_FullMethodName: {{Kind: auth.KindRootKey}},
		"/holdplane.notes.v1.NoteService/Read":                people,
		"/holdplane.notes.v1.NoteService/Shut":                nil,
		"/holdplane.notesx.v1.NoteService/Read":               nil,
		"holdplane.notes.v1.NoteService/Read":                 nil,
		"/grpc.health.v1.Health/Watch":                        nil,
	} {
		if got := accepted(method); !slices.Equal(got, want) {
			t.Errorf("%s is opened by %v, want %v", method, got, want)
		}
	}
}
