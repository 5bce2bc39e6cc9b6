package identity_test

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

func TestProtectedAPIs(t *testing.T) {
	k := newWorld(t, nil).keyring("a")
	stranger := k.world.keyring("b")
	admin := identityv1.NewApiAdminServiceClient(k.internal)
	protect := func(tenant, api string, on bool) error {
		return errOf(admin.ProtectApi(t.Context(), &identityv1.ProtectApiRequest{Tenant: tenant, ApiId: api, Protected: on}))
	}
	for range 2 { // again is not an error
		if err := protect("a", k.api, true); err != nil {
			t.Fatal(err)
		}
	}
	expectCode(t, protect("a", stranger.api, true), codes.NotFound)
	expectCode(t, protect("nobody", k.api, true), codes.NotFound)
	_, err := k.apis.DeleteApi(k.ctx, &identityv1.DeleteApiRequest{ApiId: k.api})
	if f := fault.From(err); f == nil || f.Code != codes.FailedPrecondition || f.Reason != "API_DELETE_PROTECTED" {
		t.Errorf("deleting a protected API: %v", err)
	}
	_, err = k.apis.DeleteApi(stranger.ctx, &identityv1.DeleteApiRequest{ApiId: k.api})
	expectCode(t, err, codes.NotFound)
	list, err := admin.ListApis(t.Context(), &identityv1.ListApisRequest{Tenant: "a"})
	if err != nil || len(list.GetApis()) != 1 || !list.GetApis()[0].GetDeleteProtected() || list.GetApis()[0].GetName() != "payments" {
		t.Errorf("list: %v, %v", list, err)
	}
	if err := protect("a", k.api, false); err != nil {
		t.Fatal(err)
	}
	if _, err := k.apis.DeleteApi(k.ctx, &identityv1.DeleteApiRequest{ApiId: k.api}); err != nil {
		t.Errorf("unprotected: %v", err)
	}
}

// Nobody but the operator reaches what is internal, whatever the key.
func TestInternalServicesAreNotPublic(t *testing.T) {
	k := newWorld(t, nil).keyring("a")
	_, err := identityv1.NewApiAdminServiceClient(k.public).ListApis(k.ctx, &identityv1.ListApisRequest{Tenant: "a"})
	expectCode(t, err, codes.Unimplemented)
	_, err = identityv1.NewImportServiceClient(k.public).ImportKeys(k.ctx, &identityv1.ImportKeysRequest{
		Tenant: "a", Keys: []*identityv1.ImportedKey{{Key: &identityv1.MigratedKey{ApiId: k.api, Plaintext: proto.String("p")}}},
	})
	expectCode(t, err, codes.Unimplemented)
}
