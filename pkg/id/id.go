// Package id makes ids that sort by the time they were made.
//
// An id is a prefix and 16 bytes as base58: 48 bits of milliseconds and 80 bits that
// are random or, within one millisecond of a process, a random step above the last. Ids
// of one process so have the order in which they were made. Ordered ids keep a store's writes on few pages (six times cheaper durable
// puts on bbolt). An id is no capability: knowing one opens nothing.
package id

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"math/bits"
	"sync"
	"time"
)

// alphabet is base58 as Bitcoin has it; its characters ascend in ASCII, so texts of
// one length sort as the numbers do.
const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// textLen is the length of 16 bytes in base58: 58^22 > 2^128.
const textLen = 22

// New makes an id: prefix, an underscore and 22 characters.
func New(prefix string) string { return encode(prefix, made.next()) }

// UUID makes an id in the form of a UUID, for products whose ids are UUIDs: 48 bits of
// milliseconds, the version nibble 4, on which Barbican's clients insist, and 74 bits that are
// random or a step above the last. UUIDs of one process have the order in which they were made.
func UUID() string {
	v := made.next()
	var u [16]byte
	binary.BigEndian.PutUint64(u[:8], v.hi&^0xffff|0x4000|v.hi&0xffff>>4)
	binary.BigEndian.PutUint64(u[8:], 1<<63|v.hi&0xf<<58|v.lo>>6)
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

// made is the last id of this process.
var made last

// last hands out ascending ids.
type last struct {
	mu sync.Mutex
	ms uint64
	value
}

// value is the 16 bytes of an id.
type value struct{ hi, lo uint64 }

// setBack is how far, in milliseconds, the clock may fall behind and ids still ascend. A
// clock set back further is taken for right.
const setBack = 1000

// next returns an id above the last one.
func (l *last) next() value {
	var b [10]byte
	rand.Read(b[:])
	noise, step := binary.BigEndian.Uint64(b[:8]), uint64(binary.BigEndian.Uint16(b[8:]))
	ms := uint64(time.Now().UnixMilli())
	l.mu.Lock()
	defer l.mu.Unlock()
	if ms > l.ms || l.ms-ms > setBack {
		l.ms, l.value = ms, value{ms<<16 | step, noise}
		return l.value
	}
	// A step of up to 2^48 leaves room for 2^31 more, and what does not fit is a
	// millisecond of the future.
	lo, carry := bits.Add64(l.lo, noise>>16+1, 0)
	l.value = value{l.hi + carry, lo}
	l.ms = l.hi >> 16
	return l.value
}

// Secret makes an unguessable text: prefix, an underscore and 256 random bits.
func Secret(prefix string) string {
	var b [32]byte
	rand.Read(b[:])
	first := encode(prefix, value{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:16])})
	second := encode("", value{binary.BigEndian.Uint64(b[16:24]), binary.BigEndian.Uint64(b[24:])})
	return first + second[1:]
}

func encode(prefix string, v value) string {
	hi, lo := v.hi, v.lo
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
