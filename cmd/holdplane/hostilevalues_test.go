package main

import (
	"math"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	optionsv1 "github.com/holdplane/holdplane/gen/holdplane/options/v1"
)

func (h *hostile) message(m protoreflect.Message, depth int) {
	for _, f := range fieldsOf(m.Descriptor()) {
		switch {
		case h.IntN(4) == 0:
		case f.IsMap():
			h.fillMap(m.Mutable(f).Map(), f)
		case f.IsList():
			h.list(m.Mutable(f).List(), f, depth)
		case f.Message() != nil:
			h.message(m.Mutable(f).Message(), depth+1)
		default:
			m.Set(f, h.scalar(f))
		}
	}
	if h.IntN(20) == 0 {
		unknown := protowire.AppendTag(nil, protowire.Number(1+h.IntN(1<<20)+1000), protowire.BytesType)
		m.SetUnknown(protowire.AppendString(unknown, h.text()))
	}
}

// fillMap fills a map from texts to texts; there are no others.
func (h *hostile) fillMap(m protoreflect.Map, f protoreflect.FieldDescriptor) {
	for range h.IntN(4) {
		key := strings.ToValidUTF8(h.string(f.MapKey()), "?")
		m.Set(protoreflect.ValueOfString(key).MapKey(), h.scalar(f.MapValue()))
	}
}

func (h *hostile) list(list protoreflect.List, f protoreflect.FieldDescriptor, depth int) {
	n := h.IntN(4)
	if depth == 0 && h.IntN(50) == 0 {
		n = 1 + h.IntN(3000)
	}
	for range n {
		if f.Message() != nil {
			h.message(list.AppendMutable().Message(), depth+1)
		} else {
			list.Append(h.scalar(f))
		}
	}
}

func (h *hostile) scalar(f protoreflect.FieldDescriptor) protoreflect.Value {
	switch f.Kind() {
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(h.string(f))
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes([]byte(h.string(f)))
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(h.IntN(2) == 0)
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(protoreflect.EnumNumber(h.number()))
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		return protoreflect.ValueOfInt32(int32(h.number()))
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return protoreflect.ValueOfUint32(uint32(h.number()))
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		return protoreflect.ValueOfUint64(uint64(h.number()))
	case protoreflect.DoubleKind:
		return protoreflect.ValueOfFloat64(math.Float64frombits(h.Uint64()))
	case protoreflect.FloatKind:
		return protoreflect.ValueOfFloat32(math.Float32frombits(h.Uint32()))
	}
	return protoreflect.ValueOfInt64(h.number())
}

// number is one at the edge of what programs expect.
func (h *hostile) number() int64 {
	edges := []int64{0, 1, -1, 2, 15, 16, 31, 100, 255, 256, 1000, 60_000, math.MaxInt32, math.MinInt32, math.MaxUint32, 1<<53 - 1, 1 << 53, math.MaxInt64, math.MinInt64, 4102444800000}
	switch h.IntN(5) {
	case 0:
		return int64(h.Uint64())
	case 1:
		return h.numbers[h.IntN(len(h.numbers))]
	}
	return edges[h.IntN(len(edges))]
}

func (h *hostile) string(f protoreflect.FieldDescriptor) string {
	switch n := h.IntN(40); {
	case n == 0:
		return strings.Repeat("x", 1+h.IntN(1<<17))
	case proto.HasExtension(f.Options(), optionsv1.E_RawJson) && n < 30:
		return strings.ToValidUTF8(h.value(0), "?") // no other can be sent
	case n < 24:
		return h.pick()
	case n < 32:
		return pick(h.generator, "text/plain", "application/octet-stream", "generic", "rsa", "certificate", "public_key", "key", "asymmetric", "aes", "name",
			"set", "increment", "decrement", "daily", "monthly", "sha256_base64", "fast", "*", "a AND (b OR c)", "((((", "user_1", "abc")
	}
	return h.text()
}
