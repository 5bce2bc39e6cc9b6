package identity_test

import (
	"context"
	"slices"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/rpc"
	"github.com/holdplane/holdplane/services/identity"
)

func TestVerifyUnknownCredentials(t *testing.T) {
	w := newWorld(t, nil)
	w.tenant("acme")
	secret := w.rootKey("acme").GetSecret()
	for _, credential := range []string{"", "unknown", secret + "x", secret[:len(secret)-1], "HP_ROOT" + secret[7:]} {
		w.expectVoid(credential)
	}
	_, err := w.access.VerifyCredential(t.Context(), &identityv1.VerifyCredentialRequest{Digest: []byte("short")})
	expectCode(t, err, codes.InvalidArgument)
}

func TestNarrowedSessions(t *testing.T) {
	const read, write = "identity.*.read_identity", "identity.*.create_identity"
	for _, c := range []struct {
		name                   string
		subject, session, want []string
	}{
		{"not narrowed", []string{"a", "b"}, nil, []string{"a", "b"}},
		{"to one of two", []string{"a", "b"}, []string{"b"}, []string{"b"}},
		{"to more than the subject has", []string{"a"}, []string{"a", "c"}, []string{"a"}},
		{"to what the subject has not", []string{"a"}, []string{"c"}, nil},
		{"to a part of everything", []string{"*"}, []string{read, "secret.read"}, []string{read}},
		{"to everything", []string{read, "secret.read"}, []string{"*"}, []string{read}},
		{"from everything to everything", []string{"*", write}, []string{"*"}, []string{"*", write}},
		{"of a subject without permissions", nil, []string{"*"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, nil)
			w.tenant("acme")
			w.subject("acme", "user_1", 1, c.subject...)
			r := login(opaque)
			r.Permissions = c.session
			v := w.expectValid(w.session(r).GetAccessToken())
			if got := v.GetPermissions(); !slices.Equal(got, c.want) {
				t.Errorf("may do %q, want %q", got, c.want)
			}
		})
	}
}

// A session that was narrowed is narrowed anew when the subject changes.
func TestNarrowingFollowsTheSubject(t *testing.T) {
	w := newWorld(t, nil)
	w.tenant("acme")
	w.subject("acme", "user_1", 1, "a", "b", "c")
	r := login(opaque)
	r.Permissions = []string{"a", "b"}
	token := w.session(r).GetAccessToken()
	w.subject("acme", "user_1", 1, "b", "c")
	if got := w.expectValid(token).GetPermissions(); !slices.Equal(got, []string{"b"}) {
		t.Errorf("may do %q, want b", got)
	}
}

// Every method of the internal services refuses whoever is not the operator, before it
// looks at the request.
func TestOnlyTheOperatorComesIn(t *testing.T) {
	callers := map[string]*auth.Principal{
		"nobody":     auth.Nobody,
		"a root key": auth.Principal{Kind: auth.KindRootKey, Tenant: "acme", Subject: "key_1"}.Grant("*", "operator"),
		"a session":  auth.Principal{Kind: auth.KindSignedSession, Tenant: "acme", Subject: "operator"}.Grant("*"),
	}
	store := openStore(t)
	service := identity.New(identity.Deps{Store: store, Blind: store.Indexer()})
	for name, caller := range callers {
		conn := rpc.NewLocal(func(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
			return handler(auth.With(ctx, caller), req)
		})
		service.RegisterInternal(conn)
		for _, method := range internalMethods(t) {
			path := "/" + string(method.Parent().FullName()) + "/" + string(method.Name())
			err := conn.Invoke(t.Context(), path, message(t, method.Input()), message(t, method.Output()))
			if f := fault.From(err); f == nil || f.Code != codes.PermissionDenied {
				t.Errorf("%s as %s: got %v, want PermissionDenied", path, name, err)
			}
		}
	}
}

func internalMethods(t *testing.T) (methods []protoreflect.MethodDescriptor) {
	t.Helper()
	for _, file := range []protoreflect.FileDescriptor{
		identityv1.File_holdplane_identity_v1_access_proto, identityv1.File_holdplane_identity_v1_tenant_proto,
	} {
		for i := range file.Services().Len() {
			for j := range file.Services().Get(i).Methods().Len() {
				methods = append(methods, file.Services().Get(i).Methods().Get(j))
			}
		}
	}
	if len(methods) < 14 {
		t.Fatalf("found %d methods only", len(methods))
	}
	return methods
}

func message(t *testing.T, d protoreflect.MessageDescriptor) proto.Message {
	t.Helper()
	kind, err := protoregistry.GlobalTypes.FindMessageByName(d.FullName())
	if err != nil {
		t.Fatal(err)
	}
	return kind.New().Interface()
}
