package catalog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/holdplane/holdplane/pkg/spelling"
)

// inspection gathers what is wrong with a connector, and readies it for use.
type inspection struct {
	*Connector
	from     documents
	problems []error
}

// connector decodes and inspects what all documents of one connector give together.
func (ds documents) connector() (*Connector, []error) {
	i := inspection{Connector: &Connector{Status: Live}, from: ds}
	if err := ds.merged().Decode(i.Connector); err != nil {
		return nil, []error{ds[0].problem(ds[0].node, "%v", err)}
	}
	i.identity()
	i.fields()
	i.resources()
	i.addresses()
	if i.OAuth != nil {
		i.oauth()
		i.copied()
		i.endpoints()
		i.params()
	}
	// What is missing is only said of what is right so far.
	if len(i.problems) == 0 {
		i.complete()
	}
	return i.Connector, i.problems
}

// at is a path to a value: keys and indexes.
func at(path ...any) []any { return path }

// wrong adds a line about the value at a path.
func (i *inspection) wrong(path []any, format string, args ...any) {
	d, n := i.from.find(path)
	line := fmt.Sprintf(format, args...)
	if key := shown(path); key != "" {
		line = key + ": " + line
	}
	i.problems = append(i.problems, d.problem(n, "%s", line))
}

// shown is a path as people write it: fields[0].type.
func shown(path []any) string {
	var b strings.Builder
	for _, step := range path {
		switch s := step.(type) {
		case int:
			fmt.Fprintf(&b, "[%d]", s)
		case string:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(s)
		}
	}
	return b.String()
}

// fewNames is up to how many names a message lists; of more it tells the nearest.
const fewNames = 5

// oneOf holds a value against a closed set.
func oneOf[T ~string](i *inspection, path []any, value T, known []T) {
	if slices.Contains(known, value) {
		return
	}
	names := make([]string, len(known))
	for n, k := range known {
		names[n] = string(k)
	}
	if len(names) <= fewNames {
		i.wrong(path, "%q must be one of %q", string(value), names)
		return
	}
	i.wrong(path, "%q is unknown; did you mean %q?", string(value), spelling.Nearest(string(value), slices.Values(names)))
}

// distinct finds an entry that stands in a list twice.
func (i *inspection) distinct(path []any, list []string) {
	for n, entry := range list {
		if slices.Contains(list[:n], entry) {
			i.wrong(append(slices.Clone(path), n), "%q is here twice", entry)
		}
	}
}
