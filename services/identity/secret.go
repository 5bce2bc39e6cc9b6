package identity

import (
	"crypto/rand"
	"math/big"
	"strings"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/auth"
)

// defaultKeyBytes is how many random bytes a key has when nobody asks.
const defaultKeyBytes = 16

// keyForm is how a version of Unkey's API writes keys.
type keyForm struct {
	// marked puts the form's number and the length before the random bytes, as v1 does.
	marked bool
	// shown is how many characters after prefix and underscore are shown in lists, so
	// that people can tell keys apart: far too few to guess the rest by.
	shown int
}

var (
	formV1 = keyForm{marked: true, shown: 4}
	formV2 = keyForm{shown: 4}
)

// fill makes a fresh secret, keeps what is kept of it in key, and returns it. prefix may
// be empty; size is in bytes, at most 255.
func (f keyForm) fill(key *storev1.Key, prefix string, size int) (secret string) {
	random := make([]byte, size)
	rand.Read(random)
	if f.marked {
		random = append([]byte{1, byte(size)}, random...)
	}
	secret = base58(random)
	shown := f.shown
	if prefix != "" {
		secret, shown = prefix+"_"+secret, len(prefix)+1+shown
	} else if f.marked {
		shown++
	}
	digest := auth.DigestOf(secret)
	key.Digest, key.Start = digest[:], secret[:shown]
	key.Prefix, key.ByteLength = prefix, int32(size)
	return secret
}

// The digits of math/big and those of base58 as Bitcoin has it, which leaves out what
// looks alike.
const (
	bigDigits    = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	base58Digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
)

func base58(b []byte) string {
	zeros := 0
	for zeros < len(b) && b[zeros] == 0 {
		zeros++
	}
	digits := ""
	if zeros < len(b) {
		digits = new(big.Int).SetBytes(b).Text(len(base58Digits))
	}
	return strings.Repeat(base58Digits[:1], zeros) + strings.Map(func(d rune) rune {
		return rune(base58Digits[strings.IndexRune(bigDigits, d)])
	}, digits)
}
