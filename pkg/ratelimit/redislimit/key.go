package redislimit

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"

	"github.com/holdplane/holdplane/pkg/ratelimit"
)

// prefix is what all keys begin with, for Redis' access control.
const prefix = "hp:rl:"

// key is where a counter is in Redis: short, whatever its names, and without them. What
// stands in braces puts a group into one slot of a cluster.
func key(c *ratelimit.Check) string {
	n := c.Counter()
	// Each text follows its length, so that no two counters are the same bytes.
	tuple := binary.AppendUvarint(make([]byte, 0, 256), uint64(len(n.Group)))
	tuple = append(tuple, n.Group...)
	group := sha256.Sum256(tuple)
	tuple = binary.AppendUvarint(tuple, uint64(len(n.Name)))
	tuple = append(tuple, n.Name...)
	tuple = append(tuple, byte(n.Kind))
	tuple = binary.AppendVarint(tuple, n.Duration.Milliseconds())
	tuple = binary.AppendVarint(tuple, n.Limit)
	if n.Async {
		tuple = append(tuple, 1)
	}
	counter := sha256.Sum256(tuple)
	text := append(make([]byte, 0, 64), prefix+"{"...)
	text = base64.RawURLEncoding.AppendEncode(text, group[:3])
	text = append(text, '}')
	return string(base64.RawURLEncoding.AppendEncode(text, counter[:16]))
}

// tag is the part of a key that its slot follows from, braces included.
func tag(key string) string { return key[:strings.IndexByte(key, '}')+1] }

// kind is how the scripts call a check's.
func kind(c *ratelimit.Check) any {
	if c.Kind == ratelimit.Sliding {
		return "s"
	}
	return "f"
}
