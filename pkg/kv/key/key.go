// Package key encodes tuples as byte strings that sort as the tuples do.
//
// A part is a string or a uint64. Strings are escaped and terminated, so no part can
// run into the next one: one tuple begins another exactly when its bytes do, and
// kv.Prefix of a tuple is what stands below it.
package key

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// Type bytes of the parts, in sorting order. Zero is kept for terminators.
const (
	typeString = 0x02
	typeUint   = 0x15
)

const escape = 0x01

// ErrMalformed is returned by Parse for bytes that New cannot have made.
var ErrMalformed = errors.New("key: malformed")

// New encodes parts, each a string, a type based on one that implements
// fmt.Stringer, a []byte or a uint64. Any other type is a mistake in the program.
func New(parts ...any) []byte {
	return Append(make([]byte, 0, 64), parts...)
}

// Append encodes parts behind the tuple in prefix.
func Append(prefix []byte, parts ...any) []byte {
	for _, part := range parts {
		switch v := part.(type) {
		case string:
			prefix = appendString(prefix, v)
		case []byte:
			prefix = appendString(prefix, v)
		case uint64:
			prefix = binary.BigEndian.AppendUint64(append(prefix, typeUint), v)
		default:
			panic(fmt.Sprintf("key: part of type %T", part))
		}
	}
	return prefix
}

// Join encodes parts behind a tuple without touching its backing array.
func Join(prefix []byte, parts ...any) []byte {
	return Append(slices.Clip(prefix), parts...)
}

// Inside a string 00 is 01 01 and 01 is 01 02, and 00 is its end. So shorter strings sort
// first, and the bytes of a tuple begin those of the tuples it begins, of no others.
func appendString[S string | []byte](b []byte, s S) []byte {
	b = append(b, typeString)
	plain := 0 // where the run of bytes that stay as they are begins
	for i := range len(s) {
		if s[i] <= escape {
			b = append(b, s[plain:i]...)
			b = append(b, escape, s[i]+1)
			plain = i + 1
		}
	}
	return append(append(b, s[plain:]...), 0)
}

// Parse returns the parts of an encoded tuple, each a string or a uint64.
func Parse(b []byte) ([]any, error) {
	var parts []any
	for len(b) > 0 {
		part, rest, err := Cut(b)
		if err != nil {
			return nil, err
		}
		parts, b = append(parts, part), rest
	}
	return parts, nil
}

// Cut returns the first part of an encoded tuple and what follows it.
func Cut(b []byte) (part any, rest []byte, err error) {
	if len(b) == 0 {
		return nil, nil, ErrMalformed
	}
	switch b[0] {
	case typeString:
		return cutString(b[1:])
	case typeUint:
		if len(b) < 9 {
			return nil, nil, ErrMalformed
		}
		return binary.BigEndian.Uint64(b[1:]), b[9:], nil
	}
	return nil, nil, ErrMalformed
}

func cutString(b []byte) (any, []byte, error) {
	var s []byte
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == 0:
			return string(s), b[i+1:], nil
		case b[i] != escape:
			s = append(s, b[i])
		case i+1 < len(b) && (b[i+1] == 1 || b[i+1] == 2):
			i++
			s = append(s, b[i]-1)
		default:
			return nil, nil, ErrMalformed
		}
	}
	return nil, nil, ErrMalformed
}
