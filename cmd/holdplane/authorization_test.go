package main

import (
	"context"
	"maps"
	"net/http"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/dynamicpb"
)

// door is where a method is reached.
type door int

const (
	tenants  door = iota // the public listener, with a tenant's credential
	anyone               // the public listener, without one
	operator             // the internal listener
)

// row is what the matrix knows of a method.
type row struct {
	door door
	// permission opens the method, for tenants; several stand with spaces between.
	permission string
	// request is a valid one that names the owner's object.
	request func(t *testing.T, w *world) proto.Message
	// foreign is the answer to the owner's request from another tenant: NotFound where it
	// names an object, OK where it names none.
	foreign codes.Code
	// silent methods answer who lacks the permission as if there were nothing.
	silent bool
	// denied is the answer to who lacks the permission; PermissionDenied for most.
	denied codes.Code
	// right is the answer to who may; OK unless the request can't succeed twice.
	right codes.Code
	// person is the answer to the tenant's owner, who is not its operator; OK for most.
	person codes.Code
}

// rows has one line per method. A method without one fails the build.
var rows = joined(identityRows, ratelimitRows, rbacRows, keyRows, userRows, tokenRows, secretRows, containerRows, vaultRows, internalRows, operatorRows)

func joined(all ...map[string]row) map[string]row {
	sum := map[string]row{}
	for _, some := range all {
		maps.Copy(sum, some)
	}
	return sum
}

func TestAuthorization(t *testing.T) {
	w := newWorld(t)
	for _, m := range ownMethods() {
		if m.IsStreamingClient() || m.IsStreamingServer() {
			t.Errorf("%s streams, and no stream passes the door", m.FullName())
		}
		r, ok := rows[fullName(m)]
		if !ok {
			t.Errorf("%s has no row: say in authorization_test.go who may call it", m.FullName())
			continue
		}
		t.Run(string(m.FullName()), func(t *testing.T) {
			for _, c := range callers {
				t.Run(c.name, func(t *testing.T) { w.checkPublic(t, m, r, c) })
			}
			t.Run("right key with that permission only", func(t *testing.T) { w.checkExact(t, m, r) })
			t.Run("operator", func(t *testing.T) { w.checkOperator(t, m, r) })
		})
	}
}

// checkPublic calls through the public listener and, where it has a route, the gateway.
func (w *world) checkPublic(t *testing.T, m protoreflect.MethodDescriptor, r row, c caller) {
	want, key := c.want(r, m), c.key(w, m)
	switch r.door {
	case anyone:
		want = r.right
	case operator:
		want = codes.Unimplemented
	}
	if got := w.call(t, m, r.request(t, w), key); got != want {
		t.Errorf("gRPC: got %v, want %v", got, want)
	}
	got, ok := w.callJSON(t, m, r.request(t, w), key)
	// Unkey's v2 takes a request without a credential for a malformed one.
	if key == "" && want == codes.Unauthenticated && m.ParentFile().Package() == "holdplane.identity.v2" {
		want = codes.InvalidArgument
	}
	if ok && !fits(got, want) {
		t.Errorf("JSON: got %d, want that of %v", got, want)
	}
}

// checkExact proves that the one permission is enough.
func (w *world) checkExact(t *testing.T, m protoreflect.MethodDescriptor, r row) {
	if r.door != tenants {
		return
	}
	_, key := w.newKey(t, owner, strings.Fields(r.permission)...)
	if got := w.call(t, m, r.request(t, w), key); got != r.right {
		t.Errorf("with %s alone: got %v, want %v", r.permission, got, r.right)
	}
}

func (w *world) checkOperator(t *testing.T, m protoreflect.MethodDescriptor, r row) {
	want := codes.Unimplemented
	if r.door == operator {
		want = r.right
	}
	err := w.internal.Invoke(t.Context(), fullName(m), r.request(t, w), dynamicpb.NewMessage(m.Output()))
	if got := status.Code(err); got != want {
		t.Errorf("internal listener: got %v, want %v (%v)", got, want, err)
	}
}

func (w *world) call(t *testing.T, m protoreflect.MethodDescriptor, request proto.Message, key string) codes.Code {
	ctx := context.Context(t.Context())
	if key != "" {
		ctx = bearing(ctx, key)
	}
	return status.Code(w.public.Invoke(ctx, fullName(m), request, dynamicpb.NewMessage(m.Output())))
}

// statusOf are the statuses of what is no success.
var statusOf = map[codes.Code]int{
	codes.InvalidArgument: http.StatusBadRequest, codes.Unauthenticated: http.StatusUnauthorized,
	codes.PermissionDenied: http.StatusForbidden, codes.NotFound: http.StatusNotFound,
	codes.AlreadyExists: http.StatusConflict, codes.FailedPrecondition: http.StatusPreconditionFailed,
}

// fits tells whether a status says what a code says. Products differ in their successes.
func fits(status int, want codes.Code) bool {
	if want == codes.OK {
		return status/100 == 2 || status == http.StatusMultipleChoices // versions
	}
	// Apideck's states that keep something from being done are not about preconditions.
	return status == statusOf[want] || want == codes.FailedPrecondition && status == http.StatusUnprocessableEntity
}

// callJSON calls through the gateway; ok is false for methods without a route.
func (w *world) callJSON(t *testing.T, m protoreflect.MethodDescriptor, request proto.Message, key string) (status int, ok bool) {
	o, ok := w.outgoing(t, m, request, key)
	if !ok {
		return 0, false
	}
	status, _ = w.deliver(t, o)
	return status, true
}

// ownMethods are all methods of our protos that this binary links.
func ownMethods() []protoreflect.MethodDescriptor {
	var all []protoreflect.MethodDescriptor
	protoregistry.GlobalFiles.RangeFiles(func(f protoreflect.FileDescriptor) bool {
		if !strings.HasPrefix(string(f.Package()), "holdplane.") {
			return true
		}
		for i := range f.Services().Len() {
			methods := f.Services().Get(i).Methods()
			for j := range methods.Len() {
				all = append(all, methods.Get(j))
			}
		}
		return true
	})
	return all
}

func fullName(m protoreflect.MethodDescriptor) string {
	return "/" + string(m.Parent().FullName()) + "/" + string(m.Name())
}
