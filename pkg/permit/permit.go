// Package permit decides whether permissions suffice, as Unkey's API asks it: in v2 with
// a text, "a AND (b OR c)", in v1 with a tree in JSON, {"and": ["a", {"or": ["b", "c"]}]}.
package permit

import (
	"fmt"
	"slices"
)

// maxDepth bounds how deep parentheses and trees may be nested.
const maxDepth = 64

// Query is what somebody must be permitted. The zero Query asks nothing. It is never
// changed and may be used concurrently.
type Query struct {
	op   operator
	slug string
	of   []Query
}

type operator uint8

const (
	nothing operator = iota
	one
	all
	some
)

// Permits tells whether slugs, which are sorted, are what the query asks.
func (q Query) Permits(slugs []string) bool {
	switch q.op {
	case one:
		_, found := slices.BinarySearch(slugs, q.slug)
		return found
	case all:
		return !slices.ContainsFunc(q.of, func(part Query) bool { return !part.Permits(slugs) })
	case some:
		return slices.ContainsFunc(q.of, func(part Query) bool { return part.Permits(slugs) })
	default:
		return true
	}
}

// join is parts under an operator; a single one stands for itself.
func join(op operator, parts []Query) Query {
	if len(parts) == 1 {
		return parts[0]
	}
	return Query{op: op, of: parts}
}

// SyntaxError says what is wrong with a query, and where.
type SyntaxError struct {
	// Position is the byte, counted from 0.
	Position int
	Problem  string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s at position %d", e.Problem, e.Position)
}
