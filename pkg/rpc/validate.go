package rpc

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"buf.build/go/protovalidate"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/holdplane/holdplane/pkg/fault"
)

// Validator checks requests against the constraints in their .proto files.
type Validator struct {
	rules protovalidate.Validator
	raw   rawPlans
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
	return v.raw.check("", m.ProtoReflect())
}

func violations(e *protovalidate.ValidationError) []fault.Violation {
	all := make([]fault.Violation, 0, len(e.Violations))
	for _, v := range e.Violations {
		rule, limit := brokenRule(v)
		all = append(all, fault.Violation{
			Field: protovalidate.FieldPathString(v.Proto.GetField()),
			Rule:  rule, Limit: limit, Message: v.Proto.GetMessage(),
		})
	}
	return all
}

// brokenRule returns a violation's rule and what it compares with. A range comes as one
// rule, int64.gte_lte; products word the side that is broken.
func brokenRule(v *protovalidate.Violation) (rule, limit string) {
	rule = v.Proto.GetRuleId()
	kind, ends, _ := strings.Cut(rule, ".")
	lower, upper, _ := strings.Cut(ends, "_")
	if (lower == "gt" || lower == "gte") && (upper == "lt" || upper == "lte") {
		bounds := rulesOf(v.FieldDescriptor)
		side := lower
		if tooHigh(v.FieldValue, bound(bounds, upper), upper) {
			side = upper
		}
		return kind + "." + side, fmt.Sprint(bound(bounds, side).Interface())
	}
	if v.RuleValue.IsValid() {
		limit = textOf(v.RuleValue)
	}
	return rule, limit
}

// textOf is what a rule compares with; of a list its elements.
func textOf(v protoreflect.Value) string {
	list, ok := v.Interface().(protoreflect.List)
	if !ok {
		return fmt.Sprint(v.Interface())
	}
	all := make([]string, list.Len())
	for i := range all {
		all[i] = list.Get(i).String()
	}
	return strings.Join(all, ", ")
}

// rulesOf returns the rules of a field's own type: of an int64 its Int64Rules, of a
// repeated one those of its items.
func rulesOf(f protoreflect.FieldDescriptor) protoreflect.Message {
	rules, _ := proto.GetExtension(f.Options(), validate.E_Field).(*validate.FieldRules)
	m := rules.ProtoReflect()
	typed := m.WhichOneof(m.Descriptor().Oneofs().ByName("type"))
	if typed != nil && typed.Name() == "repeated" {
		m = rules.GetRepeated().GetItems().ProtoReflect()
		typed = m.WhichOneof(m.Descriptor().Oneofs().ByName("type"))
	}
	return m.Get(typed).Message()
}

func bound(rules protoreflect.Message, name string) protoreflect.Value {
	return rules.Get(rules.Descriptor().Fields().ByName(protoreflect.Name(name)))
}

func tooHigh(value, upper protoreflect.Value, rule string) bool {
	switch value.Interface().(type) {
	case int32, int64:
		return value.Int() > upper.Int() || rule == "lt" && value.Int() == upper.Int()
	case uint32, uint64:
		return value.Uint() > upper.Uint() || rule == "lt" && value.Uint() == upper.Uint()
	case float32, float64:
		return value.Float() > upper.Float() || rule == "lt" && value.Float() == upper.Float()
	}
	return false
}
