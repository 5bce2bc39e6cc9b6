package gateway

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/holdplane/holdplane/pkg/fault"
)

// absence is one entry of Dialect.Elsewhere.
type absence struct {
	method  string // empty for all
	pattern pattern
	text    string
}

func (d *dialect) readElsewhere() error {
	for _, s := range slices.SortedFunc(maps.Keys(d.Elsewhere), longestFirst) {
		method, path := splitMethod(s)
		p, err := parsePattern(path)
		if err != nil {
			return err
		}
		if !d.covers(anyPath(path)) {
			return fmt.Errorf("Owns does not cover %s, which is served elsewhere", path)
		}
		if a := (absence{method, p, d.Elsewhere[s]}); method == "" {
			d.elsewhere = append(d.elsewhere, a)
		} else {
			d.shut = append(d.shut, a)
		}
	}
	return nil
}

func splitMethod(s string) (method, path string) {
	if method, path, ok := strings.Cut(s, " "); ok {
		return method, path
	}
	return "", s
}

func longestFirst(a, b string) int {
	return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
}

// covers reports whether a path is the dialect's.
func (d *dialect) covers(path string) bool {
	return slices.ContainsFunc(d.owns, func(p pattern) bool { return p.owns(path) })
}

// refuse says why a method is not served at a path, whatever routes there are; nil if it may
// be.
func (d *dialect) refuse(method, path string) error {
	for _, a := range d.shut {
		if a.method == method && a.pattern.owns(path) {
			return fault.NotFound(ReasonElsewhere, "%s", a.text)
		}
	}
	return nil
}

// absent says why nothing is at a path.
func (d *dialect) absent(path string) error {
	for _, a := range d.elsewhere {
		if a.pattern.owns(path) {
			return fault.NotFound(ReasonElsewhere, "%s", a.text)
		}
	}
	return nothingHere()
}

func nothingHere() error { return fault.NotFound(ReasonRoute, "nothing is served at this path") }
