package totp_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/holdplane/holdplane/pkg/totp"
)

var typed = regexp.MustCompile(`^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$`)

func TestRecoveryCodes(t *testing.T) {
	codes, digests := totp.NewRecoveryCodes()
	if len(codes) != 10 || len(digests) != 10 {
		t.Fatalf("%d codes, %d digests", len(codes), len(digests))
	}
	others, _ := totp.NewRecoveryCodes()
	for i, code := range codes {
		if !typed.MatchString(code) || slices.Contains(codes[:i], code) || slices.Contains(others, code) {
			t.Errorf("code %s", code)
		}
		bare := strings.ReplaceAll(code, "-", "")
		for name, spelling := range map[string]string{
			"as shown": code, "in small letters": strings.ToLower(code), "without dashes": bare,
			"with spaces": " " + strings.ReplaceAll(code, "-", " ") + "\n", "dashes elsewhere": bare[:1] + "--" + bare[1:] + "-",
			"a word processor's dashes": strings.ReplaceAll(code, "-", "–"),
			"letters for digits":        strings.NewReplacer("0", "O", "1", "l").Replace(code),
			"other letters for digits":  strings.NewReplacer("0", "o", "1", "I").Replace(code),
		} {
			if got := totp.MatchRecovery(digests, spelling); got != i {
				t.Errorf("%s, %s is code %d, want %d", name, spelling, got, i)
			}
		}
	}
	for _, other := range others {
		if got := totp.MatchRecovery(digests, other); got != -1 {
			t.Errorf("a code of someone else is code %d", got)
		}
	}
}

func TestRecoveryCodesAreUsedUp(t *testing.T) {
	codes, digests := totp.NewRecoveryCodes()
	digests[3] = nil
	if got := totp.MatchRecovery(digests, codes[3]); got != -1 {
		t.Errorf("one whose digest is emptied is code %d", got)
	}
	digests = slices.Delete(digests, 0, 1)
	if got := totp.MatchRecovery(digests, codes[0]); got != -1 {
		t.Errorf("one whose digest is removed is code %d", got)
	}
	if got := totp.MatchRecovery(digests, codes[9]); got != 8 {
		t.Errorf("the last is code %d, want 8", got)
	}
}

func TestBadRecoveryCodes(t *testing.T) {
	codes, digests := totp.NewRecoveryCodes()
	digests = append(digests, nil, []byte{})
	code := codes[0]
	for name, bad := range map[string]string{
		"none": "", "only dashes": "---", "a character less": code[:len(code)-1], "a character more": code + "0",
		"twice": code + code, "two of them": code + codes[1], "a letter that is in none": code[:len(code)-1] + "U",
		"padding": code + "====", "NUL": code + "\x00", "not UTF-8": code + "\xff", "a megabyte": strings.Repeat(code, 1<<16),
		"another alphabet": "ÄÖÜß-ÄÖÜß", "the digest": string(digests[0]),
	} {
		if got := totp.MatchRecovery(digests, bad); got != -1 {
			t.Errorf("%s is code %d", name, got)
		}
	}
	if got := totp.MatchRecovery(nil, code); got != -1 {
		t.Errorf("of no digests it is code %d", got)
	}
}

// FuzzMatchRecovery proves that what is put into a code changes nothing if it is spaces and
// dashes, and else makes it no code, nor that of another.
func FuzzMatchRecovery(f *testing.F) {
	codes, digests := totp.NewRecoveryCodes()
	for _, noise := range []string{"4KQ7-ZN2M-0XVB-R9TD", "oil", " - ", "\u2014\u00a0", "=", "\xff", ""} {
		f.Add(noise, uint8(3), uint8(4))
	}
	f.Fuzz(func(t *testing.T, noise string, index, cut uint8) {
		if got := totp.MatchRecovery(digests, noise); got != -1 {
			t.Fatalf("%q is code %d", noise, got)
		}
		i := int(index) % len(codes)
		at := int(cut) % len(codes[i])
		want := -1
		if !strings.ContainsFunc(noise, func(r rune) bool { return !unicode.IsSpace(r) && !unicode.Is(unicode.Dash, r) }) {
			want = i
		}
		if got := totp.MatchRecovery(digests, codes[i][:at]+noise+codes[i][at:]); got != want {
			t.Errorf("with %q in it code %d is %d, want %d", noise, i, got, want)
		}
	})
}
