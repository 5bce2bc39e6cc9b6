package seal

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// indexKeyLen and blindLen are in bytes. 128 bits keep 10^9 values of a domain apart
// with a chance of collision of 10^-21.
const (
	indexKeyLen = 32
	blindLen    = 16
)

// Indexer makes index values that can be looked up and not read: equal values give
// equal bytes, and without the key nobody can try values out.
type Indexer struct {
	key []byte
}

// NewIndexer returns an indexer with a random key.
func NewIndexer() *Indexer {
	key := make([]byte, indexKeyLen)
	rand.Read(key) // never fails: it ends the program instead
	return &Indexer{key: key}
}

// OpenIndexer opens what SealUnder sealed. Errors are parent's.
func OpenIndexer(parent AEAD, sealed, aad []byte) (*Indexer, error) {
	key, err := parent.Open(sealed, aad)
	if err != nil {
		return nil, err
	}
	if len(key) != indexKeyLen {
		return nil, fmt.Errorf("index key has %d bytes, not %d", len(key), indexKeyLen)
	}
	return &Indexer{key: key}, nil
}

// SealUnder returns the key sealed by parent.
func (x *Indexer) SealUnder(parent AEAD, aad []byte) ([]byte, error) {
	return parent.Seal(x.key, aad)
}

// Blind returns 16 bytes that stand for the parts of a value in a domain, such as the
// index's name. It is HMAC-SHA256 over the parts with their lengths, so ("ab", "c")
// and ("a", "bc") differ.
func (x *Indexer) Blind(domain string, value ...string) []byte {
	text := make([]byte, 0, 256)
	text = appendPart(text, domain)
	for _, part := range value {
		text = appendPart(text, part)
	}
	mac := hmac.New(sha256.New, x.key)
	mac.Write(text)
	return mac.Sum(nil)[:blindLen:blindLen]
}

func appendPart(b []byte, part string) []byte {
	return append(binary.BigEndian.AppendUint64(b, uint64(len(part))), part...)
}

// Format keeps the key out of whatever prints the indexer.
func (*Indexer) Format(f fmt.State, _ rune) { printHidden(f) }
