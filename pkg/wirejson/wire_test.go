package wirejson_test

import (
	_ "embed"
	"errors"
	"testing"

	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"

	_ "google.golang.org/protobuf/types/known/emptypb"
	_ "google.golang.org/protobuf/types/known/structpb"

	_ "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

//go:embed testdata/wire.txtpb
var wireText []byte

// wire holds the messages of testdata/wire.txtpb, which our own protos do not cover.
var wire = func() protoreflect.MessageDescriptors {
	fd := &descriptorpb.FileDescriptorProto{}
	if err := prototext.Unmarshal(wireText, fd); err != nil {
		panic(err)
	}
	file, err := protodesc.NewFile(fd, protoregistry.GlobalFiles)
	if err != nil {
		panic(err)
	}
	return file.Messages()
}()

func fresh(name protoreflect.Name) proto.Message {
	return dynamicpb.NewMessage(wire.ByName(name))
}

// message reads a message in prototext.
func message(t *testing.T, name protoreflect.Name, text string) proto.Message {
	t.Helper()
	m := fresh(name)
	if err := prototext.Unmarshal([]byte(text), m); err != nil {
		t.Fatal(err)
	}
	return m
}

// fields is a set of full names.
func fields(names ...protoreflect.FullName) map[protoreflect.FullName]bool {
	set := map[protoreflect.FullName]bool{}
	for _, name := range names {
		set[name] = true
	}
	return set
}

func closed(protoreflect.MessageDescriptor) bool { return true }

// problem is what is worth comparing of a Problem.
func problem(t *testing.T, err error) (p wirejson.Problem) {
	t.Helper()
	if found, ok := errors.AsType[*wirejson.Problem](err); ok {
		return *found
	}
	t.Fatalf("error %v is no problem of the document", err)
	return p
}
