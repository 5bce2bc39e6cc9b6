package wirejson

import (
	"google.golang.org/protobuf/reflect/protoreflect"
)

// object is a message in the course of being read.
type object struct {
	plan    *plan
	m       protoreflect.Message
	seen    fieldSet // members that stood in the document
	present fieldSet // those that count: not null
	unknown nameSet
}

// fieldSet holds indexes in plan.fields.
type fieldSet [maxFields / 64]uint64

func (s *fieldSet) has(i int) bool { return s[i/64]&(1<<(i%64)) != 0 }
func (s *fieldSet) add(i int)      { s[i/64] |= 1 << (i % 64) }

func (r *reader) message(p *plan, m protoreflect.Message) *Problem {
	if p.bare != nil {
		_, problem := r.field(p.bare, m)
		return problem
	}
	if r.peek() != '{' {
		return r.mismatch("object")
	}
	o := object{plan: p, m: m, unknown: nameSet{from: len(r.names)}}
	more, problem := r.begin('}')
	for more && problem == nil {
		if problem = r.member(&o); problem == nil {
			more, problem = r.next('}')
		}
	}
	if problem != nil {
		return problem
	}
	r.names = r.names[:o.unknown.from]
	if p.mask != nil {
		o.fillMask()
	}
	return r.missing(&o)
}

func (r *reader) member(o *object) *Problem {
	r.peek()
	at := r.i
	name, problem := r.name()
	if problem != nil {
		return problem
	}
	f := o.plan.byName[name]
	switch {
	case f == nil && o.plan.closed:
		return r.problem(KindUnknown, at).in(name)
	case f == nil && r.repeats(&o.unknown, name):
		return r.problem(KindDuplicate, at).in(name)
	case f == nil:
		problem = r.skip()
	case o.seen.has(f.index), f.oneof != nil && o.m.WhichOneof(f.oneof) != nil:
		return r.problem(KindDuplicate, at).in(name)
	default:
		o.seen.add(f.index)
		var present bool
		if present, problem = r.field(f, o.m); present {
			o.present.add(f.index)
		}
	}
	if problem != nil {
		return problem.in(name)
	}
	return nil
}

// field reads the value of a field. It tells whether the field counts as present.
func (r *reader) field(f *field, m protoreflect.Message) (present bool, _ *Problem) {
	switch c := r.peek(); {
	case c == 'n' && !f.takesNull() && (f.nullable || r.dialect.Null == NullAbsent):
		if f.nullable {
			m.Clear(f.fd)
		}
		return f.nullable, r.word("null")
	case f.list:
		return true, r.list(f, m)
	case f.dict:
		return true, r.dict(f, m)
	case f.form == formMessage:
		return true, r.message(f.plan, m.Mutable(f.fd).Message())
	case f.form == formTime:
		return true, r.time(m.Mutable(f.fd).Message())
	}
	v, problem := r.scalar(&f.value)
	if problem == nil {
		m.Set(f.fd, v)
	}
	return true, problem
}

func (r *reader) list(f *field, m protoreflect.Message) *Problem {
	if r.peek() != '[' {
		return r.mismatch("array")
	}
	more, problem := r.begin(']')
	if !more || problem != nil {
		return problem
	}
	list := m.Mutable(f.fd).List()
	for i := 0; more && problem == nil; i++ {
		if problem = r.element(f, list); problem != nil {
			return problem.at(i)
		}
		more, problem = r.next(']')
	}
	return problem
}

func (r *reader) element(f *field, list protoreflect.List) *Problem {
	if problem := r.count(); problem != nil {
		return problem
	}
	switch f.form {
	case formMessage:
		return r.message(f.plan, list.AppendMutable().Message())
	case formTime:
		return r.time(list.AppendMutable().Message())
	}
	v, problem := r.scalar(&f.value)
	if problem == nil {
		list.Append(v)
	}
	return problem
}

func (r *reader) dict(f *field, m protoreflect.Message) *Problem {
	if r.peek() != '{' {
		return r.mismatch("object")
	}
	more, problem := r.begin('}')
	if !more || problem != nil {
		return problem
	}
	entries := m.Mutable(f.fd).Map()
	for more && problem == nil {
		r.peek()
		at := r.i
		var name string
		if name, problem = r.name(); problem != nil {
			return problem
		}
		key := protoreflect.ValueOfString(name).MapKey()
		if entries.Has(key) {
			return r.problem(KindDuplicate, at).in(name)
		}
		if problem = r.entry(f, entries, key); problem != nil {
			return problem.in(name)
		}
		more, problem = r.next('}')
	}
	return problem
}

func (r *reader) entry(f *field, entries protoreflect.Map, key protoreflect.MapKey) *Problem {
	if problem := r.count(); problem != nil {
		return problem
	}
	switch f.form {
	case formMessage:
		return r.message(f.plan, entries.Mutable(key).Message())
	case formTime:
		return r.time(entries.Mutable(key).Message())
	}
	v, problem := r.scalar(&f.value)
	if problem == nil {
		entries.Set(key, v)
	}
	return problem
}

func (r *reader) count() *Problem {
	if r.elements++; r.elements > MaxElements {
		return r.problem(KindSize, r.i)
	}
	return nil
}

// fillMask names the fields found, so that one that is there and empty is cleared.
func (o *object) fillMask() {
	mask := o.m.Mutable(o.plan.mask).Message()
	paths := mask.Mutable(mask.Descriptor().Fields().ByName("paths")).List()
	for i := range o.plan.fields {
		if o.present.has(i) {
			paths.Append(protoreflect.ValueOfString(string(o.plan.fields[i].fd.Name())))
		}
	}
}

func (r *reader) missing(o *object) *Problem {
	for i := range o.plan.fields {
		if f := &o.plan.fields[i]; f.required && !o.present.has(i) {
			return (&Problem{Kind: KindMissing, Want: f.typeName(), Offset: r.i}).in(f.name)
		}
	}
	return nil
}
