package wirejson

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	optionsv1 "github.com/holdplane/holdplane/gen/holdplane/options/v1"
)

func (p *plan) append(dst []byte, m protoreflect.Message) ([]byte, error) {
	if p.bare != nil {
		return p.bare.appendWhole(dst, m.Get(p.bare.fd))
	}
	from := p.source(m)
	dst = append(dst, '{')
	start := len(dst)
	for i := range p.fields {
		f := &p.fields[i]
		v, has := from.get(f)
		if f.presence && !has {
			if f.nullable {
				dst = append(f.appendKey(dst, start), "null"...)
			}
			continue
		}
		if f.list && !has {
			if !f.omit {
				dst = append(f.appendKey(dst, start), "[]"...)
			}
			continue
		}
		if f.form == formRaw && !f.list && !f.dict {
			dst = f.appendRaw(dst, start, v.String())
			continue
		}
		if f.omit && !has {
			continue
		}
		var err error
		if dst, err = f.appendWhole(f.appendKey(dst, start), v); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

// appendKey writes the name, and a comma unless it is the first one.
func (f *field) appendKey(dst []byte, start int) []byte {
	if len(dst) == start {
		return append(dst, f.key[1:]...)
	}
	return append(dst, f.key...)
}

// appendRaw writes a member of raw JSON. Without text it stands for an empty object, or
// for no value at all.
func (f *field) appendRaw(dst []byte, start int, text string) []byte {
	object := f.raw == optionsv1.RawJSON_RAW_JSON_OBJECT
	switch {
	case text == "" && f.nullable:
		text = "null"
	case f.omit && object && isEmptyObject(text), text == "" && !object:
		return dst
	case text == "":
		text = "{}"
	}
	return append(f.appendKey(dst, start), text...)
}

// appendWhole writes the field's list, map or single value.
func (f *field) appendWhole(dst []byte, v protoreflect.Value) (_ []byte, err error) {
	switch {
	case f.list:
		dst, err = f.appendList(dst, v.List())
	case f.dict:
		dst, err = f.appendMap(dst, v.Map())
	default:
		dst, err = f.value.append(dst, v)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.fd.Name(), err)
	}
	return dst, nil
}

func (f *field) appendList(dst []byte, list protoreflect.List) (_ []byte, err error) {
	dst = append(dst, '[')
	for i := range list.Len() {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = f.value.append(dst, list.Get(i)); err != nil {
			return nil, err
		}
	}
	return append(dst, ']'), nil
}

func (f *field) appendMap(dst []byte, m protoreflect.Map) ([]byte, error) {
	keys := make([]string, 0, m.Len())
	m.Range(func(k protoreflect.MapKey, _ protoreflect.Value) bool {
		keys = append(keys, k.String())
		return true
	})
	slices.Sort(keys)
	dst = append(dst, '{')
	for i, key := range keys {
		if i > 0 {
			dst = append(dst, ',')
		}
		var ok bool
		if dst, ok = appendString(dst, key); !ok {
			return nil, errNotUTF8
		}
		var err error
		if dst, err = f.value.append(append(dst, ':'), m.Get(protoreflect.ValueOfString(key).MapKey())); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

var (
	errNotUTF8   = errors.New("not UTF-8")
	errNotFinite = errors.New("not a finite number")
)

func (v *value) append(dst []byte, x protoreflect.Value) ([]byte, error) {
	switch v.form {
	case formString:
		dst, ok := appendString(dst, x.String())
		if !ok {
			return nil, errNotUTF8
		}
		return dst, nil
	case formRaw:
		return append(dst, v.elementText(x.String())...), nil
	case formBool:
		return strconv.AppendBool(dst, x.Bool()), nil
	case formInt:
		return strconv.AppendInt(dst, x.Int(), 10), nil
	case formUint:
		return strconv.AppendUint(dst, x.Uint(), 10), nil
	case formFloat:
		return appendFloat(dst, x.Float(), v.bits)
	case formEnum:
		return appendEnum(dst, v.enum, x.Enum()), nil
	case formBytes:
		dst = base64.StdEncoding.AppendEncode(append(dst, '"'), x.Bytes())
		return append(dst, '"'), nil
	case formTime:
		return appendTime(dst, x.Message(), v.time)
	}
	return v.plan.append(dst, x.Message())
}

// elementText is the text of raw JSON where some value has to stand.
func (v *value) elementText(text string) string {
	switch {
	case text != "":
		return text
	case v.raw == optionsv1.RawJSON_RAW_JSON_OBJECT:
		return "{}"
	}
	return "null"
}

// appendEnum writes the value's name. One that a newer service knows and we do not is
// written as its number.
func appendEnum(dst []byte, ed protoreflect.EnumDescriptor, n protoreflect.EnumNumber) []byte {
	if v := ed.Values().ByNumber(n); v != nil {
		return append(append(append(dst, '"'), v.Name()...), '"')
	}
	return strconv.AppendInt(dst, int64(n), 10)
}

// appendFloat writes numbers as JavaScript does, with exponents only far from one.
func appendFloat(dst []byte, x float64, bits int) ([]byte, error) {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil, errNotFinite
	}
	format := byte('f')
	if abs := math.Abs(x); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(dst, x, format, -1, bits), nil
}

// isEmptyObject expects the text of an object: in one with members, names stay.
func isEmptyObject(text string) bool { return strings.Trim(text, "{} \t\r\n") == "" }
