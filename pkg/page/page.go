// Package page makes the cursors that lists are paged with: text that a client can hand
// back, and neither read nor change nor use for another list.
package page

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv/key"
	"github.com/holdplane/holdplane/pkg/seal"
)

// ReasonCursorInvalid is the fault's reason for a cursor that was not made for the list.
const ReasonCursorInvalid = "CURSOR_INVALID"

// MaxLen is the longest cursor in characters, MaxPositionLen the longest position in bytes.
const (
	MaxLen         = 1024
	MaxPositionLen = MaxLen/4*3 - seal.Overhead
)

// A cursor is URL-safe base64, and strict: otherwise the unused bits of the last character
// could be changed unnoticed.
var encoding = base64.RawURLEncoding.Strict()

// Scope is the list that a cursor belongs to. A cursor works in an equal scope only.
type Scope struct {
	// Method is the full name of the RPC.
	Method string
	// Tenant is whose list it is.
	Tenant string
	// Filter is what else shapes the list, such as the order and a search text.
	Filter []string
}

// aad is a tuple of strings, so no two scopes share one.
func (s Scope) aad() []byte {
	aad := key.New(s.Method, s.Tenant)
	for _, part := range s.Filter {
		aad = key.Append(aad, part)
	}
	return aad
}

// Codec turns positions into cursors and back. It may be used concurrently.
type Codec struct {
	aead seal.AEAD
}

// New returns a codec that seals cursors with aead, a keyset's: that of every process
// that is to understand them.
func New(aead seal.AEAD) *Codec { return &Codec{aead: aead} }

// DefaultSize is the rows a page has when nobody asks.
const DefaultSize = 100

// Encode returns the cursor for a position in a list, such as the last key on a page;
// none for nil, the end of the list. A position longer than MaxPositionLen is an error
// of the program.
func (c *Codec) Encode(scope Scope, position []byte) (string, error) {
	if position == nil {
		return "", nil
	}
	if len(position) > MaxPositionLen {
		return "", fmt.Errorf("page: position of %d bytes, at most %d fit into a cursor", len(position), MaxPositionLen)
	}
	sealed, err := c.aead.Seal(position, scope.aad())
	if err != nil {
		return "", fmt.Errorf("seal a cursor: %w", err)
	}
	return encoding.EncodeToString(sealed), nil
}

// Decode returns the position in a cursor that Encode made for an equal scope; nil, the
// start of the list, for no cursor. All others are the same fault.InvalidArgument: a
// stranger learns nothing from trying.
func (c *Codec) Decode(scope Scope, cursor string) ([]byte, error) {
	if cursor == "" {
		return nil, nil
	}
	// The decoder would skip line ends.
	if len(cursor) > MaxLen || strings.ContainsAny(cursor, "\r\n") {
		return nil, invalid(nil)
	}
	sealed, err := encoding.DecodeString(cursor)
	if err != nil {
		return nil, invalid(err)
	}
	position, err := c.aead.Open(sealed, scope.aad())
	switch {
	case errors.Is(err, seal.ErrNotOpened):
		return nil, invalid(err)
	case err != nil:
		return nil, fmt.Errorf("open a cursor: %w", err)
	}
	return position, nil
}

func invalid(cause error) error {
	return fault.InvalidArgument(ReasonCursorInvalid, "the cursor is not valid for this list; start again without one").Because(cause)
}
