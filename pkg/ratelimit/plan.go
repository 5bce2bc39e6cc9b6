package ratelimit

import (
	"fmt"
	"time"
)

// Setting is a limit stored with a key or an identity.
type Setting struct {
	// ID is empty for a limit that the request itself defines.
	ID   string
	Name string
	// Limit is at least 1, or 0 to deny everything where the request defines it.
	Limit    int64
	Duration time.Duration
	// AutoApply has it checked, at cost 1, also if the request does not name it.
	AutoApply bool
}

// Wanted is a limit that a request names.
type Wanted struct {
	Name string
	Cost int64
	// Defined says that the request has both Limit, which may be 0, and Duration. Otherwise
	// both are the setting's.
	Defined  bool
	Limit    int64
	Duration time.Duration
}

// Holder is who a planned limit belongs to.
type Holder uint8

const (
	// OfKey limits are the key's.
	OfKey Holder = iota
	// OfIdentity limits are those that an identity's keys share.
	OfIdentity
	// OfRequest limits are defined by the request.
	OfRequest
)

// Planned is a limit to check.
type Planned struct {
	Setting
	Cost   int64
	Holder Holder
}

// UnknownError says that a request names a limit which is set nowhere.
type UnknownError struct{ Name string }

func (e *UnknownError) Error() string { return fmt.Sprintf("no rate limit is called %q", e.Name) }

// Plan returns what verifying a key checks: the settings that apply by themselves, then
// those the request wants, each name once, the last mention deciding. Under one name the
// key's setting hides the identity's. The error is an *UnknownError.
func Plan(key, identity []Setting, wanted []Wanted) ([]Planned, error) {
	var plan []Planned
	place := make(map[string]int)
	put := func(p Planned) {
		if i, ok := place[p.Name]; ok {
			plan[i] = p
			return
		}
		place[p.Name] = len(plan)
		plan = append(plan, p)
	}
	settings := merge(key, identity)
	for _, s := range settings {
		if s.AutoApply {
			put(s)
		}
	}
	for _, w := range wanted {
		p, err := resolve(settings, w)
		if err != nil {
			return nil, err
		}
		put(p)
	}
	return plan, nil
}

// merge returns the settings in force, in order.
func merge(key, identity []Setting) []Planned {
	merged := make([]Planned, 0, len(key)+len(identity))
	named := make(map[string]bool)
	add := func(settings []Setting, holder Holder) {
		for _, s := range settings {
			if !named[s.Name] {
				named[s.Name] = true
				merged = append(merged, Planned{Setting: s, Cost: 1, Holder: holder})
			}
		}
	}
	add(key, OfKey)
	add(identity, OfIdentity)
	return merged
}

func resolve(settings []Planned, w Wanted) (Planned, error) {
	if w.Defined {
		return Planned{Setting{Name: w.Name, Limit: w.Limit, Duration: w.Duration}, w.Cost, OfRequest}, nil
	}
	for _, s := range settings {
		if s.Name == w.Name {
			s.Cost = w.Cost
			return s, nil
		}
	}
	return Planned{}, &UnknownError{Name: w.Name}
}
