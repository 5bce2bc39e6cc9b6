package rpc

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"buf.build/go/protovalidate"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	optionsv1 "github.com/holdplane/holdplane/gen/holdplane/options/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

// Validator checks requests against the constraints in their .proto files.
type Validator struct {
	rules protovalidate.Validator
	raw   sync.Map // protoreflect.FullName -> []rawField
}

// rawField is a field whose text must be JSON.
type rawField struct {
	field protoreflect.FieldDescriptor
	kind  optionsv1.RawJSON
}

// NewValidator compiles rules as messages come along.
func NewValidator() (*Validator, error) {
	rules, err := protovalidate.New()
	if err != nil {
		return nil, fmt.Errorf("prepare validation: %w", err)
	}
	return &Validator{rules: rules}, nil
}

// Unary is the interceptor.
func (v *Validator) Unary(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	if err := v.Check(req.(proto.Message)); err != nil {
		return nil, err
	}
	return handler(ctx, req)
}

// Check returns a fault with all violations of m; nil when there are none.
func (v *Validator) Check(m proto.Message) error {
	err := v.rules.Validate(m)
	var broken *protovalidate.ValidationError
	switch {
	case errors.As(err, &broken):
		return fault.Invalid(violations(broken)...)
	case err != nil:
		return fmt.Errorf("validate %s: %w", m.ProtoReflect().Descriptor().FullName(), err)
	}
	return v.checkRaw(m.ProtoReflect())
}

func violations(e *protovalidate.ValidationError) []fault.Violation {
	all := make([]fault.Violation, 0, len(e.Violations))
	for _, v := range e.Violations {
		limit := ""
		if v.RuleValue.IsValid() {
			limit = fmt.Sprint(v.RuleValue.Interface())
		}
		all = append(all, fault.Violation{
			Field: protovalidate.FieldPathString(v.Proto.GetField()),
			Rule:  v.Proto.GetRuleId(), Limit: limit, Message: v.Proto.GetMessage(),
		})
	}
	return all
}

// checkRaw checks the fields that hold JSON text. They stand at the top of requests.
func (v *Validator) checkRaw(m protoreflect.Message) error {
	for _, f := range v.rawFields(m.Descriptor()) {
		text := m.Get(f.field).String()
		if text == "" {
			continue
		}
		if err := wirejson.CheckRaw(text, f.kind); err != nil {
			return fault.Invalid(fault.Violation{Field: string(f.field.Name()), Rule: "json", Message: err.Error()})
		}
	}
	return nil
}

func (v *Validator) rawFields(d protoreflect.MessageDescriptor) []rawField {
	if known, ok := v.raw.Load(d.FullName()); ok {
		return known.([]rawField)
	}
	var raw []rawField
	for i := range d.Fields().Len() {
		f := d.Fields().Get(i)
		kind, _ := proto.GetExtension(f.Options(), optionsv1.E_RawJson).(optionsv1.RawJSON)
		if kind != optionsv1.RawJSON_RAW_JSON_UNSPECIFIED {
			raw = append(raw, rawField{field: f, kind: kind})
		}
	}
	v.raw.Store(d.FullName(), raw)
	return raw
}
