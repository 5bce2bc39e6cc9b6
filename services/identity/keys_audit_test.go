package identity_test

import (
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/prototext"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	operationsv1 "github.com/holdplane/holdplane/gen/holdplane/operations/v1"
	"github.com/holdplane/holdplane/services/identity"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
)

// records are the tenant's audit records, newest first.
func (k *keyring) records() []*operationsv1.AuditRecord {
	k.t.Helper()
	r, err := operationsv1.NewAuditServiceClient(k.internal).ListAuditRecords(k.t.Context(),
		&operationsv1.ListAuditRecordsRequest{Service: identity.Name, Tenant: k.tenant, PageSize: 1000})
	if err != nil {
		k.t.Fatal(err)
	}
	return r.GetRecords()
}

func (k *keyring) allEvents() (all []string) {
	k.t.Helper()
	for _, r := range k.records() {
		all = append(all, r.GetEvent())
	}
	return all
}

func TestShowingAKeyIsAudited(t *testing.T) {
	k := newWorld(t, nil).keyring("a")
	made := k.make(&identityv1.CreateKeyRequest{Recoverable: true})
	k.make(&identityv1.CreateKeyRequest{})
	decrypts := func() int {
		return len(slices.DeleteFunc(k.allEvents(), func(e string) bool { return e != "key.decrypt" }))
	}
	get := &identityv1.GetKeyRequest{KeyId: made.GetKeyId(), Decrypt: true}
	_, err := k.keys.GetKey(k.holding("api.*.read_key"), get)
	expectCode(t, err, codes.PermissionDenied)
	if shown, err := k.keys.GetKey(k.ctx, &identityv1.GetKeyRequest{KeyId: made.GetKeyId()}); err != nil || shown.GetKey().Plaintext != nil {
		t.Errorf("unasked: %v, %v", shown, err)
	}
	if n := decrypts(); n != 0 {
		t.Errorf("%d records before any key is shown", n)
	}
	shown, err := k.keys.GetKey(k.holding("api."+k.api+".read_key", "api."+k.api+".decrypt_key"), get)
	if err != nil || shown.GetKey().GetPlaintext() != made.GetKey() || decrypts() != 1 {
		t.Errorf("get: %v, %v, %d records", shown, err, decrypts())
	}
	v2, err := k.keysV2.GetKey(k.ctx, &identityv2.GetKeyRequest{KeyId: made.GetKeyId(), Decrypt: true})
	if err != nil || v2.GetKey().GetPlaintext() != made.GetKey() || decrypts() != 2 {
		t.Errorf("v2: %v, %v, %d records", v2, err, decrypts())
	}
	list, err := k.apis.ListKeys(k.ctx, &identityv1.ListKeysRequest{ApiId: k.api, Decrypt: true})
	if err != nil || len(list.GetKeys()) != 2 || decrypts() != 3 {
		t.Fatalf("list: %v, %v, %d records", list, err, decrypts())
	}
	for _, key := range list.GetKeys() {
		if key.Plaintext != nil != (key.GetId() == made.GetKeyId()) {
			t.Errorf("list shows %v", key)
		}
	}
	if r := k.records()[0]; r.GetDetails()["keys"] != made.GetKeyId() || r.GetObject() != k.api {
		t.Errorf("the record of a list is %v", r)
	}
	_, err = k.apisV2.ListKeys(k.holding("api.*.read_key", "api.*.read_api"), &identityv2.ListKeysRequest{ApiId: k.api, Decrypt: true})
	expectCode(t, err, codes.PermissionDenied)
}

func TestAuditTellsNothingSecret(t *testing.T) {
	k := newWorld(t, nil).keyring("a")
	made := k.make(&identityv1.CreateKeyRequest{
		Recoverable: true, ExternalId: proto.String("mail@example.com"), Meta: `{"planted":1}`, Name: proto.String("planted"),
	})
	if _, err := k.keys.UpdateKey(k.ctx, &identityv1.UpdateKeyRequest{KeyId: made.GetKeyId(), Meta: proto.String(`{"planted":2}`)}); err != nil {
		t.Fatal(err)
	}
	if _, err := k.keys.GetKey(k.ctx, &identityv1.GetKeyRequest{KeyId: made.GetKeyId(), Decrypt: true}); err != nil {
		t.Fatal(err)
	}
	for _, r := range k.records() {
		text := prototext.Format(r)
		for _, secret := range []string{made.GetKey(), made.GetKey()[:8], "mail@", "planted"} {
			if strings.Contains(text, secret) {
				t.Errorf("a record tells %q: %s", secret, text)
			}
		}
	}
}
