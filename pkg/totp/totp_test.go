package totp_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/holdplane/holdplane/pkg/seal"
	"github.com/holdplane/holdplane/pkg/totp"
)

// rfc is the secret of RFC 6238's test vectors for SHA-1.
var rfc = seal.Secret("12345678901234567890")

// codeOf is RFC 4226's algorithm once more.
func codeOf(secret []byte, step int64) string {
	mac := hmac.New(sha1.New, secret)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(step)))
	sum := mac.Sum(nil)
	bits := binary.BigEndian.Uint32(sum[sum[len(sum)-1]&15:]) & (1<<31 - 1)
	return fmt.Sprintf("%06d", bits%1_000_000)
}

// at is the first moment of a step.
func at(step int64) time.Time { return time.Unix(step*30, 0) }

// The RFC's vectors have eight digits; the last six are the code.
func TestRFC6238(t *testing.T) {
	for seconds, code := range map[int64]string{
		59: "94287082", 1111111109: "07081804", 1111111111: "14050471",
		1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130",
	} {
		step, ok := totp.Verify(rfc, code[2:], 0, time.Unix(seconds, 0))
		if step != seconds/30 || !ok {
			t.Errorf("at %d, %s is of step %d, %v, want step %d", seconds, code[2:], step, ok, seconds/30)
		}
	}
}

func TestSkew(t *testing.T) {
	const step = 50_000_000
	for name, tt := range map[string]struct {
		now time.Time
		ok  bool
	}{
		"two steps early, at the last moment": {at(step - 1).Add(-1), false},
		"a step early":                        {at(step - 1), true},
		"at its first moment":                 {at(step), true},
		"at its last moment":                  {at(step + 1).Add(-1), true},
		"a step late":                         {at(step + 1), true},
		"a step late, at the last moment":     {at(step + 2).Add(-1), true},
		"two steps late":                      {at(step + 2), false},
	} {
		got, ok := totp.Verify(rfc, codeOf(rfc, step), 0, tt.now)
		if ok != tt.ok || ok && got != step || !ok && got != 0 {
			t.Errorf("%s: step %d, %v, want %v", name, got, ok, tt.ok)
		}
	}
}

func TestReplay(t *testing.T) {
	const step = 50_000_000
	code := codeOf(rfc, step)
	spellings := []string{code, " " + code, code + " ", code[:3] + " " + code[3:], code + "\n", "\u00a0" + code, strings.Join(strings.Split(code, ""), "\t")}
	for _, spelling := range spellings {
		for last, want := range map[int64]bool{0: true, step - 1: true, step: false, step + 1: false, 1 << 62: false} {
			for _, now := range []time.Time{at(step - 1), at(step), at(step + 1)} {
				if _, ok := totp.Verify(rfc, spelling, last, now); ok != want {
					t.Errorf("%q after step %+d: %v, want %v", spelling, last-step, ok, want)
				}
			}
		}
	}
}

// Of a secret two successive codes may be equal, once in a million. Used once, neither may
// be used again.
func TestCodesThatTwoStepsHaveAreUsedOnce(t *testing.T) {
	const step = 50_424_280
	code := codeOf(rfc, step)
	if code != codeOf(rfc, step+1) {
		t.Fatal("these two steps have two codes")
	}
	got, ok := totp.Verify(rfc, code, step-1, at(step))
	if got != step+1 || !ok {
		t.Errorf("of step %d, %v, want the later one, %d", got, ok, step+1)
	}
	if _, ok := totp.Verify(rfc, code, got, at(step+1)); ok {
		t.Error("the code is good twice")
	}
	if got, ok := totp.Verify(rfc, code, step, at(step)); got != step+1 || !ok {
		t.Errorf("after its earlier step the code is of step %d, %v", got, ok)
	}
}

func TestBadCodes(t *testing.T) {
	const step = 50_000_000
	code := codeOf(rfc, step)
	for name, bad := range map[string]string{
		"none": "", "spaces": "      ", "five digits": code[:5], "a digit more": code + "0", "a digit before": "0" + code,
		"a sign": "+" + code[1:], "dashes": code[:3] + "-" + code[3:], "letters": "abcdef", "NUL": code[:5] + "\x00",
		"a megabyte": strings.Repeat("1", 1<<20), "wide digits": "１２３４５６", "eight digits": "00" + code,
	} {
		if got, ok := totp.Verify(rfc, bad, 0, at(step)); ok || got != 0 {
			t.Errorf("%s: step %d, %v", name, got, ok)
		}
	}
}

// Who has no secret has no codes, not those that HMAC gives for an empty key.
func TestShortSecretsHaveNoCodes(t *testing.T) {
	const step = 50_000_000
	for n := range 24 {
		secret := seal.Secret(strings.Repeat("s", n))
		if _, ok := totp.Verify(secret, codeOf(secret, step), 0, at(step)); ok != (n >= 16) {
			t.Errorf("a secret of %d bytes: %v", n, ok)
		}
	}
}

// Any secret at any time until the year 2500: its codes, and no others, from one step before
// to one after, and none of those up to the last.
func TestVerifyAgreesWithTheAlgorithm(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		secret := seal.Secret(rapid.SliceOfN(rapid.Byte(), 16, 64).Draw(r, "secret"))
		seconds := rapid.Int64Range(100, 16_725_225_600).Draw(r, "now")
		now := seconds / 30
		step := now + rapid.Int64Range(-3, 3).Draw(r, "step")
		last := now + rapid.Int64Range(-3, 3).Draw(r, "last")
		code := codeOf(secret, step)
		want := int64(0)
		for s := max(now-1, last+1); s <= now+1; s++ {
			if codeOf(secret, s) == code {
				want = s
			}
		}
		got, ok := totp.Verify(secret, code, last, time.Unix(seconds, 0))
		if got != want || ok != (want != 0) {
			r.Errorf("step %d, %v, want %d", got, ok, want)
		}
	})
}

// FuzzVerify proves that nothing but the digits of a code is taken for it.
func FuzzVerify(f *testing.F) {
	const step = 50_000_000
	codes := []string{codeOf(rfc, step-1), codeOf(rfc, step), codeOf(rfc, step+1)}
	for i, code := range codes {
		f.Add(code, int64(0))
		f.Add(" "+code+"\u2003", int64(step-2+i))
	}
	f.Add("+12345", int64(-1))
	f.Fuzz(func(t *testing.T, code string, last int64) {
		want := int64(0)
		for i, known := range codes {
			if s := step - 1 + int64(i); s > last && strings.Join(strings.Fields(code), "") == known {
				want = s
			}
		}
		if got, ok := totp.Verify(rfc, code, last, at(step)); got != want || ok != (want != 0) {
			t.Errorf("%q after %d: step %d, %v, want %d", code, last, got, ok, want)
		}
	})
}
