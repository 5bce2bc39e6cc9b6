package auth_test

import (
	"context"
	"testing"

	"go.uber.org/goleak"
	"google.golang.org/grpc/codes"

	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestAllows(t *testing.T) {
	const read, create = "identity.*.read_identity", "identity.*.create_identity"
	for _, c := range []struct {
		name  string
		holds []string
		any   []auth.Permission
		want  bool
	}{
		{"the permission itself", []string{read}, []auth.Permission{read}, true},
		{"another permission", []string{create}, []auth.Permission{read}, false},
		{"one of several", []string{create}, []auth.Permission{read, create}, true},
		{"no permissions", nil, []auth.Permission{read}, false},
		{"nothing asked for", []string{"*"}, nil, false},
		{"everything covers identities", []string{"*"}, []auth.Permission{read}, true},
		{"everything covers rate limits", []string{"*"}, []auth.Permission{"ratelimit.ns.limit"}, true},
		{"everything does not cover other products", []string{"*"}, []auth.Permission{"secret.read"}, false},
		{"everything is not a prefix", []string{"*"}, []auth.Permission{"identityx.*.read"}, false},
		{"a permission without a resource", []string{"*"}, []auth.Permission{"creator"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := (auth.Principal{}).Grant(c.holds...).Allows(c.any...); got != c.want {
				t.Errorf("got %t, want %t", got, c.want)
			}
		})
	}
}

func TestGrantLeavesTheOriginalAlone(t *testing.T) {
	p := (auth.Principal{Subject: "key_1"}).Grant("a")
	q := p.Grant("b")
	if !p.Allows("a") || p.Allows("b") || q.Allows("a") || !q.Allows("b") || q.Subject != "key_1" {
		t.Errorf("grants of copies mix: %v %v", p, q)
	}
}

func TestRequire(t *testing.T) {
	tenants := auth.Principal{Kind: auth.KindRootKey, Tenant: "ws_1"}
	for _, c := range []struct {
		name   string
		caller *auth.Principal
		ok     bool
	}{
		{"a tenant's caller with the permission", tenants.Grant("a", "x"), true},
		{"a tenant's caller with the other permission", tenants.Grant("b"), true},
		{"a tenant's caller without a permission", tenants.Grant("c"), false},
		{"a caller of no tenant with the permission", (auth.Principal{}).Grant("a"), false},
		{"the operator", auth.Operator, false},
		{"nobody", auth.Nobody, false},
		{"a context that came through no door", nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx := context.Background()
			if c.caller != nil {
				ctx = auth.With(ctx, c.caller)
			}
			p, err := auth.Require(ctx, "a", "b")
			if c.ok {
				if err != nil || p != c.caller {
					t.Fatalf("got %v, %v; want the caller", p, err)
				}
				return
			}
			if f := fault.From(err); f == nil || f.Code != codes.PermissionDenied || p != nil {
				t.Fatalf("got %v, %v; want PermissionDenied", p, err)
			}
		})
	}
}

func TestDeniedNamesTheFirstPermission(t *testing.T) {
	_, err := auth.Require(auth.With(t.Context(), auth.Principal{Tenant: "ws_1"}.Grant()), "a", "b")
	if got := fault.From(err).Metadata["permission"]; got != "a" {
		t.Errorf("missing permission is %q, want a", got)
	}
}

func TestRequireOperator(t *testing.T) {
	for _, c := range []struct {
		name   string
		caller *auth.Principal
		code   codes.Code
	}{
		{"the operator", auth.Operator, codes.OK},
		{"nobody", auth.Nobody, codes.PermissionDenied},
		{"a root key with every permission", auth.Principal{Kind: auth.KindRootKey, Tenant: "ws_1"}.Grant("*", "operator"), codes.PermissionDenied},
		{"a subject by that name", auth.Principal{Kind: auth.KindOpaqueSession, Subject: "operator"}.Grant(), codes.PermissionDenied},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := auth.RequireOperator(auth.With(t.Context(), c.caller))
			if c.code == codes.OK && err == nil {
				return
			}
			if f := fault.From(err); f == nil || f.Code != c.code {
				t.Errorf("got %v, want %v", err, c.code)
			}
		})
	}
}

func TestHolds(t *testing.T) {
	for held, want := range map[string]bool{"openstack.other": true, "openstack.": true, "openstack": false, "*": false, "keystone.unscoped": false, "openstacks.admin": false} {
		if got := (auth.Principal{}).Grant("key.read", held).Holds("openstack"); got != want {
			t.Errorf("%s: got %t", held, got)
		}
	}
}
