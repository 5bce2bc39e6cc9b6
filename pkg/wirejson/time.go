package wirejson

import (
	"errors"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// layout is how a Timestamp is written.
type layout uint8

const (
	layoutRFC3339 layout = iota
	layoutDay            // Dialect.Dates
	layoutNaive          // Dialect.NaiveTimes
)

func (d *Dialect) layoutOf(fd protoreflect.FieldDescriptor) layout {
	switch {
	case d.Dates[fd.FullName()]:
		return layoutDay
	case d.NaiveTimes:
		return layoutNaive
	}
	return layoutRFC3339
}

var errTime = errors.New("outside the years 1 to 9999")

// appendTime writes a Timestamp in UTC.
func appendTime(dst []byte, m protoreflect.Message, as layout) ([]byte, error) {
	fields := m.Descriptor().Fields()
	seconds, nanos := m.Get(fields.ByNumber(1)).Int(), m.Get(fields.ByNumber(2)).Int()
	if seconds < minSeconds || seconds > maxSeconds || nanos < 0 || nanos > 999_999_999 {
		return nil, errTime
	}
	return append(time.Unix(seconds, nanos).UTC().AppendFormat(append(dst, '"'), as.format(nanos)), '"'), nil
}

// format is what package time calls the layout. RFC 3339 has 0, 3, 6 or 9 digits of the
// second.
func (l layout) format(nanos int64) string {
	const seconds = "2006-01-02T15:04:05"
	switch {
	case l == layoutDay:
		return "2006-01-02"
	case l == layoutNaive && nanos < 1_000:
		return seconds
	case l == layoutNaive:
		return seconds + ".000000"
	case nanos == 0:
		return seconds + "Z"
	case nanos%1_000_000 == 0:
		return seconds + ".000Z"
	case nanos%1_000 == 0:
		return seconds + ".000000Z"
	}
	return seconds + ".000000000Z"
}
