package e2e_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	reflectionv1 "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
)

const identityService = "holdplane.identity.v1.IdentityService"

// TestReflection does what grpcurl does: it knows nothing but the address and a key,
// learns the rest from the server and calls it.
func TestReflection(t *testing.T) {
	eachForm(t, func(t *testing.T, s server) {
		conn := dial(t, s.grpcAddr)
		services := listServices(t, conn)
		for _, want := range []string{identityService, "grpc.health.v1.Health"} {
			if !slices.Contains(services, want) {
				t.Errorf("reflection lists %q, want %s among it", services, want)
			}
		}
		if slices.Contains(services, "holdplane.identity.v1.AccessService") {
			t.Error("reflection of the public listener lists AccessService")
		}

		service := describe(t, conn, identityService)
		made := invoke(t, conn, s.rootKey, service, "CreateIdentity", `{"externalId":"by-grpc","meta":"{\"a\":10.0}"}`)
		id := made.Get(made.Descriptor().Fields().ByName("identity_id")).String()
		equal(t, s.ok(t, getPath+"?externalId=by-grpc", ""), fmt.Sprintf(
			`{"id":%q,"externalId":"by-grpc","meta":{"a":10.0},"ratelimits":[]}`, id))
	})
}

func TestPublicGRPC(t *testing.T) {
	eachForm(t, func(t *testing.T, s server) {
		conn := dial(t, s.grpcAddr)
		health, err := grpc_health_v1.NewHealthClient(conn).Check(t.Context(), &grpc_health_v1.HealthCheckRequest{})
		if err != nil || health.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
			t.Errorf("health is %v (%v), want SERVING", health.GetStatus(), err)
		}
		identities := identityv1.NewIdentityServiceClient(conn)
		list := func(ctx context.Context) error {
			_, err := identities.ListIdentities(ctx, &identityv1.ListIdentitiesRequest{})
			return err
		}
		for _, test := range []struct {
			name, key string
			call      func(context.Context) error
			want      codes.Code
		}{
			{"no key", "", list, codes.Unauthenticated},
			{"unknown key", newKey(), list, codes.Unauthenticated},
			{"right key", s.readerKey, list, codes.OK},
			{"no permission", s.readerKey, func(ctx context.Context) error {
				_, err := identities.DeleteIdentity(ctx, &identityv1.DeleteIdentityRequest{IdentityId: "id_unknown"})
				return err
			}, codes.PermissionDenied},
			{"access service", s.rootKey, func(ctx context.Context) error {
				_, err := identityv1.NewAccessServiceClient(conn).ListRootKeys(ctx, &identityv1.ListRootKeysRequest{Tenant: "default"})
				return err
			}, codes.Unimplemented},
			{"tenant service", s.rootKey, func(ctx context.Context) error {
				_, err := identityv1.NewTenantServiceClient(conn).ListTenants(ctx, &identityv1.ListTenantsRequest{})
				return err
			}, codes.Unimplemented},
		} {
			t.Run(test.name, func(t *testing.T) {
				err := test.call(withKey(t, test.key))
				if got := status.Code(err); got != test.want {
					t.Errorf("code %v (%v), want %v", got, err, test.want)
				}
			})
		}
	})
}

// withKey returns a context that carries a key, or none when it is empty.
func withKey(t *testing.T, key string) context.Context {
	if key == "" {
		return t.Context()
	}
	return metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+key)
}

func dial(t *testing.T, addr string) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient(addr, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// ask puts one question to the server's reflection service.
func ask(t *testing.T, conn *grpc.ClientConn, q *reflectionv1.ServerReflectionRequest) *reflectionv1.ServerReflectionResponse {
	t.Helper()
	stream, err := reflectionv1.NewServerReflectionClient(conn).ServerReflectionInfo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Send(q); err != nil {
		t.Fatal(err)
	}
	answer, err := stream.Recv()
	if err != nil {
		t.Fatal(err)
	}
	if e := answer.GetErrorResponse(); e != nil {
		t.Fatalf("reflection of %v: %v", q, e)
	}
	return answer
}

func listServices(t *testing.T, conn *grpc.ClientConn) (names []string) {
	t.Helper()
	answer := ask(t, conn, &reflectionv1.ServerReflectionRequest{
		MessageRequest: &reflectionv1.ServerReflectionRequest_ListServices{},
	})
	for _, s := range answer.GetListServicesResponse().GetService() {
		names = append(names, s.GetName())
	}
	return names
}

// describe learns a service from the server, which sends a file with all that it imports.
func describe(t *testing.T, conn *grpc.ClientConn, name protoreflect.FullName) protoreflect.ServiceDescriptor {
	t.Helper()
	answer := ask(t, conn, &reflectionv1.ServerReflectionRequest{
		MessageRequest: &reflectionv1.ServerReflectionRequest_FileContainingSymbol{FileContainingSymbol: string(name)},
	})
	set := &descriptorpb.FileDescriptorSet{}
	for _, raw := range answer.GetFileDescriptorResponse().GetFileDescriptorProto() {
		file := &descriptorpb.FileDescriptorProto{}
		if err := proto.Unmarshal(raw, file); err != nil {
			t.Fatal(err)
		}
		set.File = append(set.File, file)
	}
	files, err := protodesc.NewFiles(set)
	if err != nil {
		t.Fatal(err)
	}
	found, err := files.FindDescriptorByName(name)
	if err != nil {
		t.Fatal(err)
	}
	return found.(protoreflect.ServiceDescriptor)
}

// invoke calls a method by its descriptor alone.
func invoke(t *testing.T, conn *grpc.ClientConn, key string, service protoreflect.ServiceDescriptor, name protoreflect.Name, request string) protoreflect.Message {
	t.Helper()
	method := service.Methods().ByName(name)
	in, out := dynamicpb.NewMessage(method.Input()), dynamicpb.NewMessage(method.Output())
	if err := protojson.Unmarshal([]byte(request), in); err != nil {
		t.Fatal(err)
	}
	if err := conn.Invoke(withKey(t, key), fmt.Sprintf("/%s/%s", service.FullName(), name), in, out); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return out
}
