package wirejson_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/dynamicpb"
	"pgregory.net/rapid"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	optionsv1 "github.com/holdplane/holdplane/gen/holdplane/options/v1"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

var identityFiles = []protoreflect.FileDescriptor{
	identityv1.File_holdplane_identity_v1_identity_proto, identityv1.File_holdplane_identity_v1_access_proto,
	identityv1.File_holdplane_identity_v1_tenant_proto, identityv1.File_holdplane_identity_v1_liveness_proto,
}

// everyMessage is all of the identity service's messages, and our test messages.
func everyMessage() (all []protoreflect.MessageDescriptor) {
	for _, file := range identityFiles {
		for i := range file.Messages().Len() {
			all = append(all, file.Messages().Get(i))
		}
	}
	for _, name := range []protoreflect.Name{"All", "Many", "Numbers", "Raw", "Patch", "Batch", "Consumer"} {
		all = append(all, wire.ByName(name))
	}
	return all
}

// TestRoundTrip writes random messages, and reads them back unchanged.
func TestRoundTrip(t *testing.T) {
	codec := wirejson.New(wirejson.Dialect{Required: true, Closed: closed})
	for _, md := range everyMessage() {
		t.Run(string(md.Name()), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				want := dynamicpb.NewMessage(md)
				fill(t, want, 3)
				text, err := codec.Append(nil, want)
				if err != nil {
					t.Fatal(err)
				}
				if !json.Valid(text) {
					t.Fatalf("not JSON: %s", text)
				}
				got := dynamicpb.NewMessage(md)
				if err := codec.Decode(text, got); err != nil {
					t.Fatalf("%v: %s", err, text)
				}
				if diff := cmp.Diff(proto.Message(want), got, protocmp.Transform(), protocmp.IgnoreMessages(&mask)); diff != "" {
					t.Fatalf("%s: %s", text, diff)
				}
			})
		})
	}
}

// fill sets random fields of m, and messages down to a depth.
func fill(t *rapid.T, m protoreflect.Message, depth int) {
	md := m.Descriptor()
	for i := range md.Fields().Len() {
		fd := md.Fields().Get(i)
		switch {
		case fd.Message() != nil && fd.Message().FullName() == "google.protobuf.FieldMask":
		case fd.IsList():
			for range rapid.IntRange(0, 3).Draw(t, "elements") {
				list := m.Mutable(fd).List()
				list.Append(single(t, fd, list.NewElement, depth))
			}
		case fd.IsMap():
			entries := m.Mutable(fd).Map()
			for range rapid.IntRange(0, 3).Draw(t, "entries") {
				key := protoreflect.ValueOfString(rapid.String().Draw(t, "key")).MapKey()
				entries.Set(key, single(t, fd.MapValue(), entries.NewValue, depth))
			}
		case fd.Message() != nil && depth == 0:
		case rawKind(fd) == optionsv1.RawJSON_RAW_JSON_OBJECT && !fd.HasPresence(), rapid.Bool().Draw(t, "set"):
			m.Set(fd, single(t, fd, func() protoreflect.Value { return m.NewField(fd) }, depth))
		}
	}
}

// single draws one value of a field.
func single(t *rapid.T, fd protoreflect.FieldDescriptor, empty func() protoreflect.Value, depth int) protoreflect.Value {
	switch fd.Kind() {
	case protoreflect.StringKind:
		if raw := rawKind(fd); raw != optionsv1.RawJSON_RAW_JSON_UNSPECIFIED {
			return protoreflect.ValueOfString(rawText(t, raw))
		}
		return protoreflect.ValueOfString(rapid.String().Draw(t, "string"))
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(rapid.Bool().Draw(t, "bool"))
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		return protoreflect.ValueOfInt32(rapid.Int32().Draw(t, "int32"))
	case protoreflect.Int64Kind, protoreflect.Sint64Kind, protoreflect.Sfixed64Kind:
		return protoreflect.ValueOfInt64(rapid.Int64().Draw(t, "int64"))
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return protoreflect.ValueOfUint32(rapid.Uint32().Draw(t, "uint32"))
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		return protoreflect.ValueOfUint64(rapid.Uint64().Draw(t, "uint64"))
	case protoreflect.FloatKind:
		return protoreflect.ValueOfFloat32(rapid.Float32Range(-1e38, 1e38).Draw(t, "float"))
	case protoreflect.DoubleKind:
		return protoreflect.ValueOfFloat64(rapid.Float64Range(-1e300, 1e300).Draw(t, "double"))
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
	case protoreflect.EnumKind:
		values := fd.Enum().Values()
		return protoreflect.ValueOfEnum(values.Get(rapid.IntRange(0, values.Len()-1).Draw(t, "enum")).Number())
	}
	v := empty()
	if fd.Message().FullName() != "google.protobuf.Timestamp" {
		fill(t, v.Message(), depth-1)
		return v
	}
	at := fd.Message().Fields()
	v.Message().Set(at.ByName("seconds"), protoreflect.ValueOfInt64(rapid.Int64Range(-62135596800, 253402300799).Draw(t, "seconds")))
	v.Message().Set(at.ByName("nanos"), protoreflect.ValueOfInt32(rapid.Int32Range(0, 999_999_999).Draw(t, "nanos")))
	return v
}

func rawText(t *rapid.T, kind optionsv1.RawJSON) string {
	texts := []string{`{}`, `{ "a" : 10.0 }`, `{"a":[{"a":null},9007199254740993,1e400],"\u0062":"é\n"}`}
	if kind == optionsv1.RawJSON_RAW_JSON_VALUE {
		texts = append(texts, `null`, `-0`, `" "`, `[ ]`, `false`)
	}
	return rapid.SampledFrom(texts).Draw(t, "raw")
}

func rawKind(fd protoreflect.FieldDescriptor) optionsv1.RawJSON {
	return proto.GetExtension(fd.Options(), optionsv1.E_RawJson).(optionsv1.RawJSON)
}
