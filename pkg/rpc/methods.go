package rpc

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	optionsv1 "github.com/holdplane/holdplane/gen/holdplane/options/v1"
)

// PublicMethods are the full names of the linked methods that need no credential: those
// with the option (public), and the health check that orchestrators make.
func PublicMethods() map[string]bool {
	public := map[string]bool{"/grpc.health.v1.Health/Check": true, "/grpc.health.v1.Health/List": true}
	protoregistry.GlobalFiles.RangeFiles(func(f protoreflect.FileDescriptor) bool {
		for i := range f.Services().Len() {
			methods := f.Services().Get(i).Methods()
			for j := range methods.Len() {
				m := methods.Get(j)
				if open, _ := proto.GetExtension(m.Options(), optionsv1.E_Public).(bool); open {
					public["/"+string(m.Parent().FullName())+"/"+string(m.Name())] = true
				}
			}
		}
		return true
	})
	return public
}
