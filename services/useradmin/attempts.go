package useradmin

import (
	"time"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
)

// maxFailures wrong passwords within lockTime lock an account's logins until that is over.
const (
	maxFailures = 5
	lockTime    = 15 * time.Minute
)

// attemptsEnd is when they are forgotten.
func attemptsEnd(m *storev1.LoginAttempts) time.Time {
	return time.UnixMilli(m.GetSinceMs()).Add(lockTime)
}
