package wirejson

import "google.golang.org/protobuf/encoding/protowire"

// Documents are read into protobuf's binary form, which proto.Unmarshal takes over in
// one go: half the cost of setting field by field, and refused documents leave no trace.

// object is a message in the course of being read.
type object struct {
	plan    *plan
	seen    fieldSet // members that stood in the document
	present fieldSet // those that count: not null
	unknown nameSet
}

// fieldSet holds indexes in plan.fields.
type fieldSet [maxFields / 64]uint64

func (s *fieldSet) has(i int) bool { return s[i/64]&(1<<(i%64)) != 0 }
func (s *fieldSet) add(i int)      { s[i/64] |= 1 << (i % 64) }

func (s *fieldSet) meets(other *fieldSet) bool {
	for i := range s {
		if s[i]&other[i] != 0 {
			return true
		}
	}
	return false
}

// message reads the fields of a message.
func (r *reader) message(p *plan) *Problem {
	if p.bare != nil {
		_, problem := r.field(p.bare)
		return problem
	}
	if r.peek() != '{' {
		return r.mismatch("object")
	}
	o := object{plan: p, unknown: nameSet{from: len(r.names)}}
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
	if p.mask != 0 {
		r.writeMask(&o)
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
	case o.seen.has(f.index), o.present.meets(&f.rivals):
		return r.problem(KindDuplicate, at).in(name)
	default:
		o.seen.add(f.index)
		var present bool
		if present, problem = r.field(f); present {
			o.present.add(f.index)
		}
	}
	if problem != nil {
		return problem.in(name)
	}
	return nil
}

// field reads the value of a field. It tells whether the field counts as present.
func (r *reader) field(f *field) (present bool, _ *Problem) {
	switch c := r.peek(); {
	case c == 'n' && !f.takesNull() && (f.nullable || r.dialect.Null == NullAbsent):
		return f.nullable, r.word("null")
	case f.list:
		return true, r.list(f)
	case f.dict:
		return true, r.dict(f)
	}
	return true, r.value(&f.value, f.tag)
}

func (r *reader) list(f *field) *Problem {
	if r.peek() != '[' {
		return r.mismatch("array")
	}
	more, problem := r.begin(']')
	for i := 0; more && problem == nil; i++ {
		if problem = r.count(); problem == nil {
			problem = r.value(&f.value, f.tag)
		}
		if problem != nil {
			return problem.at(i)
		}
		more, problem = r.next(']')
	}
	return problem
}

// Fields of map entries.
const (
	entryKey   = 1
	entryValue = 2
)

func (r *reader) dict(f *field) *Problem {
	if r.peek() != '{' {
		return r.mismatch("object")
	}
	seen := nameSet{from: len(r.names)}
	more, problem := r.begin('}')
	for more && problem == nil {
		r.peek()
		at := r.i
		var name string
		if name, problem = r.name(); problem != nil {
			return problem
		}
		if r.repeats(&seen, name) {
			return r.problem(KindDuplicate, at).in(name)
		}
		if problem = r.entry(f, name); problem != nil {
			return problem.in(name)
		}
		more, problem = r.next('}')
	}
	r.names = r.names[:seen.from]
	return problem
}

func (r *reader) entry(f *field, name string) *Problem {
	if problem := r.count(); problem != nil {
		return problem
	}
	start := r.open(f.tag)
	r.writeText(protowire.EncodeTag(entryKey, protowire.BytesType), name)
	if problem := r.value(&f.value, protowire.EncodeTag(entryValue, f.value.wireType())); problem != nil {
		return problem
	}
	r.close(start)
	return nil
}

func (r *reader) count() *Problem {
	if r.elements++; r.elements > r.dialect.MaxElements {
		return r.problem(KindSize, r.i)
	}
	return nil
}

// writeMask names the fields found, so that one that is there and empty is cleared.
func (r *reader) writeMask(o *object) {
	const paths = 1 // the field of FieldMask
	start := r.open(protowire.EncodeTag(o.plan.mask, protowire.BytesType))
	for i := range o.plan.fields {
		if o.present.has(i) {
			r.writeText(protowire.EncodeTag(paths, protowire.BytesType), string(o.plan.fields[i].fd.Name()))
		}
	}
	r.close(start)
}

func (r *reader) missing(o *object) *Problem {
	for i := range o.plan.fields {
		if f := &o.plan.fields[i]; f.required && !o.present.has(i) {
			return (&Problem{Kind: KindMissing, Want: f.typeName(), Offset: r.i}).in(f.name)
		}
	}
	return nil
}
