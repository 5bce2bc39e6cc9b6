package identity_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
)

// FuzzDigest imports keys by any text: what is taken for a digest has 32 bytes in one of
// the forms that tools print, and is known again in another.
func FuzzDigest(f *testing.F) {
	d := sha256.Sum256([]byte("key"))
	for _, seed := range []string{base64.StdEncoding.EncodeToString(d[:]), base64.RawURLEncoding.EncodeToString(d[:]), hex.EncodeToString(d[:]), "", "====", "\n", strings.Repeat("A", 43)} {
		f.Add(seed)
	}
	k := newWorld(f, nil).keyring("a")
	imports := identityv1.NewImportServiceClient(k.internal)
	f.Fuzz(func(t *testing.T, text string) {
		key := &identityv1.ImportedKey{Key: &identityv1.MigratedKey{ApiId: k.api, Hash: &identityv1.KeyHash{Value: text, Variant: "sha256_base64"}}}
		r, err := imports.ImportKeys(t.Context(), &identityv1.ImportKeysRequest{Tenant: k.tenant, Keys: []*identityv1.ImportedKey{key}})
		if err != nil {
			if status.Code(err) != codes.InvalidArgument {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		digest := decoded(text)
		if got := r.GetResults()[0]; len(digest) != sha256.Size {
			if got.GetRefused() == "" {
				t.Fatalf("%q is taken for a digest", text)
			}
			return
		}
		key.Key.Hash.Value = hex.EncodeToString(digest)
		r, err = imports.ImportKeys(t.Context(), &identityv1.ImportKeysRequest{Tenant: k.tenant, Keys: []*identityv1.ImportedKey{key}})
		if err != nil || !r.GetResults()[0].GetExisted() {
			t.Fatalf("%q is not known again: %v, %v", text, r, err)
		}
	})
}

// decoded reads a digest as any of its forms.
func decoded(text string) []byte {
	if b, err := hex.DecodeString(text); err == nil && len(b) == sha256.Size {
		return b
	}
	if strings.ContainsAny(text, "\r\n") {
		return nil
	}
	bare := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
	b, err := base64.RawStdEncoding.Strict().DecodeString(bare)
	if err != nil {
		return nil
	}
	return b
}

// FuzzKeyCursor asks for pages of keys that start anywhere.
func FuzzKeyCursor(f *testing.F) {
	k := newWorld(f, nil).keyring("a")
	for range 3 {
		k.make(&identityv1.CreateKeyRequest{})
	}
	limit := int32(1)
	v1, err := k.apis.ListKeys(k.ctx, &identityv1.ListKeysRequest{ApiId: k.api, Limit: &limit})
	if err != nil {
		f.Fatal(err)
	}
	v2, err := k.apisV2.ListKeys(k.ctx, &identityv2.ListKeysRequest{ApiId: k.api, Limit: &limit})
	if err != nil {
		f.Fatal(err)
	}
	right := map[string]bool{v1.GetCursor(): true, v2.GetPagination().GetCursor(): true, "": true}
	for seed := range right {
		f.Add(seed)
	}
	f.Add("AA==")
	f.Fuzz(func(t *testing.T, cursor string) {
		_, err1 := k.apis.ListKeys(k.ctx, &identityv1.ListKeysRequest{ApiId: k.api, Cursor: &cursor})
		_, err2 := k.apisV2.ListKeys(k.ctx, &identityv2.ListKeysRequest{ApiId: k.api, Cursor: &cursor})
		for _, err := range []error{err1, err2} {
			if code := status.Code(err); code != codes.InvalidArgument && (code != codes.OK || !right[cursor]) {
				t.Fatalf("%q: %v", cursor, err)
			}
		}
	})
}
