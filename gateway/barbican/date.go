package barbican

import (
	"regexp"
	"strconv"
	"time"
)

// The forms of ISO 8601 that Barbican's library reads: parts may be missing from behind, and
// the zone, too.
var (
	dateForm  = regexp.MustCompile(`^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?|(\d{2})(\d{2}))?`)
	clockForm = regexp.MustCompile(`^(?:[ T](\d{2})(?::?(\d{2})(?::?(\d{1,2})(?:[.,](\d+))?)?)?)?(Z|[+-]\d{2}(?::?\d{2})?)?$`)
)

// parseTime reads a time to the microsecond. One without a zone is UTC.
func parseTime(text string) (time.Time, bool) {
	day := dateForm.FindStringSubmatch(text)
	if day == nil {
		return time.Time{}, false
	}
	clock := clockForm.FindStringSubmatch(text[len(day[0]):])
	if clock == nil {
		return time.Time{}, false
	}
	year, month, date := part(day[1], 0), part(day[2]+day[4], 1), part(day[3]+day[5], 1)
	hour, minute, second := part(clock[1], 0), part(clock[2], 0), part(clock[3], 0)
	micros := part((clock[4] + "000000")[:6], 0)
	t := time.Date(year, time.Month(month), date, hour, minute, second, micros*1000, time.UTC)
	if t.Month() != time.Month(month) || t.Day() != date || t.Hour() != hour || t.Minute() != minute || t.Second() != second {
		return time.Time{}, false // there is no such day, hour, minute or second
	}
	t = t.Add(-offset(clock[5]))
	return t, year > 0 && t.Year() > 0 && t.Year() < 10_000
}

// part is a number of a form; other when it is missing.
func part(digits string, other int) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return other
	}
	return n
}

// offset is how far a zone is ahead of UTC.
func offset(zone string) time.Duration {
	if len(zone) < 3 {
		return 0
	}
	ahead := time.Duration(part(zone[1:3], 0)) * time.Hour
	if len(zone) > 3 {
		ahead += time.Duration(part(zone[len(zone)-2:], 0)) * time.Minute
	}
	if zone[0] == '-' {
		return -ahead
	}
	return ahead
}
