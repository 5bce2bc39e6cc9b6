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
	wild  []wildcard
}

// wildcard is an override and what stands between the * of its pattern, of which there
// are one at least: they are tried for every identifier that has no override of its own.
type wildcard struct {
	Override
	first, last string
	between     []string
}

// NewOverrides takes overrides in the order in which wildcards are to be tried.
func NewOverrides(all []Override) *Overrides {
	o := &Overrides{exact: make(map[string]Override, len(all))}
	for _, v := range all {
		// Also a wildcard is found by its own text: it might be an identifier.
		o.exact[v.Pattern] = v
		if parts := strings.Split(v.Pattern, "*"); len(parts) > 1 {
			last := len(parts) - 1
			o.wild = append(o.wild, wildcard{v, parts[0], parts[last], parts[1:last]})
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
	for i := range o.wild {
		if o.wild[i].matches(identifier) {
			return o.wild[i].Override, true
		}
	}
	return Override{}, false
}

// matches takes the leftmost place for each part between wildcards, which is enough as
// only the first and the last part are bound to an end. No pattern makes it slow.
func (w *wildcard) matches(s string) bool {
	s, ok := strings.CutPrefix(s, w.first)
	if !ok {
		return false
	}
	for _, part := range w.between {
		if _, s, ok = strings.Cut(s, part); !ok {
			return false
		}
	}
	return strings.HasSuffix(s, w.last)
}
