package identity_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/ratelimit/memlimit"
)

// rich makes a key with all that a verdict can tell of one.
func (k *keyring) rich(end int64) (made *identityv2.CreateKeyResponse, identityID string) {
	k.t.Helper()
	i, err := identityv2.NewIdentityServiceClient(k.public).CreateIdentity(k.ctx, &identityv2.CreateIdentityRequest{ExternalId: "user_1", Meta: `{"tier":1}`})
	if err != nil {
		k.t.Fatal(err)
	}
	rbac := identityv2.NewPermissionServiceClient(k.public)
	if _, err := rbac.CreatePermission(k.ctx, &identityv2.CreatePermissionRequest{Name: "read", Slug: "doc.read"}); err != nil {
		k.t.Fatal(err)
	}
	if _, err := rbac.CreateRole(k.ctx, &identityv2.CreateRoleRequest{Name: "reader"}); err != nil {
		k.t.Fatal(err)
	}
	if _, err := rbac.SetRolePermissions(k.ctx, &identityv2.SetRolePermissionsRequest{RoleId: "reader", Permissions: []string{"doc.read"}}); err != nil {
		k.t.Fatal(err)
	}
	made, err = k.keysV2.CreateKey(k.ctx, &identityv2.CreateKeyRequest{
		ApiId: k.api, Name: proto.String("phone"), ExternalId: proto.String("user_1"), Meta: `{"plan":"pro"}`, Expires: &end,
		Roles: []string{"reader"}, Permissions: []string{"doc.write"}, Credits: &identityv2.KeyCredits{Remaining: proto.Int64(9)},
	})
	if err != nil {
		k.t.Fatal(err)
	}
	return made, i.GetIdentityId()
}

func TestWholeVerdicts(t *testing.T) {
	k := newWorld(t, nil).keyring("ws_a")
	end := time.Now().Add(time.Hour).UnixMilli()
	made, id := k.rich(end)
	got1 := k.verifyV1(&identityv1.VerifyKeyRequest{Key: made.GetKey()})
	want1 := &identityv1.VerifyKeyResponse{
		Valid: true, Code: "VALID", KeyId: proto.String(made.GetKeyId()), Name: proto.String("phone"), OwnerId: proto.String("user_1"),
		Meta: `{"plan":"pro"}`, Expires: &end, Remaining: proto.Int64(8), Enabled: proto.Bool(true),
		Permissions: []string{"doc.read", "doc.write"}, Roles: []string{"reader"}, RequestId: got1.GetRequestId(),
		Identity: &identityv1.VerifiedIdentity{Id: id, ExternalId: "user_1", Meta: `{"tier":1}`},
	}
	if diff := cmp.Diff(want1, got1, protocmp.Transform()); diff != "" {
		t.Errorf("v1 (-want +got):\n%s", diff)
	}
	got2 := k.verifyV2(&identityv2.VerifyKeyRequest{Key: made.GetKey()})
	want2 := &identityv2.VerifyKeyResponse{
		Valid: true, Code: "VALID", KeyId: proto.String(made.GetKeyId()), Name: proto.String("phone"), Meta: `{"plan":"pro"}`,
		Expires: &end, Credits: proto.Int64(7), Enabled: proto.Bool(true), Permissions: []string{"doc.read", "doc.write"},
		Roles: []string{"reader"}, Identity: &identityv2.Identity{Id: id, ExternalId: "user_1", Meta: `{"tier":1}`},
	}
	if diff := cmp.Diff(want2, got2, protocmp.Transform()); diff != "" {
		t.Errorf("v2 (-want +got):\n%s", diff)
	}
}

func TestPermissionQueries(t *testing.T) {
	k := newWorld(t, nil).keyring("ws_a")
	made, _ := k.rich(time.Now().Add(time.Hour).UnixMilli())
	for _, tt := range []struct{ tree, text, code string }{
		{`{"and":["doc.read","doc.write"]}`, "doc.read AND doc.write", "VALID"},
		{`{"or":["absent","doc.write"]}`, "absent or doc.write", "VALID"},
		{`{"and":["doc.read","absent"]}`, "doc.read AND absent", "INSUFFICIENT_PERMISSIONS"},
		{`"doc.*"`, "doc.*", "INSUFFICIENT_PERMISSIONS"},
		{`{"and":[]}`, "doc.read AND", ""},
		{`[1]`, "(doc.read", ""},
	} {
		v1, err1 := k.keys.VerifyKey(t.Context(), &identityv1.VerifyKeyRequest{Key: made.GetKey(), Authorization: &identityv1.VerifyAuthorization{Permissions: tt.tree}})
		v2, err2 := k.keysV2.VerifyKey(k.ctx, &identityv2.VerifyKeyRequest{Key: made.GetKey(), Permissions: &tt.text})
		if v1.GetCode() != tt.code || v2.GetCode() != tt.code {
			t.Errorf("%s: got %v, %v in v1 and %v, %v in v2", tt.text, v1, err1, v2, err2)
		}
		for _, err := range []error{err1, err2} {
			if f := fault.From(err); tt.code == "" && (f.Code != codes.InvalidArgument || f.Reason != "PERMISSION_QUERY_INVALID") {
				t.Errorf("%s: %v", tt.text, err)
			}
		}
	}
}

// TestChangesReachEveryProcess changes a key behind the back of a process that knows it.
func TestChangesReachEveryProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newWorld(t, nil).keyring("ws_a")
		there := *k
		there.keys = identityv1.NewKeyServiceClient(k.process(memlimit.New(memlimit.Options{})))
		made, _ := k.rich(time.Now().Add(time.Hour).UnixMilli())
		ask := &identityv1.VerifyKeyRequest{Key: made.GetKey(), Authorization: &identityv1.VerifyAuthorization{Permissions: `"doc.read"`}}
		expect := func(when, here, elsewhere string) {
			t.Helper()
			if one, two := k.verifyV1(ask).GetCode(), there.verifyV1(ask).GetCode(); one != here || two != elsewhere {
				t.Errorf("%s: got %s here and %s there, want %s and %s", when, one, two, here, elsewhere)
			}
		}
		expect("at first", "VALID", "VALID")
		if _, err := identityv2.NewPermissionServiceClient(k.public).DeleteRole(k.ctx, &identityv2.DeleteRoleRequest{Role: "reader"}); err != nil {
			t.Fatal(err)
		}
		expect("without its role", "INSUFFICIENT_PERMISSIONS", "VALID")
		time.Sleep(4 * time.Second)
		expect("a little later", "INSUFFICIENT_PERMISSIONS", "INSUFFICIENT_PERMISSIONS")
		if _, err := k.keys.DeleteKey(k.ctx, &identityv1.DeleteKeyRequest{KeyId: made.GetKeyId()}); err != nil {
			t.Fatal(err)
		}
		expect("deleted", "NOT_FOUND", "INSUFFICIENT_PERMISSIONS")
		time.Sleep(4 * time.Second)
		expect("deleted a while ago", "NOT_FOUND", "NOT_FOUND")
	})
}
