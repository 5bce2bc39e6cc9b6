package gateway_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/holdplane/holdplane/gateway"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/rpc"
)

// made counts the services of routed: a descriptor can't be taken back.
var made atomic.Int32

// at splits "PATCH /a" into method and path; the method is GET where there is none.
func at(place string) (method, path string) {
	if method, path, ok := strings.Cut(place, " "); ok {
		return method, path
	}
	return http.MethodGet, place
}

func ruleAt(place string) *annotations.HttpRule {
	method, path := at(place)
	return &annotations.HttpRule{Pattern: &annotations.HttpRule_Custom{Custom: &annotations.CustomHttpPattern{Kind: method, Path: path}}}
}

// routed makes a service whose one RPC lies at some paths, and binds it. Its message has a
// text a, an int32 n and an int64 id. Requests that get to it are not answered.
func routed(t *testing.T, places ...string) gateway.Service {
	t.Helper()
	name := fmt.Sprint("routed", made.Add(1))
	rule := ruleAt(places[0])
	for _, p := range places[1:] {
		rule.AdditionalBindings = append(rule.AdditionalBindings, ruleAt(p))
	}
	options := &descriptorpb.MethodOptions{}
	proto.SetExtension(options, annotations.E_Http, rule)
	file, err := protodesc.NewFile(&descriptorpb.FileDescriptorProto{
		Name: proto.String(name + ".proto"), Package: proto.String("gatewaytest." + name), Syntax: proto.String("proto3"),
		MessageType: []*descriptorpb.DescriptorProto{{Name: proto.String("M"), Field: []*descriptorpb.FieldDescriptorProto{
			{Name: proto.String("a"), Number: proto.Int32(1), Type: descriptorpb.FieldDescriptorProto_TYPE_STRING.Enum()},
			{Name: proto.String("n"), Number: proto.Int32(2), Type: descriptorpb.FieldDescriptorProto_TYPE_INT32.Enum()},
			{Name: proto.String("id"), Number: proto.Int32(3), Type: descriptorpb.FieldDescriptorProto_TYPE_INT64.Enum()},
		}}},
		Service: []*descriptorpb.ServiceDescriptorProto{{
			Name: proto.String("S"),
			Method: []*descriptorpb.MethodDescriptorProto{{
				Name: proto.String("Do"), InputType: proto.String(".gatewaytest." + name + ".M"),
				OutputType: proto.String(".gatewaytest." + name + ".M"), Options: options,
			}},
		}},
	}, protoregistry.GlobalFiles)
	if err != nil {
		t.Fatal(err)
	}
	if err := protoregistry.GlobalFiles.RegisterFile(file); err != nil {
		t.Fatal(err)
	}
	return gateway.Bind("gatewaytest."+name+".S",
		func(_ context.Context, mux *runtime.ServeMux, _ grpc.ClientConnInterface) error {
			for _, p := range places {
				method, path := at(p)
				if err := mux.HandlePath(method, path, func(http.ResponseWriter, *http.Request, map[string]string) {}); err != nil {
					return err
				}
			}
			return nil
		},
		func(c grpc.ClientConnInterface) grpc.ClientConnInterface { return c })
}

// Whatever stands in a path's variables, the request must reach its dialect.
func TestOwnsCoversEveryRoute(t *testing.T) {
	tests := []struct {
		name  string
		owns  []string
		paths []string
		left  string // the path that is not covered; empty when all are
	}{
		{"prefix", []string{"/a"}, []string{"/a/{x}", "/a/{x}/c"}, ""},
		{"everything", []string{"/"}, []string{"/{x}"}, ""},
		{"star for a variable", []string{"/a/*/c"}, []string{"/a/{x}/c", "/a/{x=*}/c/d"}, ""},
		{"one of several patterns", []string{"/b", "/a/x"}, []string{"/a/x", "/b/x"}, ""},
		{"shape of a variable", []string{"/v1/users"}, []string{"/v1/{name=users/*}"}, ""},
		{"rest of a path", []string{"/v1/files"}, []string{"/v1/files/{path=**}"}, ""},
		{"verb", []string{"/v1/users/*:lock"}, []string{"/v1/users/{x}:lock"}, ""},
		{"literal for a variable", []string{"/a/b"}, []string{"/a/{x}"}, "/a/{x}"},
		{"glob that variables can miss", []string{"/v1/*.*"}, []string{"/v1/{x}"}, "/v1/{x}"},
		{"pattern longer than the path", []string{"/a/b/c"}, []string{"/a/b"}, "/a/b"},
		{"pattern longer than an empty rest", []string{"/a/*"}, []string{"/a/{x=**}"}, "/a/{x=**}"},
		{"part of a segment", []string{"/a"}, []string{"/ab"}, "/ab"},
		{"second path of a route", []string{"/a"}, []string{"/a/b", "/b/b"}, "/b/b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := sample()
			d.Owns, d.Status = tt.owns, nil
			d.Services = []gateway.Service{routed(t, tt.paths...)}
			_, err := gateway.New(t.Context(), gateway.Config{
				Dialects: []gateway.Dialect{d}, Conn: func(string) grpc.ClientConnInterface { return rpc.NewLocal() },
				Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry(),
			})
			if tt.left == "" && err != nil {
				t.Errorf("got %v, want no error", err)
			}
			if want := "Owns does not cover " + tt.left + ","; tt.left != "" && (err == nil || !strings.Contains(err.Error(), want)) {
				t.Errorf("got %v, want %q", err, want)
			}
		})
	}
}

// A link is worth something only while its page is there.
func TestErrorDocLeadsToAPage(t *testing.T) {
	for code, want := range map[string]string{"KNOWN": "/docs/errors/sample/KNOWN", "UNHEARD": "", "": "", "../../": ""} {
		d := sample()
		d.Errors = []gateway.ErrorDoc{{Code: "KNOWN", Status: 404, Title: "It is known."}}
		d.Fail = func(dst []byte, c *gateway.Call, _ *fault.Error) []byte {
			c.ErrorCode = code
			return append(dst, "{}"...)
		}
		f := start(t, &service{}, dialects(d))
		got := f.do("GET", "/v1/none", nil).Header().Get("X-Error-Doc")
		if got != want {
			t.Errorf("code %q links to %q, want %q", code, got, want)
		}
		if want != "" && f.do("GET", got, nil).Code != 200 {
			t.Errorf("%s is not there", got)
		}
	}
}

// What dialects say that have no words of their own names nothing of the inside.
func TestBadInputInNeutralWords(t *testing.T) {
	d := sample()
	d.Fail = func(dst []byte, _ *gateway.Call, f *fault.Error) []byte { return append(dst, f.Message...) }
	f := start(t, &service{}, dialects(d))
	for body, want := range map[string]string{
		`{`:                              "body: not JSON",
		`[]`:                             "body: expected object",
		`{"externalId":1}`:               "externalId: expected string",
		`{"externalId":null}`:            "externalId: must not be null",
		`{"meta":{"a":1,"a":1}}`:         "meta.a: given more than once",
		`{"ratelimits":[{"limit":1.5}]}`: "ratelimits.0.limit: must be an integer",
	} {
		if got := f.do("POST", createPath, strings.NewReader(body)).Body.String(); got != want {
			t.Errorf("%s: got %q, want %q", body, got, want)
		}
	}
}
