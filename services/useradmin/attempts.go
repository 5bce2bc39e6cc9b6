package useradmin

import (
	"errors"
	"slices"
	"time"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
)

const (
	// maxFailures wrong passwords, with less than lockTime between one and the next, lock an
	// account's logins until lockTime after the last. So there are no more in any lockTime.
	maxFailures = 5
	lockTime    = 15 * time.Minute
	// pendingTime is longer than any check takes: what is pending for longer has crashed.
	pendingTime = 30 * time.Second
)

// standing is whether one more password may be checked.
type standing int

const (
	free   standing = iota
	full            // as many are being checked as may be wrong
	locked          // as many were wrong
)

// outcome is how a check ended.
type outcome int

const (
	unjudged outcome = iota // it did not take place, or compared nothing
	wrong
	right
)

// attemptsEnd is when they are forgotten.
func attemptsEnd(m *storev1.LoginAttempts) time.Time {
	last := m.GetSinceMs()
	for _, began := range m.GetPendingMs() {
		last = max(last, began)
	}
	return time.UnixMilli(last).Add(lockTime)
}

// current is what of m counts at a time. Checks that crashed were wrong.
func current(m *storev1.LoginAttempts, now time.Time) *storev1.LoginAttempts {
	c := &storev1.LoginAttempts{Failures: m.GetFailures(), SinceMs: m.GetSinceMs()}
	for _, began := range m.GetPendingMs() {
		if now.Sub(time.UnixMilli(began)) < pendingTime {
			c.PendingMs = append(c.PendingMs, began)
			continue
		}
		c.Failures++
		c.SinceMs = max(c.SinceMs, began)
	}
	if now.Sub(time.UnixMilli(c.GetSinceMs())) >= lockTime {
		c.Failures = 0
	}
	return c
}

func standingOf(m *storev1.LoginAttempts) standing {
	switch failures := int(m.GetFailures()); {
	case failures >= maxFailures:
		return locked
	case failures+len(m.GetPendingMs()) >= maxFailures:
		return full
	}
	return free
}

// lockedFor is how long an account is locked yet; 0 if it is not.
func lockedFor(m *storev1.LoginAttempts, now time.Time) time.Duration {
	if standingOf(m) != locked {
		return 0
	}
	return time.UnixMilli(m.GetSinceMs()).Add(lockTime).Sub(now)
}

// attemptsOn returns those with an account, and the row to replace: nil where there is none,
// one that has ended where it is not swept yet.
func (t *tables) attemptsOn(tx kv.Reader, account []byte, now time.Time) (m, row *storev1.LoginAttempts, err error) {
	row, err = t.attempts.Get(tx, table.Global, account)
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		return nil, nil, err
	}
	m = current(row, now)
	m.Account = account
	return m, row, nil
}

func (t *tables) putAttempts(tx kv.Writer, row, m *storev1.LoginAttempts) error {
	switch none := m.GetFailures() == 0 && len(m.GetPendingMs()) == 0; {
	case none && row == nil:
		return nil
	case none:
		return t.attempts.Delete(tx, table.Global, row)
	case row == nil:
		return t.attempts.Insert(tx, table.Global, m)
	}
	return t.attempts.Replace(tx, table.Global, row, m)
}

// reserve counts a check before it takes place, unless the account stands full, and tells how
// long the account is locked yet. A check of one that is locked compares nothing, but is
// written like others: they must cost the same.
func (t *tables) reserve(tx kv.Writer, account []byte, now time.Time) (standing, time.Duration, error) {
	m, row, err := t.attemptsOn(tx, account, now)
	if err != nil {
		return free, 0, err
	}
	is, left := standingOf(m), lockedFor(m, now)
	if is == full {
		return full, 0, nil
	}
	m.PendingMs = append(m.PendingMs, now.UnixMilli())
	return is, left, t.putAttempts(tx, row, m)
}

// settle puts a check's outcome in the place of what reserve counted. What was right clears
// the failures. It tells how the account stands then.
func (t *tables) settle(tx kv.Writer, account []byte, began, now time.Time, o outcome) (standing, error) {
	m, row, err := t.attemptsOn(tx, account, now)
	if err != nil {
		return free, err
	}
	if i := slices.Index(m.GetPendingMs(), began.UnixMilli()); i >= 0 {
		m.PendingMs = slices.Delete(m.PendingMs, i, i+1)
	}
	switch o {
	case wrong:
		m.Failures, m.SinceMs = m.GetFailures()+1, now.UnixMilli()
	case right:
		m.Failures = 0
	}
	return standingOf(m), t.putAttempts(tx, row, m)
}
