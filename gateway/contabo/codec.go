package contabo

import (
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

const messages = "holdplane.useradmin.v1."

// pageMessage is what lists have beside their rows.
const pageMessage = messages + "Page"

// codecOf follows class-validator as NestJS uses it: null counts as absent, what is not
// known is left out, what is required is missed. Ids that a path holds are none of the
// body's. Answers that hold one object stand for it; those of lists have their rows as data.
func codecOf(services []gateway.Service) wirejson.Dialect {
	d := wirejson.Dialect{
		Names: map[protoreflect.FullName]string{
			messages + "ObjectStorage.total_purchased_space_tb": "totalPurchasedSpaceTB",
			messages + "AutoScaling.size_limit_tb":              "sizeLimitTB",
		},
		Hidden: map[protoreflect.FullName]bool{
			messages + "UpdateUserRequest.user_id": true,
			messages + "UpdateRoleRequest.role_id": true,
		},
		Bare:     map[protoreflect.FullName]bool{},
		Dates:    map[protoreflect.FullName]bool{messages + "ObjectStorage.cancel_date": true},
		Required: true,
		Null:     wirejson.NullAbsent,
	}
	for _, md := range outputs(services) {
		fields := md.Fields()
		if fields.Len() == 1 && fields.Get(0).Message() != nil {
			d.Bare[md.FullName()] = true
		}
		if page := fields.ByName("page"); page != nil && page.Message() != nil && page.Message().FullName() == pageMessage {
			d.Names[page.FullName()] = "_pagination"
			d.Names[fields.Get(0).FullName()] = "data"
		}
	}
	return d
}

// outputs are the answers of services, whose descriptors are compiled in.
func outputs(services []gateway.Service) (all []protoreflect.MessageDescriptor) {
	for _, s := range services {
		d, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(s.Name()))
		sd, ok := d.(protoreflect.ServiceDescriptor)
		if err != nil || !ok {
			continue // gateway.New says so
		}
		for i := range sd.Methods().Len() {
			all = append(all, sd.Methods().Get(i).Output())
		}
	}
	return all
}
