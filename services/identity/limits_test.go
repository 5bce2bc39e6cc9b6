package identity_test

import (
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
)

// Names that no key of the store could hold are the caller's mistake; the longest that
// are allowed fit, whatever their letters.
func TestNamesHaveLimits(t *testing.T) {
	wide := strings.Repeat("\U0001F511", 256)
	zeros := strings.Repeat("\x00", 256)
	for name, call := range namedCalls {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			w.tenant("acme")
			for _, c := range []struct {
				name, tenant, id string
				refused          bool
			}{
				{"longest id", "acme", wide, false},
				{"longest id of zeros", "acme", zeros, false},
				{"id one longer", "acme", wide + "i", true},
				{"id longer than a key", "acme", strings.Repeat("i", 4<<10), true},
				{"no id", "acme", "", true},
				{"longest tenant", wide[:4*64], "id", false},
				{"tenant one longer", wide[:4*64] + "t", "id", true},
				{"tenant longer than a key", strings.Repeat("t", 4<<10), "id", true},
				{"no tenant", "", "id", true},
			} {
				t.Run(c.name, func(t *testing.T) {
					err := call(w, c.tenant, c.id)
					switch {
					case c.refused:
						expectCode(t, err, codes.InvalidArgument)
					case err != nil:
						expectCode(t, err, codes.NotFound)
					}
				})
			}
		})
	}
}

// namedCalls are the methods that take a tenant and an id.
var namedCalls = map[string]func(w *world, tenant, id string) error{
	"RevokeRootKey": func(w *world, tenant, id string) error {
		_, err := w.access.RevokeRootKey(w.t.Context(), &identityv1.RevokeRootKeyRequest{Tenant: tenant, Id: id})
		return err
	},
	"RotateRootKey": func(w *world, tenant, id string) error {
		_, err := w.access.RotateRootKey(w.t.Context(), &identityv1.RotateRootKeyRequest{Tenant: tenant, Id: id})
		return err
	},
	"IssueSession": func(w *world, tenant, id string) error {
		r := login(opaque)
		r.Tenant, r.Subject = tenant, id
		_, err := w.access.IssueSession(w.t.Context(), r)
		return err
	},
	"PutSubject": func(w *world, tenant, id string) error {
		_, err := w.access.PutSubject(w.t.Context(), &identityv1.PutSubjectRequest{Tenant: tenant, Id: id, Epoch: 1, Version: 1})
		return err
	},
	"DeleteSubject": func(w *world, tenant, id string) error {
		_, err := w.access.DeleteSubject(w.t.Context(), &identityv1.DeleteSubjectRequest{Tenant: tenant, Id: id})
		return err
	},
}

func TestTenantsHaveLimits(t *testing.T) {
	w := newWorld(t, nil)
	for name, call := range map[string]func(tenant string) error{
		"CreateRootKey": func(tenant string) error {
			_, err := w.access.CreateRootKey(t.Context(), &identityv1.CreateRootKeyRequest{Tenant: tenant, Permissions: []string{"*"}})
			return err
		},
		"ListRootKeys": func(tenant string) error {
			_, err := w.access.ListRootKeys(t.Context(), &identityv1.ListRootKeysRequest{Tenant: tenant})
			return err
		},
		"DeleteTenant": func(tenant string) error {
			_, err := w.tenants.DeleteTenant(t.Context(), &identityv1.DeleteTenantRequest{Id: tenant})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			expectCode(t, call(strings.Repeat("t", 64)), codes.NotFound)
			expectCode(t, call(strings.Repeat("t", 65)), codes.InvalidArgument)
			expectCode(t, call(strings.Repeat("t", 4<<10)), codes.InvalidArgument)
		})
	}
}

func TestPutSubjectCountsFromOne(t *testing.T) {
	w := newWorld(t, nil)
	w.tenant("acme")
	for name, r := range map[string]*identityv1.PutSubjectRequest{
		"no epoch":           {Version: 1},
		"no version":         {Epoch: 1},
		"a negative version": {Epoch: 1, Version: -1},
	} {
		t.Run(name, func(t *testing.T) {
			r.Tenant, r.Id = "acme", "user_1"
			_, err := w.access.PutSubject(t.Context(), r)
			expectCode(t, err, codes.InvalidArgument)
		})
	}
}
