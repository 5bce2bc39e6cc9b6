package password

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"

	"github.com/holdplane/holdplane/pkg/password/internal/cost"
)

// saltLen and keyLen are those of new hashes, in bytes.
const (
	saltLen = 16
	keyLen  = 32
)

// What a stored hash may ask for. A string that went bad costs at most this much; every
// usual choice, such as Keycloak's 7 MiB and 5 passes or the RFC's 64 MiB and 3, is within.
const (
	maxMemory = 64 << 10
	maxPasses = 10
	maxLanes  = 4
	minSalt   = 8
	maxSalt   = 64
	minKey    = 16
	maxKey    = 64
	maxString = 256 // longer than the longest hash within these
)

// current are the parameters of new hashes: the least that OWASP's cheat sheet has for argon2id.
var current = cost.Params{Memory: 19 << 10, Passes: 2, Lanes: 1}

// hash is a password's, or that of none.
type hash struct {
	cost.Params
	salt, key []byte
}

// errNoHash does not show the string: it may be one of another kind, or a password.
var errNoHash = errors.New("password: what is stored is no argon2id hash, or one beyond the bounds")

var b64 = base64.RawStdEncoding.Strict()

// String returns the PHC string.
func (h hash) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, h.Memory, h.Passes, h.Lanes, b64.EncodeToString(h.salt), b64.EncodeToString(h.key))
}

// parse reads what String writes, and no other spelling of it.
func parse(encoded string) (hash, error) {
	if len(encoded) > maxString {
		return hash{}, errNoHash
	}
	parts := strings.Split(encoded, "$")
	if len(parts) != 6 {
		return hash{}, errNoHash
	}
	var h hash
	_, scanned := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.Memory, &h.Passes, &h.Lanes)
	var saltErr, keyErr error
	h.salt, saltErr = b64.DecodeString(parts[4])
	h.key, keyErr = b64.DecodeString(parts[5])
	if errors.Join(scanned, saltErr, keyErr) != nil || !h.bounded() || h.String() != encoded {
		return hash{}, errNoHash
	}
	return h, nil
}

// bounded tells whether a hash is argon2's and affordable.
func (h hash) bounded() bool {
	return 1 <= h.Lanes && h.Lanes <= maxLanes &&
		8*uint32(h.Lanes) <= h.Memory && h.Memory <= maxMemory &&
		1 <= h.Passes && h.Passes <= maxPasses &&
		minSalt <= len(h.salt) && len(h.salt) <= maxSalt &&
		minKey <= len(h.key) && len(h.key) <= maxKey
}
