package ratelimit

import (
	"strings"
	"time"
)

// Override replaces limit and duration for the identifiers that its pattern matches.
type Override struct {
	ID string
	// Pattern is an identifier, in which * stands for any text, also none.
	Pattern string
	// Limit is 0 to deny everything.
	Limit    int64
	Duration time.Duration
	Async    bool
}

// Overrides is a namespace's, ready to be looked up. It may be used concurrently.
type Overrides struct {
	exact map[string]Override
	wild  []Override
}

// NewOverrides takes overrides in the order in which wildcards are to be tried.
func NewOverrides(all []Override) *Overrides {
	o := &Overrides{exact: make(map[string]Override)}
	for _, v := range all {
		// Also a wildcard is found by its own text: it might be an identifier.
		o.exact[v.Pattern] = v
		if strings.Contains(v.Pattern, "*") {
			o.wild = append(o.wild, v)
		}
	}
	return o
}

// Find returns the override for an identifier: that of its exact text, else the first
// wildcard that matches.
func (o *Overrides) Find(identifier string) (Override, bool) {
	if v, ok := o.exact[identifier]; ok {
		return v, true
	}
	for _, v := range o.wild {
		if matches(v.Pattern, identifier) {
			return v, true
		}
	}
	return Override{}, false
}

// matches takes the leftmost place for each part between wildcards, which is enough as
// only the first and the last part are bound to an end. No pattern makes it slow.
func matches(pattern, s string) bool {
	parts := strings.Split(pattern, "*")
	last := len(parts) - 1
	s, ok := strings.CutPrefix(s, parts[0])
	if !ok {
		return false
	}
	for _, part := range parts[1:last] {
		if _, s, ok = strings.Cut(s, part); !ok {
			return false
		}
	}
	return strings.HasSuffix(s, parts[last])
}
