package rpc

import (
	"fmt"
	"strings"
	"sync"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	optionsv1 "github.com/holdplane/holdplane/gen/holdplane/options/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

// rawPlans knows which fields of messages hold JSON text.
type rawPlans struct {
	known sync.Map // protoreflect.FullName -> *rawPlan
}

// rawPlan is where a message holds JSON text: in fields of its own, and in messages that
// it holds.
type rawPlan struct {
	texts  []rawField
	within []protoreflect.FieldDescriptor
}

type rawField struct {
	field protoreflect.FieldDescriptor
	kind  optionsv1.RawJSON
}

// check refuses text that is not the JSON it should be.
func (r *rawPlans) check(path string, m protoreflect.Message) error {
	plan := r.of(m.Descriptor())
	for _, f := range plan.texts {
		text := m.Get(f.field).String()
		if text == "" {
			continue
		}
		if err := wirejson.CheckRaw(text, f.kind); err != nil {
			return fault.Invalid(fault.Violation{
				Field: path + string(f.field.Name()), Rule: "json",
				Message: "not the JSON it should be: " + strings.TrimPrefix(err.Error(), "wirejson: "),
			})
		}
	}
	for _, f := range plan.within {
		if err := r.checkWithin(path+string(f.Name()), m, f); err != nil {
			return err
		}
	}
	return nil
}

func (r *rawPlans) checkWithin(path string, m protoreflect.Message, f protoreflect.FieldDescriptor) error {
	if !f.IsList() {
		if !m.Has(f) {
			return nil
		}
		return r.check(path+".", m.Get(f).Message())
	}
	list := m.Get(f).List()
	for i := range list.Len() {
		if err := r.check(fmt.Sprintf("%s[%d].", path, i), list.Get(i).Message()); err != nil {
			return err
		}
	}
	return nil
}

func (r *rawPlans) of(d protoreflect.MessageDescriptor) *rawPlan {
	if known, ok := r.known.Load(d.FullName()); ok {
		return known.(*rawPlan)
	}
	plan := &rawPlan{}
	for i := range d.Fields().Len() {
		f := d.Fields().Get(i)
		kind, _ := proto.GetExtension(f.Options(), optionsv1.E_RawJson).(optionsv1.RawJSON)
		switch {
		case kind != optionsv1.RawJSON_RAW_JSON_UNSPECIFIED:
			plan.texts = append(plan.texts, rawField{field: f, kind: kind})
		case f.Message() != nil && !f.IsMap() && holdsRaw(f.Message(), nil):
			plan.within = append(plan.within, f)
		}
	}
	r.known.Store(d.FullName(), plan)
	return plan
}

// holdsRaw tells whether a message, or one that it holds, has JSON text. above are the
// messages that hold it, for those that hold themselves.
func holdsRaw(d protoreflect.MessageDescriptor, above []protoreflect.FullName) bool {
	for _, name := range above {
		if name == d.FullName() {
			return false
		}
	}
	above = append(above, d.FullName())
	for i := range d.Fields().Len() {
		f := d.Fields().Get(i)
		kind, _ := proto.GetExtension(f.Options(), optionsv1.E_RawJson).(optionsv1.RawJSON)
		if kind != optionsv1.RawJSON_RAW_JSON_UNSPECIFIED || f.Message() != nil && holdsRaw(f.Message(), above) {
			return true
		}
	}
	return false
}
