package main

import (
	"cmp"
	"context"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

// owner is the tenant whose objects are asked for.
const owner = "owner"

// world is a server with one caller of each kind.
type world struct {
	*server
	tenant                             string
	right, revoked, powerless, foreign string // root keys
	person                             string // the tenant's owner
	contabo, keystone                  string // sessions of the owner
	contaboOff, keystoneOff            string // of a user who is disabled
}

func newWorld(t *testing.T) *world {
	w := &world{server: startDev(t), tenant: owner}
	_, w.right = w.newKey(t, owner, allPermissions()...)
	_, w.powerless = w.newKey(t, owner, "vault.*.read_connection")
	_, w.foreign = w.newKey(t, "stranger", allPermissions()...)
	var revokedID string
	revokedID, w.revoked = w.newKey(t, owner, allPermissions()...)
	_, err := identityv1.NewAccessServiceClient(w.internal).RevokeRootKey(t.Context(),
		&identityv1.RevokeRootKeyRequest{Tenant: owner, Id: revokedID})
	if err != nil {
		t.Fatal(err)
	}
	w.person = w.newPerson(t, true)
	w.contabo, w.keystone = w.contaboToken(t, w.person), w.keystoneToken(t, w.person)
	off := w.newPerson(t, false)
	w.contaboOff, w.keystoneOff = w.contaboToken(t, off), w.keystoneToken(t, off)
	_, err = useradminv1.NewUserServiceClient(w.public).UpdateUser(bearing(t.Context(), w.contabo), &useradminv1.UpdateUserRequest{UserId: off, Enabled: proto.Bool(false)})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// newWorldOf is a world of a tenant that has an owner already, or needs none.
func newWorldOf(t *testing.T, s *server, tenant, key string) *world {
	w := &world{server: s, tenant: tenant, right: key}
	w.person = w.newPerson(t, false)
	w.contabo, w.keystone = w.contaboToken(t, w.person), w.keystoneToken(t, w.person)
	return w
}

// bearing is a context with a credential.
func bearing(ctx context.Context, credential string) context.Context {
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+credential)
}

// caller is a kind of caller, and the code each kind of method has for it.
type caller struct {
	name string
	key  func(w *world, m protoreflect.MethodDescriptor) string
	want func(r row, m protoreflect.MethodDescriptor) codes.Code
}

var callers = []caller{
	{"no credential", as(func(*world) string { return "" }), refused},
	{"unknown key", as(func(*world) string { return "hp_root_unknown000000000" }), refused},
	{"revoked key", as(func(w *world) string { return w.revoked }), refused},
	{"key without the permission", as(func(w *world) string { return w.powerless }), func(r row, _ protoreflect.MethodDescriptor) codes.Code {
		if r.silent {
			return codes.OK
		}
		return cmp.Or(r.denied, codes.PermissionDenied)
	}},
	{"key of another tenant", as(func(w *world) string { return w.foreign }), func(r row, _ protoreflect.MethodDescriptor) codes.Code { return r.foreign }},
	{"right key", as(func(w *world) string { return w.right }), func(r row, _ protoreflect.MethodDescriptor) codes.Code { return r.right }},
	{"session of the owner", func(w *world, m protoreflect.MethodDescriptor) string { return ofProduct(m, w.contabo, w.keystone) }, bySession},
	{"session for another product", func(w *world, m protoreflect.MethodDescriptor) string { return ofProduct(m, w.keystone, w.contabo) }, refused},
	{"session of a disabled user", func(w *world, m protoreflect.MethodDescriptor) string {
		return ofProduct(m, w.contaboOff, w.keystoneOff)
	}, refused},
}

func as(key func(*world) string) func(*world, protoreflect.MethodDescriptor) string {
	return func(w *world, _ protoreflect.MethodDescriptor) string { return key(w) }
}

func refused(row, protoreflect.MethodDescriptor) codes.Code { return codes.Unauthenticated }

// bySession is the answer to the owner, who may do everything with users and secrets.
func bySession(r row, m protoreflect.MethodDescriptor) codes.Code {
	switch m.ParentFile().Package() {
	case "holdplane.useradmin.v1":
		return codes.OK // root keys are nobody's own, so right differs
	case "holdplane.secretcontainer.v1":
		return cmp.Or(r.person, r.right)
	}
	return codes.Unauthenticated // root keys only
}

// ofProduct picks the session for the product that a method is of.
func ofProduct(m protoreflect.MethodDescriptor, contabo, keystone string) string {
	switch m.Parent().Name() {
	case "KeystoneService", "ApplicationCredentialService":
		return keystone
	}
	if m.ParentFile().Package() == "holdplane.secretcontainer.v1" {
		return keystone
	}
	return contabo
}
