package wirejson

import (
	"encoding/base64"
	"math"
	"strconv"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"

	optionsv1 "github.com/holdplane/holdplane/gen/holdplane/options/v1"
)

// What a Timestamp can hold: the years 1 to 9999.
const (
	minSeconds = -62_135_596_800
	maxSeconds = 253_402_300_799
)

// scalar reads a value that is no message.
func (r *reader) scalar(v *value) (protoreflect.Value, *Problem) {
	switch c := r.peek(); v.form {
	case formRaw:
		return r.raw(v)
	case formBool:
		switch c {
		case 't':
			return protoreflect.ValueOfBool(true), r.word("true")
		case 'f':
			return protoreflect.ValueOfBool(false), r.word("false")
		}
	case formInt, formUint, formFloat:
		if typeOf(c) == "number" {
			at := r.i
			number, problem := r.number()
			if problem != nil {
				return protoreflect.Value{}, problem
			}
			return v.number(number, r.dialect.Integers, at)
		}
	default:
		if c == '"' {
			at := r.i
			text, problem := r.text(true)
			if problem != nil {
				return protoreflect.Value{}, problem
			}
			if r.dialect.TrimStrings {
				text = trim(text)
			}
			return v.text(text, at)
		}
	}
	return protoreflect.Value{}, r.mismatch(v.typeName())
}

// raw keeps the text of a value, without the white space around it.
func (r *reader) raw(v *value) (protoreflect.Value, *Problem) {
	if v.raw == optionsv1.RawJSON_RAW_JSON_OBJECT && r.peek() != '{' {
		return protoreflect.Value{}, r.mismatch("object")
	}
	start := r.i
	problem := r.skip()
	return protoreflect.ValueOfString(r.s[start:r.i]), problem
}

// text is the value of a string.
func (v *value) text(text string, at int) (protoreflect.Value, *Problem) {
	switch v.form {
	case formEnum:
		if ev := v.enum.Values().ByName(protoreflect.Name(text)); ev != nil {
			return protoreflect.ValueOfEnum(ev.Number()), nil
		}
		return protoreflect.Value{}, &Problem{Kind: KindFormat, Want: "enum", Offset: at}
	case formBytes:
		b, err := base64.StdEncoding.Strict().DecodeString(text)
		if err != nil {
			return protoreflect.Value{}, &Problem{Kind: KindFormat, Want: "base64", Offset: at}
		}
		return protoreflect.ValueOfBytes(b), nil
	}
	return protoreflect.ValueOfString(text), nil
}

// number is the value of a number.
func (v *value) number(number string, form IntegerForm, at int) (protoreflect.Value, *Problem) {
	if v.form == formFloat {
		return v.float(number, at)
	}
	negative, magnitude, kind := integer(number, form)
	negative = negative && magnitude != 0
	switch {
	case kind != "":
	case v.form == formUint && (negative || magnitude > math.MaxUint64>>(64-v.bits)):
		kind = KindRange
	case v.form == formInt && (magnitude > 1<<(v.bits-1) || !negative && magnitude == 1<<(v.bits-1)):
		kind = KindRange
	}
	if kind != "" {
		return protoreflect.Value{}, &Problem{Kind: kind, Want: "integer", Got: "number", Offset: at}
	}
	if negative {
		magnitude = -magnitude
	}
	switch {
	case v.form == formUint && v.bits == 32:
		return protoreflect.ValueOfUint32(uint32(magnitude)), nil
	case v.form == formUint:
		return protoreflect.ValueOfUint64(magnitude), nil
	case v.bits == 32:
		return protoreflect.ValueOfInt32(int32(magnitude)), nil
	}
	return protoreflect.ValueOfInt64(int64(magnitude)), nil
}

func (v *value) float(number string, at int) (protoreflect.Value, *Problem) {
	x, err := strconv.ParseFloat(number, v.bits)
	switch {
	case err != nil:
		return protoreflect.Value{}, &Problem{Kind: KindRange, Want: "number", Got: "number", Offset: at}
	case v.bits == 32:
		return protoreflect.ValueOfFloat32(float32(x)), nil
	}
	return protoreflect.ValueOfFloat64(x), nil
}

// time reads an RFC 3339 time into a Timestamp.
func (r *reader) time(m protoreflect.Message) *Problem {
	if r.peek() != '"' {
		return r.mismatch("string")
	}
	at := r.i
	text, problem := r.text(true)
	if problem != nil {
		return problem
	}
	if r.dialect.TrimStrings {
		text = trim(text)
	}
	return setTime(m, text, at)
}

func setTime(m protoreflect.Message, text string, at int) *Problem {
	t, err := time.Parse(time.RFC3339, text)
	// Parse takes one-digit hours and commas, and drops what is below nanoseconds.
	strict := len(text) >= 20 && text[13] == ':' && text[19] != ',' && digits(text[20:]) <= 9
	if err != nil || !strict || t.Unix() < minSeconds || t.Unix() > maxSeconds {
		return &Problem{Kind: KindFormat, Want: "date-time", Offset: at}
	}
	fields := m.Descriptor().Fields()
	m.Set(fields.ByNumber(1), protoreflect.ValueOfInt64(t.Unix()))
	m.Set(fields.ByNumber(2), protoreflect.ValueOfInt32(int32(t.Nanosecond())))
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
