package sealedkv

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
)

// Scopes, the first parts of keys. ownScope sorts before the others.
const (
	ownScope    = "!"
	globalScope = "g"
	tenantScope = "t"
)

var (
	ownPrefix    = key.New(ownScope)
	ownEnd       = kv.PrefixEnd(ownPrefix)
	globalPrefix = key.New(globalScope)
	tenantPrefix = key.New(tenantScope)
	noTenant     = key.New("")
	keysetPrefix = key.New(ownScope, "keyset")
)

// ownerOf returns the tenant a key belongs to, as the encoded part it is in the key;
// nil when it is the service. It allocates nothing: it runs for every value.
func ownerOf(k []byte) ([]byte, error) {
	if err := kv.CheckKey(k); err != nil {
		return nil, err
	}
	if bytes.HasPrefix(k, globalPrefix) {
		return nil, nil
	}
	rest, ok := bytes.CutPrefix(k, tenantPrefix)
	if !ok {
		return nil, ErrScope
	}
	owner := rest[:stringPartLen(rest)]
	if len(owner) <= len(noTenant) {
		return nil, ErrScope
	}
	return owner, nil
}

// stringPartLen returns the length of the encoded string that b begins with, 0 when it
// begins with none. The terminator is the only zero in it.
func stringPartLen(b []byte) int {
	if len(b) == 0 || b[0] != noTenant[0] {
		return 0
	}
	return bytes.IndexByte(b, 0) + 1
}

// keysetKey is where the keyset of a tenant lies.
func keysetKey(owner []byte) []byte { return join(keysetPrefix, owner) }

func join(a, b []byte) []byte { return slices.Concat(a, b) }

// usersRange takes the store's own rows out of a range. The rows sort before all others,
// so nothing is lost with them. It reports false when nothing is left.
func usersRange(r kv.Range) (kv.Range, bool) {
	if bytes.Compare(r.Start, ownEnd) < 0 {
		r.Start = ownEnd
	}
	return r, r.End == nil || bytes.Compare(r.Start, r.End) < 0
}

// damaged names the table of a key, its first part behind the owner, and nothing else
// of it: keys hold ids that don't belong in a log.
func damaged(k []byte) error {
	rest := k[min(len(k), len(tenantPrefix)):] // scopes are equally long
	if bytes.HasPrefix(k, tenantPrefix) {
		rest = rest[stringPartLen(rest):]
	}
	table, _, err := key.Cut(rest)
	if name, ok := table.(string); ok && err == nil {
		return fmt.Errorf("%w: table %q", ErrDamaged, name)
	}
	return fmt.Errorf("%w: outside any table", ErrDamaged)
}
