package useradmin_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/totp"
)

// inEnrolled runs a test where ann's logins need a code, and returns her recovery codes.
func inEnrolled(t *testing.T, test func(t *testing.T, d door, recovery []string)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		_, d := loginWorld(t)
		codes, digests := totp.NewRecoveryCodes()
		d.enrol(t, "ann", digests...)
		test(t, d, codes)
	})
}

func TestCodes(t *testing.T) {
	inEnrolled(t, func(t *testing.T, d door, recovery []string) {
		now := codeAt(time.Now())
		for _, c := range []struct {
			name, password, code string
			in                   bool
		}{
			{"none", goodPassword, "", false},
			{"the present one with a wrong password", "wrong", now, false},
			{"the present one", goodPassword, now, true},
			{"the present one again", goodPassword, now, false},
			{"the present one spelled otherwise", goodPassword, now[:3] + " " + now[3:], false},
			{"the one before", goodPassword, codeAt(time.Now().Add(-30 * time.Second)), false},
			{"the next", goodPassword, codeAt(time.Now().Add(30 * time.Second)), true},
			{"a recovery code", goodPassword, recovery[3], true},
			{"the same recovery code", goodPassword, recovery[3], false},
			{"another recovery code", goodPassword, recovery[9], true},
		} {
			_, err := d.login(t.Context(), "annie", c.password, c.code)
			if c.in {
				expect(t, err, codes.OK)
			} else {
				wantRefused(t, err)
			}
			if (err == nil) != c.in {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		time.Sleep(time.Minute)
		_, err := d.login(t.Context(), "annie", goodPassword, codeAt(time.Now()))
		expect(t, err, codes.OK)
	})
}

func TestWrongCodesLock(t *testing.T) {
	inEnrolled(t, func(t *testing.T, d door, recovery []string) {
		for i := range 5 {
			_, err := d.login(t.Context(), "annie", goodPassword, fmt.Sprintf("%06d", i))
			wantRefused(t, err)
		}
		_, err := d.login(t.Context(), "annie", goodPassword, codeAt(time.Now()))
		wantRefused(t, err)
		_, err = d.login(t.Context(), "annie", goodPassword, recovery[0])
		wantRefused(t, err)
		wantHashes(t, 5, d)
	})
}

// Of many who use one code at once in several processes, one gets in.
func TestParallelCodes(t *testing.T) {
	w, d := loginWorld(t)
	recovery, digests := totp.NewRecoveryCodes()
	d.enrol(t, "ann", digests...)
	doors := threeDoors(w)
	for _, code := range []string{codeAt(time.Now()), recovery[0]} {
		var calls sync.WaitGroup
		var in atomic.Int32
		for _, d := range doors {
			for range 3 {
				calls.Go(func() {
					if _, err := d.login(t.Context(), "annie", goodPassword, code); err == nil {
						in.Add(1)
					}
				})
			}
		}
		calls.Wait()
		if in.Load() != 1 {
			t.Errorf("%d got in with one code", in.Load())
		}
	}
}

// Where no code is needed, one that is sent says nothing.
func TestCodesThatNobodyNeeds(t *testing.T) {
	_, d := loginWorld(t)
	d.enrol(t, "ann")
	d.change(t, "ann", func(u *storev1.User) { u.Totp = false })
	var calls sync.WaitGroup
	for range 20 {
		calls.Go(func() {
			_, err := d.login(t.Context(), "annie", goodPassword, "000000")
			expect(t, err, codes.OK)
		})
	}
	calls.Wait()
}
