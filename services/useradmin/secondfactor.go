package useradmin

import (
	"encoding/base32"
	"slices"
	"time"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/totp"
)

// base32Secret is how secrets of authenticators are stored.
var base32Secret = base32.StdEncoding.WithPadding(base32.NoPadding)

// useCode tells whether a code is right, and marks it in f as used. Nobody has a code who has
// not enrolled.
func useCode(f *storev1.SecondFactor, code string, now time.Time) bool {
	if step, ok := totp.Verify(secretOf(f.GetSecret()), code, f.GetLastStep(), now); ok {
		f.LastStep = step
		return true
	}
	if i := totp.MatchRecovery(f.GetRecoveryDigests(), code); i >= 0 {
		f.RecoveryDigests = slices.Delete(f.GetRecoveryDigests(), i, i+1)
		return true
	}
	return false
}
