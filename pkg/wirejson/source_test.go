package wirejson_test

import (
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/dynamicpb"
	"pgregory.net/rapid"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

// TestGeneratedMessages writes random messages as generated code has them and as
// protoreflect sees them: nobody can tell.
func TestGeneratedMessages(t *testing.T) {
	files := append(identityFiles, connectionvaultv1.File_holdplane_connectionvault_v1_connectiontypes_proto,
		connectionvaultv1.File_holdplane_connectionvault_v1_connection_proto, connectionvaultv1.File_holdplane_connectionvault_v1_log_proto)
	for _, file := range files {
		for i := range file.Messages().Len() {
			md := file.Messages().Get(i)
			mt, err := protoregistry.GlobalTypes.FindMessageByName(md.FullName())
			if err != nil {
				t.Fatal(err)
			}
			t.Run(string(md.Name()), func(t *testing.T) { writesAlike(t, mt) })
		}
	}
}

func writesAlike(t *testing.T, mt protoreflect.MessageType) {
	all := fields()
	for i := range mt.Descriptor().Fields().Len() {
		all[mt.Descriptor().Fields().Get(i).FullName()] = true
	}
	codecs := map[string]*wirejson.Codec{
		"as it is": wirejson.New(wirejson.Dialect{}), "with null": wirejson.New(wirejson.Dialect{Nullable: all}), "without what is empty": wirejson.New(wirejson.Dialect{OmitEmpty: all}),
	}
	rapid.Check(t, func(t *rapid.T) {
		dynamic, generated := dynamicpb.NewMessage(mt.Descriptor()), mt.New().Interface()
		fill(t, dynamic, 3)
		data, err := proto.Marshal(dynamic)
		if err != nil {
			t.Fatal(err)
		}
		if err := proto.Unmarshal(data, generated); err != nil {
			t.Fatal(err)
		}
		for name, codec := range codecs {
			want, err := codec.Append(nil, dynamic)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := codec.Append(nil, generated); err != nil || string(got) != string(want) {
				t.Fatalf("%s: %v\n%s, want\n%s", name, err, got, want)
			}
		}
	})
}

// TestEscapesAtEveryPlace writes texts with one character that is not plain: at any place, as
// plain ones are passed over in eights.
func TestEscapesAtEveryPlace(t *testing.T) {
	const plain = `0123456789 abcdefgh~!#[]^`
	for at := range len(plain) + 1 {
		for odd, want := range map[string]string{`"`: `\"`, `\`: `\\`, "\n": `\n`, "\x00": `\u0000`, "\x1f": `\u001f`, "\x7f": "\x7f", "é": "é", "\u2028": "\u2028"} {
			m := &connectionvaultv1.Subscription{DownstreamId: plain[:at] + odd + plain[at:]}
			got, err := wirejson.New(wirejson.Dialect{}).Append(nil, m)
			if want := `{"downstreamId":"` + plain[:at] + want + plain[at:] + `"}`; err != nil || string(got) != want {
				t.Errorf("got %s, %v, want %s", got, err, want)
			}
		}
		m := &connectionvaultv1.Subscription{DownstreamId: plain[:at] + "\xff" + plain[at:]}
		if got, err := wirejson.New(wirejson.Dialect{}).Append(nil, m); err == nil {
			t.Errorf("got %s for what is not UTF-8", got)
		}
	}
}
