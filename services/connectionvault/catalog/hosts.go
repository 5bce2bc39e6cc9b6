package catalog

import (
	"slices"
	"strings"
)

// DecidesHost tells whether a field's value decides which hosts a connection's secrets go to:
// it stands in one, is a URL, or makes out which of several URLs counts. Copied values
// without field never do.
func (c *Connector) DecidesHost(id string) bool {
	f, ok := c.Field(id)
	if !ok || f.Sensitive {
		return false
	}
	if f.Type == URL || strings.HasSuffix(f.Prefix, "://") || strings.HasPrefix(f.Suffix, ".") {
		return true
	}
	for _, alternatives := range c.urls {
		for _, t := range alternatives {
			if stands(t.host, id) || len(alternatives) > 1 && (stands(t.path, id) || stands(t.query, id)) {
				return true
			}
		}
	}
	return false
}

func stands(t text, id string) bool { return slices.Contains(slices.Collect(t.names()), id) }
