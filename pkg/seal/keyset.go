package seal

import (
	"bytes"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Keyset is a set of XChaCha20-Poly1305 keys: one seals, all of them open. Opening
// one costs as much as opening six values of 300 bytes: keep it while it is in use.
type Keyset struct {
	handle    *keyset.Handle
	primitive tink.AEAD
}

var _ AEAD = (*Keyset)(nil)

// NewKeyset returns a keyset with one random key.
func NewKeyset() (*Keyset, error) {
	handle, err := keyset.NewHandle(aead.XChaCha20Poly1305KeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("make a keyset: %w", err)
	}
	return newKeyset(handle)
}

// OpenKeyset opens what SealUnder sealed. Errors are parent's.
func OpenKeyset(parent AEAD, sealed, aad []byte) (*Keyset, error) {
	serialized, err := parent.Open(sealed, aad)
	if err != nil {
		return nil, err
	}
	defer clear(serialized)
	handle, err := insecurecleartextkeyset.Read(keyset.NewBinaryReader(bytes.NewReader(serialized)))
	if err != nil {
		return nil, fmt.Errorf("read a keyset: %w", err)
	}
	return newKeyset(handle)
}

func newKeyset(handle *keyset.Handle) (*Keyset, error) {
	primitive, err := aead.New(handle)
	if err != nil {
		return nil, fmt.Errorf("use a keyset: %w", err)
	}
	return &Keyset{handle: handle, primitive: primitive}, nil
}

// SealUnder returns the keyset sealed by parent. tink's own encrypted form is not used:
// it repeats the key ids outside the seal, where nothing notices a change.
func (k *Keyset) SealUnder(parent AEAD, aad []byte) ([]byte, error) {
	var serialized bytes.Buffer
	if err := insecurecleartextkeyset.Write(k.handle, keyset.NewBinaryWriter(&serialized)); err != nil {
		return nil, fmt.Errorf("write a keyset: %w", err)
	}
	defer clear(serialized.Bytes())
	return parent.Seal(serialized.Bytes(), aad)
}

// Rotated returns a keyset that seals with a new key and opens with the old ones too.
// The receiver stays as it is.
func (k *Keyset) Rotated() (*Keyset, error) {
	manager := keyset.NewManagerFromHandle(k.handle)
	id, err := manager.Add(aead.XChaCha20Poly1305KeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("add a key: %w", err)
	}
	if err := manager.SetPrimary(id); err != nil {
		return nil, fmt.Errorf("switch to a new key: %w", err)
	}
	handle, err := manager.Handle()
	if err != nil {
		return nil, fmt.Errorf("rotate a keyset: %w", err)
	}
	return newKeyset(handle)
}

// Seal implements AEAD. The result is Overhead bytes longer than plaintext.
func (k *Keyset) Seal(plaintext, aad []byte) ([]byte, error) {
	return k.primitive.Encrypt(plaintext, aad)
}

// Open implements AEAD.
func (k *Keyset) Open(sealed, aad []byte) ([]byte, error) {
	plaintext, err := k.primitive.Decrypt(sealed, aad)
	if err != nil { // tink knows one reason only
		return nil, ErrNotOpened
	}
	return plaintext, nil
}

// Format keeps the keys out of whatever prints the keyset.
func (*Keyset) Format(f fmt.State, _ rune) { printHidden(f) }
