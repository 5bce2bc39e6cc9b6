package main

import (
	"context"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	"github.com/holdplane/holdplane/pkg/id"
)

// identityRows are those of identities and liveness.
var identityRows = map[string]row{
	identityv1.IdentityService_CreateIdentity_FullMethodName: {permission: "identity.*.create_identity", request: func(*testing.T, *world) proto.Message {
		return &identityv1.CreateIdentityRequest{ExternalId: id.New("user")}
	}},
	identityv1.IdentityService_GetIdentity_FullMethodName: {permission: "identity.*.read_identity", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &identityv1.GetIdentityRequest{IdentityId: proto.String(w.identity(t))}
	}},
	identityv1.IdentityService_ListIdentities_FullMethodName: {permission: "identity.*.read_identity", request: func(*testing.T, *world) proto.Message {
		return &identityv1.ListIdentitiesRequest{}
	}},
	identityv1.IdentityService_UpdateIdentity_FullMethodName: {permission: "identity.*.update_identity", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &identityv1.UpdateIdentityRequest{IdentityId: proto.String(w.identity(t)), Meta: `{"a":1}`}
	}},
	identityv1.IdentityService_DeleteIdentity_FullMethodName: {permission: "identity.*.delete_identity", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &identityv1.DeleteIdentityRequest{IdentityId: w.identity(t)}
	}},
	identityv1.LivenessService_GetLiveness_FullMethodName: {door: anyone, request: func(*testing.T, *world) proto.Message {
		return &identityv1.GetLivenessRequest{}
	}},
	identityv2.IdentityService_CreateIdentity_FullMethodName: {permission: "identity.*.create_identity", request: func(*testing.T, *world) proto.Message {
		return &identityv2.CreateIdentityRequest{ExternalId: id.New("user")}
	}},
	identityv2.IdentityService_GetIdentity_FullMethodName: {permission: "identity.*.read_identity", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &identityv2.GetIdentityRequest{Identity: w.identity(t)}
	}},
	identityv2.IdentityService_ListIdentities_FullMethodName: {permission: "identity.*.read_identity", request: func(*testing.T, *world) proto.Message {
		return &identityv2.ListIdentitiesRequest{}
	}},
	identityv2.IdentityService_UpdateIdentity_FullMethodName: {permission: "identity.*.update_identity", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &identityv2.UpdateIdentityRequest{Identity: w.identity(t), Meta: `{"a":1}`}
	}},
	identityv2.IdentityService_DeleteIdentity_FullMethodName: {permission: "identity.*.delete_identity", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &identityv2.DeleteIdentityRequest{Identity: w.identity(t)}
	}},
	identityv2.LivenessService_GetLiveness_FullMethodName: {door: anyone, request: func(*testing.T, *world) proto.Message {
		return &identityv2.GetLivenessRequest{}
	}},
}

// asOwner is a context with the owner's key.
func (w *world) asOwner(t *testing.T) context.Context {
	return metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+w.right)
}

// identity makes an identity of the owner's.
func (w *world) identity(t *testing.T) string {
	r, err := identityv1.NewIdentityServiceClient(w.public).CreateIdentity(w.asOwner(t), &identityv1.CreateIdentityRequest{ExternalId: id.New("user")})
	if err != nil {
		t.Fatal(err)
	}
	return r.GetIdentityId()
}
