// Package wirejson turns JSON into protobuf messages and back. It works by plans,
// compiled once a message type, in which a dialect says what protobuf cannot: how one
// product's wire names its fields, what it drops, refuses, trims and leaves out.
//
// Reading is strict: RFC 8259 with nothing added, at most MaxDepth levels, no member
// twice in one object (also in members that are dropped and in raw JSON), no invalid
// UTF-8, no lone surrogates, no byte order mark. Numbers are numbers, strings are
// strings, names match exactly. A number that does not fit its field is refused; inside
// raw JSON any number is kept as it came.
//
// Writing emits fields in their order in the .proto, int64 as a number, fields without
// presence always, unset optional and message fields never, map entries by key. Fields
// marked raw_json hold JSON text and travel byte for byte; without text a raw object
// is {} and a raw value is left out. A document that is refused for several reasons
// names the first one, except that faults of the whole text win over those of fields.
//
// Messages of google.protobuf have no form here, except Timestamp (RFC 3339), Empty and
// a FieldMask called update_mask: it is never on the wire, Decode fills it with the
// fields it found.
package wirejson

import "google.golang.org/protobuf/reflect/protoreflect"

// MaxDepth is how many arrays and objects may stand inside each other.
const MaxDepth = 64

// MaxElements is how many list elements and map entries one document may hold, raw
// and dropped values aside, when the dialect does not say. A message of a list costs 30
// times its "{}," in memory.
const MaxElements = 10_000

// Dialect is how one product writes and reads JSON. Fields and messages are named by
// their full names. The zero value takes protobuf's own JSON names and is open. Its
// maps must not change once it is given to New.
type Dialect struct {
	// Names are the names on the wire that differ from the field's json_name.
	Names map[protoreflect.FullName]string
	// Aliases are further names that are understood, but never written.
	Aliases map[protoreflect.FullName][]string
	// Hidden fields are not on the wire: they come from a path or a header, or the
	// dialect writes them elsewhere. They are unknown when read, and never missing.
	Hidden map[protoreflect.FullName]bool
	// Nullable fields are written as null when they are unset, or are raw objects
	// without text. Read, null leaves them unset and counts as present.
	Nullable map[protoreflect.FullName]bool
	// OmitEmpty fields are left out when they are zero, hold no element, or hold the
	// raw text of an object without members.
	OmitEmpty map[protoreflect.FullName]bool
	// Bare messages stand on the wire as the value of their only field: a body that is
	// an array.
	Bare map[protoreflect.FullName]bool
	// Dates are Timestamp fields that are written as their day in UTC, YYYY-MM-DD. They are
	// read as others are.
	Dates map[protoreflect.FullName]bool
	// NaiveTimes has Timestamps written without a zone, in UTC, with microseconds when there
	// are any: 2026-11-22T02:51:02.614275. They are read as ever.
	NaiveTimes bool
	// Closed tells which messages refuse unknown members. Others, and all when it is
	// nil, drop them.
	Closed func(protoreflect.MessageDescriptor) bool
	// Required says that fields with the field behavior REQUIRED must be present.
	Required bool
	// TrimStrings says that strings read from JSON lose the white space around them.
	// Names, raw JSON and queries keep it.
	TrimStrings bool
	// Integers are the spellings that integer fields take.
	Integers IntegerForm
	// Null is what null means for fields that are not Nullable.
	Null NullRule
	// MaxElements is how many list elements and map entries one document may hold, raw
	// and dropped values aside; the constant of that name when 0.
	MaxElements int
	// QueryBools are the spellings that boolean fields take in queries.
	QueryBools BoolForm
}

// IntegerForm is a set of spellings of integers.
type IntegerForm int

const (
	// IntegerLiteral takes integers without fraction and exponent.
	IntegerLiteral IntegerForm = iota
	// IntegerIntegral takes any number whose value is integral, such as 1e3 and 1.0.
	IntegerIntegral
)

// NullRule is what null means for a field.
type NullRule int

const (
	// NullRefused makes null a value of the wrong type.
	NullRefused NullRule = iota
	// NullAbsent makes null the same as leaving the field out.
	NullAbsent
)

// BoolForm is a set of spellings of booleans in queries.
type BoolForm int

const (
	// BoolWords takes true and false.
	BoolWords BoolForm = iota
	// BoolTruthy takes any text, and only the empty one is false, as JavaScript has it.
	BoolTruthy
)
