package main

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	"github.com/holdplane/holdplane/pkg/id"
)

// ratelimitRows are those of rate limits and overrides.
var ratelimitRows = map[string]row{
	identityv1.RatelimitService_Limit_FullMethodName: {permission: "ratelimit.*.limit", request: func(t *testing.T, w *world) proto.Message {
		w.override(t)
		return &identityv1.LimitRequest{Namespace: proto.String(namespace), Identifier: "user_1", Limit: 1000, Duration: 60_000}
	}},
	identityv1.RatelimitService_SetOverride_FullMethodName: {permission: "ratelimit.*.set_override", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		w.override(t)
		return &identityv1.SetOverrideRequest{NamespaceName: proto.String(namespace), Identifier: "user_1", Limit: 1, Duration: 1000}
	}},
	identityv1.RatelimitService_GetOverride_FullMethodName: {permission: "ratelimit.*.read_override", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &identityv1.GetOverrideRequest{NamespaceName: proto.String(namespace), Identifier: w.override(t)}
	}},
	identityv1.RatelimitService_ListOverrides_FullMethodName: {permission: "ratelimit.*.read_override", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		w.override(t)
		return &identityv1.ListOverridesRequest{NamespaceName: proto.String(namespace)}
	}},
	identityv1.RatelimitService_DeleteOverride_FullMethodName: {permission: "ratelimit.*.delete_override", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &identityv1.DeleteOverrideRequest{NamespaceName: proto.String(namespace), Identifier: w.override(t)}
	}},
	identityv2.RatelimitService_Limit_FullMethodName: {permission: "ratelimit.*.limit", request: func(t *testing.T, w *world) proto.Message {
		w.override(t)
		return &identityv2.LimitRequest{Namespace: namespace, Identifier: "user_1", Limit: 1000, Duration: 60_000}
	}},
	identityv2.RatelimitService_MultiLimit_FullMethodName: {permission: "ratelimit.*.limit", request: func(t *testing.T, w *world) proto.Message {
		w.override(t)
		return &identityv2.MultiLimitRequest{Checks: []*identityv2.MultiLimitCheck{{Namespace: namespace, Identifier: "user_1", Limit: 1000, Duration: 60_000}}}
	}},
	identityv2.RatelimitService_SetOverride_FullMethodName: {permission: "ratelimit.*.set_override", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		w.override(t)
		return &identityv2.SetOverrideRequest{Namespace: namespace, Identifier: "user_1", Limit: 1, Duration: 1000}
	}},
	identityv2.RatelimitService_GetOverride_FullMethodName: {permission: "ratelimit.*.read_override", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &identityv2.GetOverrideRequest{Namespace: namespace, Identifier: w.override(t)}
	}},
	identityv2.RatelimitService_ListOverrides_FullMethodName: {permission: "ratelimit.*.read_override", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		w.override(t)
		return &identityv2.ListOverridesRequest{Namespace: namespace}
	}},
	identityv2.RatelimitService_DeleteOverride_FullMethodName: {permission: "ratelimit.*.delete_override", foreign: codes.NotFound, request: func(t *testing.T, w *world) proto.Message {
		return &identityv2.DeleteOverrideRequest{Namespace: namespace, Identifier: w.override(t)}
	}},
}

// namespace is one of the owner's; strangers that limit in it make their own.
const namespace = "authorization"

// override makes an override of the owner's, and the namespace where it is missing.
func (w *world) override(t *testing.T) (identifier string) {
	c, identifier := identityv2.NewRatelimitServiceClient(w.public), id.New("user")
	if _, err := c.Limit(w.asOwner(t), &identityv2.LimitRequest{Namespace: namespace, Identifier: identifier, Limit: 1, Duration: 1000}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.SetOverride(w.asOwner(t), &identityv2.SetOverrideRequest{Namespace: namespace, Identifier: identifier, Limit: 1, Duration: 1000}); err != nil {
		t.Fatal(err)
	}
	return identifier
}
