// Package id makes ids that sort by the time they were made.
//
// An id is a prefix and 16 bytes as base58: 48 bits of milliseconds and 80 random
// bits. Ordered ids keep a store's writes on few pages (six times cheaper durable
// puts on bbolt). An id is no capability: knowing one opens nothing.
package id

import (
	"crypto/rand"
	"encoding/binary"
	"math/bits"
	"time"
)

// alphabet is base58 as Bitcoin has it; its characters ascend in ASCII, so texts of
// one length sort as the numbers do.
const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// textLen is the length of 16 bytes in base58: 58^22 > 2^128.
const textLen = 22

// New makes an id: prefix, an underscore and 22 characters.
func New(prefix string) string {
	var b [16]byte
	rand.Read(b[6:])
	ms := uint64(time.Now().UnixMilli())
	b[0], b[1] = byte(ms>>40), byte(ms>>32)
	binary.BigEndian.PutUint32(b[2:], uint32(ms))
	return encode(prefix, binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:]))
}

// Secret makes an unguessable text: prefix, an underscore and 256 random bits.
func Secret(prefix string) string {
	var b [32]byte
	rand.Read(b[:])
	first := encode(prefix, binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:16]))
	second := encode("", binary.BigEndian.Uint64(b[16:24]), binary.BigEndian.Uint64(b[24:]))
	return first + second[1:]
}

func encode(prefix string, hi, lo uint64) string {
	n := len(prefix) + 1
	b := make([]byte, n+textLen)
	copy(b, prefix)
	b[n-1] = '_'
	for i := len(b) - 1; i >= n; i-- {
		var r uint64
		hi, r = hi/58, hi%58
		lo, r = bits.Div64(r, lo, 58)
		b[i] = alphabet[r]
	}
	return string(b)
}
