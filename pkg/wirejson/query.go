package wirejson

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// DecodeQuery reads query parameters into the top-level fields of m. Numbers and
// booleans are read from their spelling. A repeated field takes all values of its
// parameter, any other the last one. Maps and messages, except times, are not addressable.
// Fields for whose proto name skip is true (those bound to the path) are as if they
// were hidden; skip may be nil. The error is a *Problem when the query is at fault.
func (c *Codec) DecodeQuery(q url.Values, m proto.Message, skip func(field string) bool) error {
	p, err := c.plan(m)
	if err != nil {
		return err
	}
	if problem := c.query(q, p, m.ProtoReflect(), skip); problem != nil {
		return problem.found()
	}
	return nil
}

func (c *Codec) query(q url.Values, p *plan, m protoreflect.Message, skip func(string) bool) *Problem {
	if len(q) == 0 && !c.dialect.Required {
		return nil
	}
	o := object{plan: p, m: m}
	r := reader{dialect: &c.dialect}
	// Names are sorted so that the first problem is always the same one.
	for _, name := range slices.Sorted(maps.Keys(q)) {
		if problem := r.parameter(&o, name, q[name], skip); problem != nil {
			return problem.in(name)
		}
	}
	for i := range p.fields {
		f := &p.fields[i]
		if f.required && !o.present.has(i) && !skips(skip, f) {
			return (&Problem{Kind: KindMissing, Want: f.typeName()}).in(f.name)
		}
	}
	return nil
}

func (r *reader) parameter(o *object, name string, texts []string, skip func(string) bool) *Problem {
	f := o.plan.byName[name]
	switch {
	case len(texts) == 0:
		return nil
	case f == nil || f.dict || f.form == formMessage || skips(skip, f):
		if o.plan.closed {
			return r.problem(KindUnknown, 0)
		}
		return nil
	case o.present.has(f.index), f.oneof != nil && o.m.WhichOneof(f.oneof) != nil:
		return r.problem(KindDuplicate, 0)
	}
	o.present.add(f.index)
	if !f.list {
		return r.argument(f, texts[len(texts)-1], o.m)
	}
	return r.arguments(f, texts, o.m.Mutable(f.fd).List())
}

func skips(skip func(string) bool, f *field) bool {
	return skip != nil && skip(string(f.fd.Name()))
}

func (r *reader) argument(f *field, text string, m protoreflect.Message) *Problem {
	if f.form == formTime {
		return setTime(m.Mutable(f.fd).Message(), text, 0)
	}
	v, problem := r.spelled(&f.value, text)
	if problem == nil {
		m.Set(f.fd, v)
	}
	return problem
}

func (r *reader) arguments(f *field, texts []string, list protoreflect.List) *Problem {
	for i, text := range texts {
		if problem := r.count(); problem != nil {
			return problem
		}
		if f.form == formTime {
			if problem := setTime(list.AppendMutable().Message(), text, 0); problem != nil {
				return problem.at(i)
			}
			continue
		}
		v, problem := r.spelled(&f.value, text)
		if problem != nil {
			return problem.at(i)
		}
		list.Append(v)
	}
	return nil
}

// spelled is the value that text spells out.
func (r *reader) spelled(v *value, text string) (protoreflect.Value, *Problem) {
	if !utf8.ValidString(text) {
		return protoreflect.Value{}, r.problem(KindUTF8, 0)
	}
	switch v.form {
	case formRaw:
		if problem := check(text); problem != nil {
			return protoreflect.Value{}, problem
		}
		inner := reader{s: strings.Trim(text, " \n\r\t")}
		return inner.raw(v)
	case formBool:
		if r.dialect.QueryBools == BoolTruthy {
			return protoreflect.ValueOfBool(text != ""), nil
		}
		if text == "true" || text == "false" {
			return protoreflect.ValueOfBool(text == "true"), nil
		}
	case formInt, formUint, formFloat:
		if n := numberLen(text); n > 0 && n == len(text) {
			return v.number(text, r.dialect.Integers, 0)
		}
	default:
		return v.text(text, 0)
	}
	return protoreflect.Value{}, &Problem{Kind: KindType, Want: v.typeName(), Got: "string"}
}
