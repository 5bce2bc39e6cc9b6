package wirejson

import (
	"fmt"
	"reflect"
	"slices"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	optionsv1 "github.com/holdplane/holdplane/gen/holdplane/options/v1"
)

// plan is how one message type stands on the wire.
type plan struct {
	fields []field           // those on the wire, in the order of the .proto
	byName map[string]*field // by name and alias
	bare   *field            // the only field, when the message is bare
	mask   protowire.Number  // of update_mask, if any
	closed bool
	goType reflect.Type // of generated messages: a pointer to a struct
}

// field is how one field stands on the wire.
type field struct {
	fd    protoreflect.FieldDescriptor
	index int    // in plan.fields
	name  string // on the wire
	key   string // comma, name in quotes, colon
	tag   uint64 // in protobuf's binary form

	value                   // the field's value, or that of its elements and entries
	list, dict     bool     // repeated, map
	presence       bool     // unset differs from zero
	nullable, omit bool     // Dialect.Nullable, Dialect.OmitEmpty
	required       bool     // when the dialect asks for it
	rivals         fieldSet // the other fields of its oneof
	at             int      // where the struct of a generated message has it, if it is plain
	plain          bool     // a field of that struct
}

// value is the JSON form of a single value.
type value struct {
	form form
	raw  optionsv1.RawJSON
	kind protoreflect.Kind
	bits int                         // of numbers: 32 or 64
	enum protoreflect.EnumDescriptor // of formEnum
	plan *plan                       // of formMessage
	time layout                      // of formTime
}

type form uint8

const (
	formString form = iota
	formRaw
	formBool
	formInt
	formUint
	formFloat
	formEnum
	formBytes
	formTime
	formMessage
)

// maxFields bounds the set of fields seen in one object.
const maxFields = 256

const updateMask = "update_mask"

// compiler makes the plans of a message and of all messages in it.
type compiler struct {
	dialect *Dialect
	plans   map[protoreflect.MessageDescriptor]*plan
}

func (k *compiler) message(md protoreflect.MessageDescriptor) (*plan, error) {
	if p, ok := k.plans[md]; ok { // a finished one, or one that holds itself
		return p, nil
	}
	if md.FullName().Parent() == "google.protobuf" && md.Name() != "Empty" {
		return nil, fmt.Errorf("wirejson: %s has no JSON form", md.FullName())
	}
	if md.Fields().Len() > maxFields {
		return nil, fmt.Errorf("wirejson: %s has more than %d fields", md.FullName(), maxFields)
	}
	p := &plan{byName: map[string]*field{}}
	k.plans[md] = p
	p.closed = k.dialect.Closed != nil && k.dialect.Closed(md)
	for i := range md.Fields().Len() {
		fd := md.Fields().Get(i)
		if isMask(fd) {
			p.mask = fd.Number()
			continue
		}
		if k.dialect.Hidden[fd.FullName()] {
			continue
		}
		f, err := k.field(fd)
		if err != nil {
			return nil, err
		}
		f.index = len(p.fields)
		p.fields = append(p.fields, f)
	}
	if err := p.index(k.dialect); err != nil {
		return nil, err
	}
	p.setGoType(md)
	return p, p.setBare(md, k.dialect.Bare[md.FullName()])
}

// index makes fields known by their names. It runs when p.fields has stopped moving.
func (p *plan) index(d *Dialect) error {
	for i := range p.fields {
		f := &p.fields[i]
		for _, name := range append([]string{f.name}, d.Aliases[f.fd.FullName()]...) {
			if other := p.byName[name]; other != nil {
				return fmt.Errorf("wirejson: %s and %s are both called %q", other.fd.FullName(), f.fd.FullName(), name)
			}
			p.byName[name] = f
		}
		for j := range p.fields {
			if od := f.fd.ContainingOneof(); i != j && od != nil && od == p.fields[j].fd.ContainingOneof() {
				f.rivals.add(j)
			}
		}
	}
	return nil
}

func (p *plan) setBare(md protoreflect.MessageDescriptor, bare bool) error {
	if !bare {
		return nil
	}
	if len(p.fields) != 1 || p.mask != 0 {
		return fmt.Errorf("wirejson: %s cannot be bare: it has not exactly one field", md.FullName())
	}
	p.bare = &p.fields[0]
	return nil
}

func (k *compiler) field(fd protoreflect.FieldDescriptor) (field, error) {
	name := k.dialect.wireName(fd)
	quoted, ok := appendString([]byte{','}, name)
	if !ok {
		return field{}, fmt.Errorf("wirejson: the name of %s is not UTF-8", fd.FullName())
	}
	f := field{
		fd: fd, name: name, key: string(quoted) + ":",
		list: fd.IsList(), dict: fd.IsMap(), presence: fd.HasPresence(),
		nullable: k.dialect.Nullable[fd.FullName()], omit: k.dialect.OmitEmpty[fd.FullName()],
		required: k.dialect.Required && isRequired(fd),
	}
	of := fd
	if f.dict {
		if fd.MapKey().Kind() != protoreflect.StringKind {
			return field{}, fmt.Errorf("wirejson: %s: only strings can be keys", fd.FullName())
		}
		of = fd.MapValue()
	}
	var err error
	f.value, err = k.value(of, rawKind(fd))
	f.tag = protowire.EncodeTag(fd.Number(), f.wireType())
	if f.dict {
		f.tag = protowire.EncodeTag(fd.Number(), protowire.BytesType)
	}
	return f, err
}

func (k *compiler) value(fd protoreflect.FieldDescriptor, raw optionsv1.RawJSON) (v value, err error) {
	v.raw, v.kind = raw, fd.Kind()
	switch fd.Kind() {
	case protoreflect.StringKind:
		v.form = formString
		if raw != optionsv1.RawJSON_RAW_JSON_UNSPECIFIED {
			v.form = formRaw
		}
	case protoreflect.BoolKind:
		v.form = formBool
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		v.form, v.bits = formInt, 32
	case protoreflect.Int64Kind, protoreflect.Sint64Kind, protoreflect.Sfixed64Kind:
		v.form, v.bits = formInt, 64
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		v.form, v.bits = formUint, 32
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		v.form, v.bits = formUint, 64
	case protoreflect.FloatKind:
		v.form, v.bits = formFloat, 32
	case protoreflect.DoubleKind:
		v.form, v.bits = formFloat, 64
	case protoreflect.EnumKind:
		v.form, v.enum = formEnum, fd.Enum()
	case protoreflect.BytesKind:
		v.form = formBytes
	case protoreflect.MessageKind:
		if v.form = formTime; fd.Message().FullName() == "google.protobuf.Timestamp" {
			v.time = k.dialect.layoutOf(fd)
			return v, nil
		}
		v.form = formMessage
		v.plan, err = k.message(fd.Message())
	default:
		err = fmt.Errorf("wirejson: %s: %s has no JSON form", fd.FullName(), fd.Kind())
	}
	return v, err
}

func isMask(fd protoreflect.FieldDescriptor) bool {
	return fd.Name() == updateMask && !fd.IsList() && fd.Message() != nil && fd.Message().FullName() == "google.protobuf.FieldMask"
}

func rawKind(fd protoreflect.FieldDescriptor) optionsv1.RawJSON {
	return proto.GetExtension(fd.Options(), optionsv1.E_RawJson).(optionsv1.RawJSON)
}

func isRequired(fd protoreflect.FieldDescriptor) bool {
	behaviors := proto.GetExtension(fd.Options(), annotations.E_FieldBehavior).([]annotations.FieldBehavior)
	return slices.Contains(behaviors, annotations.FieldBehavior_REQUIRED)
}
