package password_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/crypto/argon2"
	"google.golang.org/grpc/codes"
	"pgregory.net/rapid"

	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/password"
)

var form = regexp.MustCompile(`^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`)

func verify(t testing.TB, p *password.Pool, encoded, pass string) bool {
	t.Helper()
	ok, err := p.Verify(t.Context(), encoded, pass)
	if err != nil {
		t.Fatalf("Verify(%q): %v", encoded, err)
	}
	return ok
}

// near are passwords that are not the given one, if only by what others would trim.
func near(pass string) []string {
	return []string{pass + " ", " " + pass, pass + "\n", pass + "\x00", strings.ToUpper(pass), pass[1:], ""}
}

func TestHash(t *testing.T) {
	p := password.NewPool(password.Options{})
	const pass = "pässwörd, long enough"
	seen := map[string]bool{}
	for range 3 {
		h, err := p.Hash(t.Context(), pass)
		if err != nil || !form.MatchString(h) || seen[h] || p.Outdated(h) {
			t.Fatalf("Hash = %q, %v, outdated %v", h, err, p.Outdated(h))
		}
		seen[h] = true
		if !verify(t, p, h, pass) {
			t.Error("a hash is not of its password")
		}
		for _, other := range near(pass)[:len(seen)] {
			if verify(t, p, h, other) {
				t.Errorf("a hash of %q is one of %q", pass, other)
			}
		}
	}
}

