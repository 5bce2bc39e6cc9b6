package wirejson

import (
	"encoding/base64"
	"math"
	"strconv"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"

	optionsv1 "github.com/holdplane/holdplane/gen/holdplane/options/v1"
)

// value reads the single value ahead, and writes it behind its tag.
func (r *reader) value(v *value, tag uint64) *Problem {
	switch c := r.peek(); v.form {
	case formMessage:
		start := r.open(tag)
		if problem := r.message(v.plan); problem != nil {
			return problem
		}
		r.close(start)
		return nil
	case formRaw:
		return r.raw(v, tag)
	case formBool:
		switch c {
		case 't':
			r.writeVarint(tag, 1)
			return r.word("true")
		case 'f':
			r.writeVarint(tag, 0)
			return r.word("false")
		}
	case formInt, formUint, formFloat:
		if typeOf(c) == "number" {
			return r.numeral(v, tag)
		}
	default:
		if c == '"' {
			return r.quoted(v, tag)
		}
	}
	return r.mismatch(v.typeName())
}

func (r *reader) numeral(v *value, tag uint64) *Problem {
	at := r.i
	number, problem := r.number()
	if problem == nil {
		problem = r.setNumber(v, tag, number, at)
	}
	return problem
}

func (r *reader) quoted(v *value, tag uint64) *Problem {
	at := r.i
	text, problem := r.text(true)
	if problem != nil {
		return problem
	}
	if r.dialect.TrimStrings {
		text = trim(text)
	}
	return r.setText(v, tag, text, at)
}

// raw keeps the text of a value, without the white space around it.
func (r *reader) raw(v *value, tag uint64) *Problem {
	if v.raw == optionsv1.RawJSON_RAW_JSON_OBJECT && r.peek() != '{' {
		return r.mismatch("object")
	}
	start := r.i
	if problem := r.skip(); problem != nil {
		return problem
	}
	r.writeText(tag, r.s[start:r.i])
	return nil
}

// setText writes what a string stands for.
func (r *reader) setText(v *value, tag uint64, text string, at int) *Problem {
	switch v.form {
	case formEnum:
		ev := v.enum.Values().ByName(protoreflect.Name(text))
		if ev == nil {
			return &Problem{Kind: KindFormat, Want: "enum", Offset: at}
		}
		r.writeVarint(tag, uint64(ev.Number()))
	case formBytes:
		b, err := base64.StdEncoding.Strict().DecodeString(text)
		if err != nil {
			return &Problem{Kind: KindFormat, Want: "base64", Offset: at}
		}
		r.writeText(tag, string(b))
	case formTime:
		return r.setTime(tag, text, at)
	default:
		r.writeText(tag, text)
	}
	return nil
}

// What a Timestamp can hold: the years 1 to 9999.
const (
	minSeconds = -62_135_596_800
	maxSeconds = 253_402_300_799
)

// Fields of Timestamp.
const (
	timeSeconds = 1
	timeNanos   = 2
)

func (r *reader) setTime(tag uint64, text string, at int) *Problem {
	t, err := time.Parse(time.RFC3339, text)
	// Parse takes one-digit hours and commas, and drops what is below nanoseconds.
	strict := len(text) >= 20 && text[13] == ':' && text[19] != ',' && digits(text[20:]) <= 9
	if err != nil || !strict || t.Unix() < minSeconds || t.Unix() > maxSeconds {
		return &Problem{Kind: KindFormat, Want: "date-time", Offset: at}
	}
	start := r.open(tag)
	r.writeVarint(protowire.EncodeTag(timeSeconds, protowire.VarintType), uint64(t.Unix()))
	r.writeVarint(protowire.EncodeTag(timeNanos, protowire.VarintType), uint64(t.Nanosecond()))
	r.close(start)
	return nil
}

// setNumber writes a number, if the field can hold it.
func (r *reader) setNumber(v *value, tag uint64, number string, at int) *Problem {
	if v.form == formFloat {
		x, err := strconv.ParseFloat(number, v.bits)
		if err != nil {
			return &Problem{Kind: KindRange, Want: "number", Got: "number", Offset: at}
		}
		r.writeFloat(v, tag, x)
		return nil
	}
	negative, magnitude, kind := integer(number, r.dialect.Integers)
	negative = negative && magnitude != 0
	switch {
	case kind != "":
	case v.form == formUint && (negative || magnitude > math.MaxUint64>>(64-v.bits)):
		kind = KindRange
	case v.form == formInt && (magnitude > 1<<(v.bits-1) || !negative && magnitude == 1<<(v.bits-1)):
		kind = KindRange
	}
	if kind != "" {
		return &Problem{Kind: kind, Want: "integer", Got: "number", Offset: at}
	}
	if negative {
		magnitude = -magnitude
	}
	r.writeInteger(v, tag, magnitude)
	return nil
}

// takesNull tells whether null is a value of the field like others.
func (f *field) takesNull() bool {
	return f.raw == optionsv1.RawJSON_RAW_JSON_VALUE && !f.list && !f.dict
}

// typeName is the JSON type of the field as problems name it.
func (f *field) typeName() string {
	switch {
	case f.list:
		return "array"
	case f.dict:
		return "object"
	}
	return f.value.typeName()
}

// typeName is empty for raw JSON of any type.
func (v *value) typeName() string {
	switch v.form {
	case formBool:
		return "boolean"
	case formInt, formUint:
		return "integer"
	case formFloat:
		return "number"
	case formMessage:
		return "object"
	case formRaw:
		if v.raw == optionsv1.RawJSON_RAW_JSON_OBJECT {
			return "object"
		}
		return ""
	}
	return "string"
}
