package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// retention is how long deleted secrets are kept, as an operator writes it; 0 is off.
type retention time.Duration

// Bounds of a retention that is not off. Days have 24 hours.
const (
	retentionDay = 24 * time.Hour
	minRetention = time.Hour
	maxRetention = 30 * retentionDay
)

// noRetention is how an operator writes that nothing is kept.
const noRetention = "off"

// retentionOf is one as the server has it.
func retentionOf(ms int64) retention { return retention(time.Duration(ms) * time.Millisecond) }

// UnmarshalText implements encoding.TextUnmarshaler. 0 is no retention: some would mean that
// nothing is kept, others that everything is.
func (r *retention) UnmarshalText(text []byte) error {
	s := string(text)
	if s == noRetention {
		*r = 0
		return nil
	}
	d, err := time.ParseDuration(s)
	if days, ok := strings.CutSuffix(s, "d"); ok {
		var n uint64
		if n, err = strconv.ParseUint(days, 10, 8); err == nil {
			d = time.Duration(n) * retentionDay
		}
	}
	if err != nil || d < minRetention || d > maxRetention {
		return fmt.Errorf("%q is no retention; expected 1h to 30d, such as 12h or 7d, or %s", s, noRetention)
	}
	*r = retention(d)
	return nil
}

// String returns days where they are whole.
func (r retention) String() string {
	d := time.Duration(r)
	switch {
	case d == 0:
		return noRetention
	case d%retentionDay == 0:
		return strconv.Itoa(int(d/retentionDay)) + "d"
	case d%time.Hour == 0:
		return strconv.Itoa(int(d/time.Hour)) + "h"
	}
	return d.String()
}

// words end a sentence about secrets.
func (r retention) words() string {
	if r == 0 {
		return "gone at once"
	}
	return "kept for " + r.String()
}

func (r retention) ms() int64 { return time.Duration(r).Milliseconds() }
