// Package totp is the second factor: codes of an authenticator app, as RFC 6238 has them
// and every app supports them (SHA-1, 6 digits, 30 seconds), and recovery codes for who has
// lost the app.
//
// A code has 20 bits, so whoever calls Verify bounds the tries. Recovery codes have 80.
package totp

import (
	"crypto/subtle"
	"encoding/base32"
	"strings"
	"time"
	"unicode"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"github.com/holdplane/holdplane/pkg/seal"
)

const (
	digits = 6
	period = 30 // in seconds
	skew   = 1  // in steps, for clocks that differ and people who type slowly
)

// minSecret is in bytes: RFC 4226 has it, and with an empty secret everyone knows the codes.
const minSecret = 16

var b32 = base32.StdEncoding.WithPadding(base32.NoPadding)

// Verify tells whether code is the secret's at now, or at most one step of 30 seconds before
// or after, and of which step it is. Spaces in the code are ignored, as apps show them.
//
// lastStep is the step of the last code that this user got in with, 0 before the first: that
// step's code and older ones are refused. Who accepts the code stores the step in the same
// transaction, or two logins at once get in with one code.
func Verify(secret seal.Secret, code string, lastStep int64, now time.Time) (step int64, ok bool) {
	code = strings.Map(withoutSpace, code)
	if len(secret) < minSecret || len(code) != digits {
		return 0, false
	}
	key := b32.EncodeToString(secret)
	at := now.Unix() / period
	// All steps are computed, whichever matches. Of two with the same code the later one
	// counts: by the earlier the code could be used again.
	for s := at - skew; s <= at+skew; s++ {
		want, err := hotp.GenerateCodeCustom(key, uint64(s), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err != nil { // only for a key that is not base32
			return 0, false
		}
		if same := subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1; same && s > lastStep {
			step, ok = s, true
		}
	}
	return step, ok
}

func withoutSpace(r rune) rune {
	if unicode.IsSpace(r) {
		return -1
	}
	return r
}
