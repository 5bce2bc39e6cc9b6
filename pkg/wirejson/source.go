package wirejson

import (
	"reflect"
	"strconv"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// source is a message to be written. Generated ones are read as the structs that they are:
// protoreflect takes several times as long for each field.
type source struct {
	protoreflect.Message
	own reflect.Value // the struct; not valid for messages of other kinds, and for nil
}

func (p *plan) source(m protoreflect.Message) source {
	if p.goType == nil {
		return source{Message: m}
	}
	v := reflect.ValueOf(m.Interface())
	if v.Type() != p.goType {
		return source{Message: m}
	}
	return source{m, v.Elem()}
}

// setGoType finds the struct of a generated message, and where its fields are.
func (p *plan) setGoType(md protoreflect.MessageDescriptor) {
	mt, err := protoregistry.GlobalTypes.FindMessageByName(md.FullName())
	if err != nil || mt.Descriptor() != md {
		return
	}
	t := reflect.TypeOf(mt.Zero().Interface())
	if t.Kind() != reflect.Pointer || t.Elem().Kind() != reflect.Struct {
		return
	}
	at := map[protoreflect.FieldNumber]int{}
	for i := range t.Elem().NumField() {
		f := t.Elem().Field(i)
		if number, ok := numberOf(f.Tag.Get("protobuf")); ok && f.IsExported() {
			at[number] = i
		}
	}
	p.goType = t
	for i := range p.fields {
		f := &p.fields[i]
		f.at, f.plain = at[f.fd.Number()]
	}
}

// numberOf reads the number of a field, the second part of its tag: bytes,1,opt,name=id.
func numberOf(tag string) (protoreflect.FieldNumber, bool) {
	_, rest, _ := strings.Cut(tag, ",")
	text, _, _ := strings.Cut(rest, ",")
	number, err := strconv.ParseInt(text, 10, 32)
	return protoreflect.FieldNumber(number), err == nil
}

// get is what a field has, and whether it has it, as Get and Has say. What a field without
// presence does not have is its zero value, and else none.
func (s source) get(f *field) (v protoreflect.Value, has bool) {
	if f.plain && s.own.IsValid() {
		own := s.own.Field(f.at)
		if own.Kind() == reflect.Pointer {
			if own.IsNil() {
				return v, false
			}
			own, has = own.Elem(), true
		}
		switch own.Kind() {
		case reflect.String:
			text := own.String()
			return protoreflect.ValueOfString(text), has || text != ""
		case reflect.Bool:
			return protoreflect.ValueOfBool(own.Bool()), has || own.Bool()
		case reflect.Int64:
			return protoreflect.ValueOfInt64(own.Int()), has || own.Int() != 0
		case reflect.Slice:
			if f.list && own.Len() == 0 {
				return v, false
			}
		}
	}
	if has = has || s.Has(f.fd); !has && (f.presence || f.list) {
		return v, false // a view of a list would be allocated
	}
	return s.Get(f.fd), has
}
