package totp

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"strings"
	"unicode"
)

const (
	recoveryCodes = 10
	recoveryLen   = 10 // in bytes
	recoveryChars = 16 // without dashes
)

// crockford is an alphabet without I, L, O and U: what is read as one of the first three is
// a digit.
var (
	crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)
	misread   = map[rune]rune{'I': '1', 'L': '1', 'O': '0'}
)

// NewRecoveryCodes returns ten codes of 80 random bits, such as 4KQ7-ZN2M-0XVB-R9TD, to be
// shown once, and what to store of them, in the same order. SHA-256 does as a digest: so many
// bits can't be tried out.
func NewRecoveryCodes() (codes []string, digests [][]byte) {
	for range recoveryCodes {
		raw := make([]byte, recoveryLen)
		rand.Read(raw) // never fails: it ends the program instead
		codes = append(codes, grouped(crockford.EncodeToString(raw), "-"))
		digests = append(digests, digest(raw))
	}
	return codes, digests
}

// MatchRecovery returns the index of the digest that the code is of, or -1. Case, spaces and
// dashes are ignored, and I, L and O taken for the digits they look like. A code is good
// once: who accepts it removes the digest, or stores an empty one in its place, in the same
// transaction.
func MatchRecovery(digests [][]byte, code string) (index int) {
	code = strings.Map(plain, code)
	raw, err := crockford.DecodeString(code)
	if err != nil || len(code) != recoveryChars {
		return -1
	}
	index = -1
	d := digest(raw)
	for i, known := range digests {
		if subtle.ConstantTimeCompare(d, known) == 1 {
			index = i
		}
	}
	return index
}

func digest(raw []byte) []byte {
	sum := sha256.Sum256(raw)
	return sum[:]
}

// plain drops what separates groups, and undoes what a reader may have mistaken.
func plain(r rune) rune {
	if unicode.IsSpace(r) || unicode.Is(unicode.Dash, r) {
		return -1
	}
	r = unicode.ToUpper(r)
	if digit, ok := misread[r]; ok {
		return digit
	}
	return r
}