// The library, called bare, makes the hashes: of any password, with any cheap parameters.
func TestVerifyAgreesWithTheLibrary(t *testing.T) {
	p := password.NewPool(password.Options{})
	rapid.Check(t, func(r *rapid.T) {
		pass := rapid.StringN(1, 130, -1).Draw(r, "password")
		lanes := rapid.Uint8Range(1, 4).Draw(r, "lanes")
		memory := rapid.Uint32Range(8*uint32(lanes), 128).Draw(r, "memory")
		passes := rapid.Uint32Range(1, 10).Draw(r, "passes")
		salt := rapid.SliceOfN(rapid.Byte(), 8, 64).Draw(r, "salt")
		keyLen := rapid.Uint32Range(16, 64).Draw(r, "key length")
		key := argon2.IDKey([]byte(pass), salt, passes, memory, lanes, keyLen)
		encoded := phc(memory, passes, lanes, salt, key)
		if !verify(t, p, encoded, pass) || !p.Outdated(encoded) {
			r.Errorf("%s is not the password's, or not outdated", encoded)
		}
		for _, other := range near(pass) {
			if other != pass && verify(t, p, encoded, other) {
				r.Errorf("%s is that of %q, too", encoded, other)
			}
		}
		key[rapid.IntRange(0, int(keyLen)-1).Draw(r, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(r, "bit")
		if verify(t, p, phc(memory, passes, lanes, salt, key), pass) {
			r.Error("a key with a bit turned over matches")
		}
	})
}

func phc(memory, passes uint32, lanes uint8, salt, key []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", memory, passes, lanes, b64.EncodeToString(salt), b64.EncodeToString(key))
}

// The hashes are those of the reference implementation's own tests.
func TestReferenceHashes(t *testing.T) {
	p := password.NewPool(password.Options{})
	for encoded, pass := range map[string]string{
		"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc": "password",
		"$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4":   "password",
		"$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc":   "password",
		"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$C4TWUs9rDEvq7w3+J4umqA32aWKB1+DSiRuBfYxFj94": "differentpassword",
	} {
		if !verify(t, p, encoded, pass) || verify(t, p, encoded, pass+"x") {
			t.Errorf("%s is not the hash of %q, or of more", encoded, pass)
		}
		if !p.Outdated(encoded) {
			t.Errorf("%s is not outdated", encoded)
		}
	}
}

// What has gone bad in the store is our fault: the caller learns nothing of it.
func TestBadHashesAreErrors(t *testing.T) {
	good := phc(19456, 2, 1, make([]byte, 16), make([]byte, 32))
	p := password.NewPool(password.Options{})
	for name, bad := range map[string]string{
		"another algorithm":         strings.Replace(good, "argon2id", "argon2i", 1),
		"another version":           strings.Replace(good, "v=19", "v=16", 1),
		"no version":                strings.Replace(good, "v=19$", "", 1),
		"bcrypt":                    "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
		"the password itself":       "correct horse",
		"memory of terabytes":       strings.Replace(good, "m=19456", "m=4294967295", 1),
		"memory beyond 64 MiB":      strings.Replace(good, "m=19456", "m=65537", 1),
		"memory beyond 32 bits":     strings.Replace(good, "m=19456", "m=42949692416", 1),
		"memory below argon2's":     strings.Replace(good, "m=19456", "m=7", 1),
		"negative memory":           strings.Replace(good, "m=19456", "m=-19456", 1),
		"a leading zero":            strings.Replace(good, "m=19456", "m=019456", 1),
		"no pass":                   strings.Replace(good, "t=2", "t=0", 1),
		"11 passes":                 strings.Replace(good, "t=2", "t=11", 1),
		"no lane":                   strings.Replace(good, "p=1", "p=0", 1),
		"5 lanes":                   strings.Replace(good, "p=1", "p=5", 1),
		"257 lanes":                 strings.Replace(good, "p=1", "p=257", 1),
		"a parameter more":          strings.Replace(good, "p=1", "p=1,keyid=A", 1),
		"a salt of 7 bytes":         phc(19456, 2, 1, make([]byte, 7), make([]byte, 32)),
		"a salt of 65 bytes":        phc(19456, 2, 1, make([]byte, 65), make([]byte, 32)),
		"a key of 15 bytes":         phc(19456, 2, 1, make([]byte, 16), make([]byte, 15)),
		"a key of 65 bytes":         phc(19456, 2, 1, make([]byte, 16), make([]byte, 65)),
		"no key":                    phc(19456, 2, 1, make([]byte, 16), nil),
		"a line feed in the salt":   strings.Replace(good, "AAAA", "AA\nAA", 1),
		"bits left over in the key": good[:len(good)-1] + "B",
		"padding":                   good + "=",
		"a field more":              good + "$",
		"half of it":                good[:len(good)/2],
		"a space before":            " " + good,
		"a megabyte":                good + strings.Repeat("A", 1<<20),
	} {
		ok, err := p.Verify(t.Context(), bad, "correct horse")
		if ok || err == nil || fault.From(err).Code != codes.Internal || strings.Contains(err.Error(), bad) {
			t.Errorf("%s: Verify = %v, %v", name, ok, err)
		}
		if !p.Outdated(bad) {
			t.Errorf("%s is not outdated", name)
		}
	}
	if verify(t, p, good, "correct horse") || p.Outdated(good) {
		t.Error("the good one is of the password, or outdated")
	}
}

func TestOutdated(t *testing.T) {
	p := password.NewPool(password.Options{})
	for name, other := range map[string]string{
		"no hash":      "",
		"less memory":  phc(19455, 2, 1, make([]byte, 16), make([]byte, 32)),
		"more passes":  phc(19456, 3, 1, make([]byte, 16), make([]byte, 32)),
		"two lanes":    phc(19456, 2, 2, make([]byte, 16), make([]byte, 32)),
		"a short salt": phc(19456, 2, 1, make([]byte, 15), make([]byte, 32)),
		"a long key":   phc(19456, 2, 1, make([]byte, 16), make([]byte, 33)),
	} {
		if !p.Outdated(other) {
			t.Errorf("%s is not outdated", name)
		}
	}
}

// stored is what a stored hash may look like. Its bounds are in the test.
var stored = regexp.MustCompile(`^\$argon2id\$v=19\$m=([1-9][0-9]{0,4}),t=([1-9]|10),p=([1-4])\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$`)

// FuzzStoredHash proves that strings are read, or refused, as a second reader would, whose
// grammar is a pattern. Nothing is hashed: the caller is gone.
func FuzzStoredHash(f *testing.F) {
	f.Add(phc(19456, 2, 1, make([]byte, 16), make([]byte, 32)))
	f.Add(phc(65536, 10, 4, make([]byte, 64), make([]byte, 64)))
	f.Add(phc(8, 1, 1, make([]byte, 8), make([]byte, 16)))
	f.Add("$argon2id$v=19$m=65537,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	f.Add("$argon2id$v=19$m=+9,t= 2,p=1$$\n")
	p := password.NewPool(password.Options{})
	f.Fuzz(func(t *testing.T, encoded string) {
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		ok, err := p.Verify(gone, encoded, "a password")
		read := errors.Is(err, context.Canceled)
		if ok || err == nil || read != readable(encoded) {
			t.Errorf("Verify(%q) = %v, %v", encoded, ok, err)
		}
		if !p.Outdated(encoded) && !form.MatchString(encoded) {
			t.Errorf("%q is not outdated", encoded)
		}
	})
}

func readable(encoded string) bool {
	m := stored.FindStringSubmatch(encoded)
	if m == nil {
		return encoded == "" // which stands for no hash
	}
	var memory, lanes int
	_, err := fmt.Sscan(m[1]+" "+m[3], &memory, &lanes)
	_, saltErr := base64.RawStdEncoding.Strict().DecodeString(m[4])
	_, keyErr := base64.RawStdEncoding.Strict().DecodeString(m[5])
	return err == nil && saltErr == nil && keyErr == nil && 8*lanes <= memory && memory <= 65536
}
