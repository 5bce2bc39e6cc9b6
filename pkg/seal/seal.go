// Package seal keeps data unreadable to whoever holds only the disk.
//
// Keys come in levels: one master key per installation, kept outside the data, seals
// a keyset per service, which seals a keyset per tenant. What is sealed is bound to
// its place by associated data (aad): it opens nowhere else.
package seal

import "errors"

// Overhead is how many bytes a Keyset's Seal adds to its plaintext.
const Overhead = 5 + masterOverhead // tink's key id, then as below

// masterOverhead is a nonce and a tag of XChaCha20-Poly1305. Its nonces of 192 bits
// may be drawn at random for as long as a key lives.
const masterOverhead = 24 + 16

// ErrNotOpened is returned by Open for bytes that were not sealed by the same key with
// the same aad, or were changed since. Which of these it is cannot be told.
var ErrNotOpened = errors.New("seal: sealed with another key or for another place, or changed since")

// AEAD seals and opens. Both may be called concurrently and keep no slice they are given.
type AEAD interface {
	// Seal encrypts plaintext and binds it to aad, which is not part of the result.
	Seal(plaintext, aad []byte) ([]byte, error)
	// Open returns the plaintext, or ErrNotOpened. Another error is the driver's own,
	// such as a key service that cannot be reached.
	Open(sealed, aad []byte) ([]byte, error)
}

// Master is an installation's master key: a file, or a key that never leaves a key
// management service. It seals service keysets only and so is asked a few times a start.
type Master interface {
	AEAD
	// ID names the key in messages and tells nothing about it. It has no white space.
	ID() string
}
