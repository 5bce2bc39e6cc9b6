package identity

import (
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/holdplane/holdplane/pkg/fault"
)

// updateMask is the name of the field that names fields.
const updateMask = "update_mask"

// masked is an update that names what it changes.
type masked interface {
	proto.Message
	GetUpdateMask() *fieldmaskpb.FieldMask
}

// named returns the names of the fields that an update changes: those its mask names, or
// without one those that are set. ids tell what is updated, and may be named or not. An
// empty mask changes nothing.
func named(r masked, ids ...string) ([]string, error) {
	var set []string
	r.ProtoReflect().Range(func(f protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
		if name := string(f.Name()); name != updateMask && !slices.Contains(ids, name) {
			set = append(set, name)
		}
		return true
	})
	mask := r.GetUpdateMask()
	if mask == nil {
		slices.Sort(set)
		return set, nil
	}
	var names []string
	fields := r.ProtoReflect().Descriptor().Fields()
	for _, path := range mask.GetPaths() {
		if fields.ByName(protoreflect.Name(path)) == nil || path == updateMask {
			return nil, fault.InvalidArgument(reasonMaskInvalid, "update_mask names %q, which is no field to change", path)
		}
		if !slices.Contains(ids, path) && !slices.Contains(names, path) {
			names = append(names, path)
		}
	}
	for _, name := range set {
		if !slices.Contains(names, name) {
			return nil, fault.InvalidArgument(reasonMaskInvalid, "update_mask leaves out %s, which is set", name)
		}
	}
	slices.Sort(names)
	return names, nil
}
