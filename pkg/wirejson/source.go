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

// has is Has.
func (s source) has(f *field) bool {
	if f.plain && s.own.IsValid() {
		switch v := s.own.Field(f.at); {
		case v.Kind() == reflect.Pointer:
			return !v.IsNil()
		case f.list:
			return v.Len() > 0
		}
	}
	return s.Has(f.fd)
}

// get is Get.
func (s source) get(f *field) protoreflect.Value {
	if !f.plain || !s.own.IsValid() {
		return s.Get(f.fd)
	}
	v := s.own.Field(f.at)
	if v.Kind() == reflect.Pointer {
		v = v.Elem() // of nil it is not valid, and of no kind
	}
	switch v.Kind() {
	case reflect.String:
		return protoreflect.ValueOfString(v.String())
	case reflect.Bool:
		return protoreflect.ValueOfBool(v.Bool())
	case reflect.Int64:
		return protoreflect.ValueOfInt64(v.Int())
	}
	return s.Get(f.fd)
}
