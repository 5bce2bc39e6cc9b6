package wirejson

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Codec reads and writes the JSON of one dialect. It is safe for concurrent use.
type Codec struct {
	dialect Dialect
	plans   sync.Map // protoreflect.MessageDescriptor to *plan
}

// New returns the codec of a dialect. Plans are compiled at first use, or by Prepare.
func New(d Dialect) *Codec {
	if d.MaxElements == 0 {
		d.MaxElements = MaxElements
	}
	return &Codec{dialect: d}
}

// Prepare compiles the plans of messages and of all that they hold. It fails on fields
// that have no JSON form here, on names that clash, and on entries of the dialect that
// name nothing in these messages: call it at start with every message of the dialect.
func (c *Codec) Prepare(messages ...protoreflect.MessageDescriptor) error {
	known := map[protoreflect.FullName]bool{}
	for _, md := range messages {
		k := c.compiler()
		if _, err := k.message(md); err != nil {
			return err
		}
		for made, p := range k.plans {
			known[made.FullName()] = true
			for i := range made.Fields().Len() {
				known[made.Fields().Get(i).FullName()] = true
			}
			c.plans.LoadOrStore(made, p)
		}
	}
	var errs []error
	for _, name := range c.dialect.mentioned() {
		if !known[name] {
			errs = append(errs, fmt.Errorf("wirejson: the dialect names %s, which no message has", name))
		}
	}
	return errors.Join(errs...)
}

// Append writes m behind dst. It fails on strings that are not UTF-8 (they cannot cross
// gRPC either), on NaN and infinities, and on times outside the years 1 to 9999. The
// text of raw_json fields must be such that CheckRaw accepts it: it is not checked again.
func (c *Codec) Append(dst []byte, m proto.Message) ([]byte, error) {
	p, err := c.plan(m)
	if err != nil {
		return nil, err
	}
	if dst == nil {
		dst = make([]byte, 0, 512)
	}
	dst, err = p.append(dst, m.ProtoReflect())
	if err != nil {
		return nil, fmt.Errorf("wirejson: %s: %w", m.ProtoReflect().Descriptor().FullName(), err)
	}
	return dst, nil
}

// Decode reads one JSON document and merges it into m, which should be empty: fields
// that the document leaves out keep what they hold. The error is a *Problem when the
// document is at fault; m is then unchanged.
func (c *Codec) Decode(data []byte, m proto.Message) error {
	p, err := c.plan(m)
	if err != nil {
		return err
	}
	r := reader{s: string(data), dialect: &c.dialect, out: make([]byte, 0, min(len(data), 512))}
	if problem := r.document(p); problem != nil {
		return problem.found()
	}
	return r.finish(m)
}

// document reads a whole document. Problems of the document win over an earlier one of a
// field, which costs a second pass where the first one did not get to the end.
func (r *reader) document(p *plan) *Problem {
	problem := r.start()
	if problem == nil {
		problem = r.message(p)
	}
	var worse *Problem
	switch {
	case problem == nil:
		return r.end()
	case problem.ofDocument():
		return problem
	case problem.Kind == KindMissing && r.depth == 0:
		worse = r.end()
	default:
		worse = check(r.s)
	}
	if worse != nil {
		return worse
	}
	return problem
}

// finish hands over what was read.
func (r *reader) finish(m proto.Message) error {
	if err := (proto.UnmarshalOptions{Merge: true}).Unmarshal(r.out, m); err != nil {
		return fmt.Errorf("wirejson: %s: %w", m.ProtoReflect().Descriptor().FullName(), err)
	}
	return nil
}

func (c *Codec) plan(m proto.Message) (*plan, error) {
	if m == nil {
		return nil, errors.New("wirejson: no message")
	}
	md := m.ProtoReflect().Descriptor()
	if p, ok := c.plans.Load(md); ok {
		return p.(*plan), nil
	}
	k := c.compiler()
	p, err := k.message(md)
	if err != nil {
		return nil, err
	}
	// Two calls may compile the same plans; both are right, the first stays.
	for made, p := range k.plans {
		c.plans.LoadOrStore(made, p)
	}
	return p, nil
}

func (c *Codec) compiler() *compiler {
	return &compiler{dialect: &c.dialect, plans: map[protoreflect.MessageDescriptor]*plan{}}
}

// wireName is what the dialect calls a field.
func (d *Dialect) wireName(fd protoreflect.FieldDescriptor) string {
	if name, ok := d.Names[fd.FullName()]; ok {
		return name
	}
	return fd.JSONName()
}

// mentioned are the fields and messages that the dialect's tables name, sorted.
func (d *Dialect) mentioned() []protoreflect.FullName {
	all := slices.Collect(maps.Keys(d.Names))
	all = slices.AppendSeq(all, maps.Keys(d.Aliases))
	for _, set := range []map[protoreflect.FullName]bool{d.Hidden, d.Nullable, d.OmitEmpty, d.Bare, d.Dates} {
		all = slices.AppendSeq(all, maps.Keys(set))
	}
	slices.Sort(all)
	return slices.Compact(all)
}
