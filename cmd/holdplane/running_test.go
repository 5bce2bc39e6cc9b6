package main

import (
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
)

// TestDevRestart starts dev again on its own data.
func TestDevRestart(t *testing.T) {
	in := &installation{root: newRoot(t)}
	in.data, in.key = in.file("data"), in.file("data.key")
	args := []string{"dev", "--data-dir", in.data, "--http-addr", "127.0.0.1:0", "--grpc-addr", "127.0.0.1:0", "--admin-addr", "", "--env-file", in.file("env")}
	first := startChild(t, args...)
	s := in.await(t, first)
	vars := readVars(t, in.file("env"))
	if got, _ := s.post(t, vars[devKeyName], "/v1/identities.createIdentity", map[string]any{"externalId": "user_1"}); got != http.StatusOK {
		t.Fatalf("dev's key answers %d", got)
	}
	kept := readVars(t, filepath.Join(in.data, "dev.env"))
	first.stop(t)
	removeFile(t, in.file("env"))
	second := startChild(t, args...)
	s = in.await(t, second)
	again := readVars(t, in.file("env"))
	for _, name := range devSecretNames {
		if again[name] != vars[name] || kept[name] != vars[name] || vars[name] == "" {
			t.Errorf("dev's %s has changed", name)
		}
	}
	s.wantOwner(t, again)
	s.wantIdentity(t, again[devKeyName])
	checkModes(t, in)
	second.stop(t)
	for _, c := range []*child{first, second} {
		said := c.out.String() + c.log.String()
		for _, name := range devSecretNames {
			if strings.Contains(said, vars[name]) {
				t.Errorf("dev's %s is shown where nobody looks:\n%s", name, said)
			}
		}
	}
}

func readVars(t *testing.T, path string) map[string]string {
	t.Helper()
	vars, err := readEnvFile(path)
	if err != nil || vars[devKeyName] == "" {
		t.Fatalf("%s has %d variables and no key (%v)", path, len(vars), err)
	}
	return vars
}

func TestForeignHost(t *testing.T) {
	dev, serve := startDev(t), install(t).serve(t)
	for _, c := range []struct {
		host   string
		server *server
		want   int
	}{
		{"localhost:8080", dev, http.StatusOK},
		{"127.0.0.1", dev, http.StatusOK},
		{"[::1]:1", dev, http.StatusOK},
		{"example.com", dev, http.StatusMisdirectedRequest},
		{"127.0.0.1.example.com", dev, http.StatusMisdirectedRequest},
		{"192.0.2.1:8080", dev, http.StatusMisdirectedRequest},
		{"example.com", serve.server, http.StatusOK},
	} {
		r, err := http.NewRequest(http.MethodGet, c.server.baseURL+"/healthz", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = c.host
		if got, body, err := do(http.DefaultClient, r); got != c.want {
			t.Errorf("host %s: %d %s (%v), want %d", c.host, got, body, err, c.want)
		}
	}
}

func TestReflection(t *testing.T) {
	for name, c := range map[string]struct {
		server *server
		on     bool
	}{
		"dev":                {startDev(t), true},
		"serve":              {install(t).serve(t).server, false},
		"serve --reflection": {install(t).serve(t, "--reflection").server, true},
	} {
		t.Run(name, func(t *testing.T) {
			names, err := c.server.reflected(t)
			if !c.on {
				if status.Code(err) != codes.Unimplemented {
					t.Errorf("reflection answers %v, %v", names, err)
				}
				return
			}
			if !slices.Contains(names, "holdplane.identity.v1.IdentityService") {
				t.Errorf("reflection shows %v (%v)", names, err)
			}
			for _, n := range names {
				if strings.HasPrefix(n, "holdplane.operations") || strings.HasSuffix(n, "AccessService") || strings.HasSuffix(n, "TenantService") {
					t.Errorf("reflection shows the internal %s", n)
				}
			}
		})
	}
}

func (s *server) reflected(t *testing.T) (names []string, err error) {
	stream, err := grpc_reflection_v1.NewServerReflectionClient(s.public).ServerReflectionInfo(t.Context())
	if err != nil {
		return nil, err
	}
	// Recv returns what fails here.
	_ = stream.Send(&grpc_reflection_v1.ServerReflectionRequest{
		MessageRequest: &grpc_reflection_v1.ServerReflectionRequest_ListServices{},
	})
	r, err := stream.Recv()
	for _, x := range r.GetListServicesResponse().GetService() {
		names = append(names, x.GetName())
	}
	return names, err
}

// TestInternalIsNotPublic tries the operator's services where callers come in.
func TestInternalIsNotPublic(t *testing.T) {
	s := install(t).serve(t)
	_, key := s.newKey(t, "acme", "*")
	_, err := identityv1.NewTenantServiceClient(s.public).ListTenants(t.Context(), &identityv1.ListTenantsRequest{})
	if status.Code(err) != codes.Unimplemented {
		t.Errorf("the public listener answers %v", err)
	}
	for _, path := range []string{identityv1.TenantService_ListTenants_FullMethodName, identityv1.AccessService_CreateRootKey_FullMethodName, "/metrics", "/debug/pprof/"} {
		if got, body := s.send(t, http.MethodPost, key, path, "{}"); got != http.StatusNotFound {
			t.Errorf("the gateway answers %s with %d: %s", path, got, body)
		}
	}
}
