package main

import (
	"strings"
	"time"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	optionsv1 "github.com/holdplane/holdplane/gen/holdplane/options/v1"
)

// filler fills what a message lacks with what its constraints let pass.
type filler struct {
	// text is for a field of a name: 33 characters, such as can be in names and ids, or
	// none to leave the field as it is.
	text func(field protoreflect.Name) string
}

func (l filler) fill(m protoreflect.Message) {
	for _, f := range fieldsOf(m.Descriptor()) {
		rules, _ := proto.GetExtension(f.Options(), validate.E_Field).(*validate.FieldRules)
		switch {
		case m.Has(f), f.IsMap(), f.Message() != nil && f.Message().FullName() == "google.protobuf.FieldMask":
		case f.IsList() && f.Message() != nil:
			l.fill(m.Mutable(f).List().AppendMutable().Message())
		case isEnd(f) && f.Message() != nil:
			m.Set(f, protoreflect.ValueOfMessage(timestamppb.New(farAway).ProtoReflect()))
		case f.IsList():
			if v := l.value(f, rules.GetRepeated().GetItems()); v.IsValid() {
				m.Mutable(f).List().Append(v)
			}
		case f.Message() != nil:
			l.fill(m.Mutable(f).Message())
		default:
			if v := l.value(f, rules); v.IsValid() {
				m.Set(f, v)
			}
		}
	}
}

// value is not valid where a field stays as it is.
func (l filler) value(f protoreflect.FieldDescriptor, rules *validate.FieldRules) protoreflect.Value {
	switch f.Kind() {
	case protoreflect.StringKind:
		return l.string(f, rules.GetString())
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes([]byte(l.text(f.Name())))
	case protoreflect.BoolKind:
		if f.Name() == "create" { // what is named, where it is missing
			return protoreflect.ValueOfBool(true)
		}
	case protoreflect.Int64Kind:
		if f.Name() == "roles" { // those must be known
			return protoreflect.Value{}
		}
		if isEnd(f) {
			return protoreflect.ValueOfInt64(farAway.UnixMilli())
		}
		return protoreflect.ValueOfInt64(within(1000, rules.GetInt64().GetGte(), rules.GetInt64().GetLte()))
	case protoreflect.Int32Kind:
		return protoreflect.ValueOfInt32(within(1000, rules.GetInt32().GetGte(), rules.GetInt32().GetLte()))
	}
	return protoreflect.Value{}
}

// farAway is when everything ends.
var farAway = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)

func isEnd(f protoreflect.FieldDescriptor) bool {
	return strings.HasPrefix(string(f.Name()), "expir")
}

func (l filler) string(f protoreflect.FieldDescriptor, rules *validate.StringRules) protoreflect.Value {
	text := l.text(f.Name())
	switch raw, _ := proto.GetExtension(f.Options(), optionsv1.E_RawJson).(optionsv1.RawJSON); {
	case text == "":
		return protoreflect.Value{}
	case raw == optionsv1.RawJSON_RAW_JSON_VALUE:
		text = quoted(text)
	case raw != optionsv1.RawJSON_RAW_JSON_UNSPECIFIED:
		text = "{" + quoted(text) + ":" + quoted(l.text(f.Name())) + "}"
	case len(rules.GetIn()) > 0:
		text = rules.GetIn()[len(rules.GetIn())-1]
	}
	if most := int(rules.GetMaxLen()); most > 0 && len(text) > most {
		text = text[len(text)-most:]
	}
	return protoreflect.ValueOfString(text)
}

// within is the number nearest to n; a bound of 0 is none.
func within[N int32 | int64](n, least, most N) N {
	if most > 0 {
		n = min(n, most)
	}
	return max(n, least)
}

// texts yields the texts of a message that are sensitive, but for what is JSON.
func texts(m protoreflect.Message, yield func(string)) {
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.IsMap():
		case f.IsList() && f.Message() != nil:
			for i := range v.List().Len() {
				texts(v.List().Get(i).Message(), yield)
			}
		case f.Message() != nil:
			texts(v.Message(), yield)
		case f.Kind() != protoreflect.StringKind || !isSensitive(f) || proto.HasExtension(f.Options(), optionsv1.E_RawJson):
		case f.IsList():
			for i := range v.List().Len() {
				yield(v.List().Get(i).String())
			}
		default:
			yield(v.String())
		}
		return true
	})
}

func isSensitive(f protoreflect.FieldDescriptor) bool {
	sensitive, _ := proto.GetExtension(f.Options(), optionsv1.E_Sensitive).(bool)
	return sensitive
}
