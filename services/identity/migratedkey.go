package identity

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// newMigrated makes a draft of a key that was made elsewhere. Roles and permissions that
// are missing are made where create says so.
func newMigrated(ctx context.Context, of tenant.ID, m *identityv1.MigratedKey, create bool) (*draft, error) {
	digest, err := migratedDigest(m)
	if err != nil {
		return nil, err
	}
	d := newDraft(ctx, of, m.GetApiId())
	if err := d.takeV1(m, m.Remaining); err != nil {
		return nil, err
	}
	if m.Enabled != nil {
		d.key.Enabled = m.GetEnabled()
	}
	d.key.Digest, d.key.Plaintext, d.key.Prefix = digest, m.GetPlaintext(), m.GetPrefix()
	d.key.Start = migratedStart(m)
	d.owner = newOwner(ctx, cmp.Or(m.GetExternalId(), m.GetOwnerId()))
	d.grant(ctx, words(create, m.GetPermissions()), words(create, m.GetRoles()))
	return d, nil
}

// migratedDigest is that of the key, or the one given in its place.
func migratedDigest(m *identityv1.MigratedKey) ([]byte, error) {
	switch {
	case m.GetPlaintext() != "" && m.GetHash() != nil:
		return nil, fault.InvalidArgument(reasonKeyInvalid, "provide either `hash` or `plaintext`, not both")
	case m.GetPlaintext() != "":
		digest := auth.DigestOf(m.GetPlaintext())
		return digest[:], nil
	case m.GetHash() == nil:
		return nil, fault.InvalidArgument(reasonKeyInvalid, "provide either `hash` or `plaintext`")
	}
	return parseDigest(m.GetHash().GetValue())
}

// parseDigest reads a SHA-256 as base64, or as the 64 hexadecimal digits that many tools
// print. No text is both.
func parseDigest(text string) ([]byte, error) {
	if b, err := hex.DecodeString(text); err == nil && len(b) == sha256.Size {
		return b, nil
	}
	plain := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
	b, err := base64.RawStdEncoding.Strict().DecodeString(plain)
	if err != nil || len(b) != sha256.Size || strings.ContainsAny(text, "\r\n") {
		return nil, fault.InvalidArgument(reasonKeyInvalid, "hash: must be a SHA-256 in base64")
	}
	return b, nil
}

// migratedStart is what lists show of a key: what the caller says, or its first
// characters, but never more than a quarter of it.
func migratedStart(m *identityv1.MigratedKey) string {
	if m.GetStart() != "" || m.GetPlaintext() == "" {
		return m.GetStart()
	}
	prefix, body := "", m.GetPlaintext()
	if rest, ok := strings.CutPrefix(body, m.GetPrefix()+"_"); ok && m.GetPrefix() != "" {
		prefix, body = m.GetPrefix()+"_", rest
	}
	letters := []rune(body)
	return prefix + string(letters[:min(formV2.shown, len(letters)/4)])
}
