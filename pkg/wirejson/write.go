package wirejson

import (
	"math"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// wireType is how protobuf's binary form holds the value.
func (v *value) wireType() protowire.Type {
	switch v.kind {
	case protoreflect.StringKind, protoreflect.BytesKind, protoreflect.MessageKind:
		return protowire.BytesType
	case protoreflect.Fixed32Kind, protoreflect.Sfixed32Kind, protoreflect.FloatKind:
		return protowire.Fixed32Type
	case protoreflect.Fixed64Kind, protoreflect.Sfixed64Kind, protoreflect.DoubleKind:
		return protowire.Fixed64Type
	}
	return protowire.VarintType
}

// open begins a message whose length close fills in.
func (r *reader) open(tag uint64) (start int) {
	r.out = append(protowire.AppendVarint(r.out, tag), 0)
	return len(r.out)
}

// close moves what was written if its length needs more than the one byte kept for it.
func (r *reader) close(start int) {
	size := uint64(len(r.out) - start)
	if more := protowire.SizeVarint(size) - 1; more > 0 {
		r.out = append(r.out, make([]byte, more)...)
		copy(r.out[start+more:], r.out[start:])
	}
	protowire.AppendVarint(r.out[:start-1], size)
}

func (r *reader) writeText(tag uint64, text string) {
	r.out = protowire.AppendString(protowire.AppendVarint(r.out, tag), text)
}

func (r *reader) writeVarint(tag, x uint64) {
	r.out = protowire.AppendVarint(protowire.AppendVarint(r.out, tag), x)
}

// writeInteger takes negative integers in two's complement of 64 bits.
func (r *reader) writeInteger(v *value, tag, x uint64) {
	switch v.kind {
	case protoreflect.Sint32Kind, protoreflect.Sint64Kind:
		x = protowire.EncodeZigZag(int64(x))
	case protoreflect.Fixed32Kind, protoreflect.Sfixed32Kind:
		r.out = protowire.AppendFixed32(protowire.AppendVarint(r.out, tag), uint32(x))
		return
	case protoreflect.Fixed64Kind, protoreflect.Sfixed64Kind:
		r.out = protowire.AppendFixed64(protowire.AppendVarint(r.out, tag), x)
		return
	}
	r.writeVarint(tag, x)
}

func (r *reader) writeFloat(v *value, tag uint64, x float64) {
	r.out = protowire.AppendVarint(r.out, tag)
	if v.kind == protoreflect.FloatKind {
		r.out = protowire.AppendFixed32(r.out, math.Float32bits(float32(x)))
		return
	}
	r.out = protowire.AppendFixed64(r.out, math.Float64bits(x))
}
