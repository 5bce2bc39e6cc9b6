package wirejson

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// DecodeQuery reads query parameters into the top-level fields of m. Numbers and
// booleans are read from their spelling. A repeated field takes all values of its
// parameter, any other the last one. Maps and messages, except times, are not addressable.
// Fields for whose proto name skip is true (those bound to the path) are as if they
// were hidden; skip may be nil. The error is a *Problem when the query is at fault; m is
// then unchanged.
func (c *Codec) DecodeQuery(q url.Values, m proto.Message, skip func(field string) bool) error {
	return c.values(&reader{dialect: &c.dialect}, q, m, skip)
}

// DecodeForm reads the fields of a form as DecodeQuery reads parameters, but takes several
// values of one only where the field is repeated.
func (c *Codec) DecodeForm(form url.Values, m proto.Message, skip func(field string) bool) error {
	return c.values(&reader{dialect: &c.dialect, once: true}, form, m, skip)
}

func (c *Codec) values(r *reader, q url.Values, m proto.Message, skip func(field string) bool) error {
	p, err := c.plan(m)
	if err != nil {
		return err
	}
	if problem := r.query(q, p, skip); problem != nil {
		return problem.found()
	}
	return r.finish(m)
}

func (r *reader) query(q url.Values, p *plan, skip func(string) bool) *Problem {
	o := object{plan: p}
	// Names are sorted so that the first problem is always the same one.
	for _, name := range slices.Sorted(maps.Keys(q)) {
		if problem := r.parameter(&o, name, q[name], skip); problem != nil {
			return problem.in(name)
		}
	}
	for i := range p.fields {
		if f := &p.fields[i]; skips(skip, f) {
			o.present.add(i)
		}
	}
	return r.missing(&o)
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
	case r.once && !f.list && len(texts) > 1, o.present.has(f.index), o.present.meets(&f.rivals):
		return r.problem(KindDuplicate, 0)
	}
	o.present.add(f.index)
	if !f.list {
		return r.argument(&f.value, f.tag, texts[len(texts)-1])
	}
	for i, text := range texts {
		problem := r.count()
		if problem == nil {
			problem = r.argument(&f.value, f.tag, text)
		}
		if problem != nil {
			return problem.at(i)
		}
	}
	return nil
}

func skips(skip func(string) bool, f *field) bool {
	return skip != nil && skip(string(f.fd.Name()))
}

// argument writes the value that text spells out.
func (r *reader) argument(v *value, tag uint64, text string) *Problem {
	if !utf8.ValidString(text) {
		return r.problem(KindUTF8, 0)
	}
	switch v.form {
	case formRaw:
		return r.rawArgument(v, tag, text)
	case formBool:
		truthy := r.dialect.QueryBools == BoolTruthy
		if truthy || text == "true" || text == "false" {
			yes := text == "true" || truthy && text != ""
			r.writeVarint(tag, protowire.EncodeBool(yes))
			return nil
		}
	case formInt, formUint, formFloat:
		if n := numberLen(text); n > 0 && n == len(text) {
			return r.setNumber(v, tag, text, 0)
		}
	default:
		return r.setText(v, tag, text, 0)
	}
	return &Problem{Kind: KindType, Want: v.typeName(), Got: "string"}
}

func (r *reader) rawArgument(v *value, tag uint64, text string) *Problem {
	if err := checkRaw(text, v.raw); err != nil {
		return err
	}
	r.writeText(tag, strings.Trim(text, " \n\r\t"))
	return nil
}
