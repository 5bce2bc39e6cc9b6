package gateway

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/holdplane/holdplane/pkg/fault"
)

// absence is one entry of Dialect.Elsewhere.
type absence struct {
	pattern pattern
	text    string
}

func (d *dialect) readElsewhere() error {
	for _, s := range slices.SortedFunc(maps.Keys(d.Elsewhere), longestFirst) {
		p, err := parsePattern(s)
		if err != nil {
			return err
		}
		if !d.covers(anyPath(s)) {
			return fmt.Errorf("Owns does not cover %s, which is served elsewhere", s)
		}
		d.elsewhere = append(d.elsewhere, absence{p, d.Elsewhere[s]})
	}
	return nil
}

func longestFirst(a, b string) int {
	return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
}

// covers reports whether a path is the dialect's.
func (d *dialect) covers(path string) bool {
	return slices.ContainsFunc(d.owns, func(p pattern) bool { return p.owns(path) })
}

// absent says why nothing is at a path.
func (d *dialect) absent(path string) error {
	for _, a := range d.elsewhere {
		if a.pattern.owns(path) {
			return fault.NotFound(ReasonElsewhere, "%s", a.text)
		}
	}
	return fault.NotFound(ReasonRoute, "nothing is served at this path")
}
