package identity_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

func TestCreateTenant(t *testing.T) {
	w := newWorld(t, nil)
	w.tenant("taken")
	w.tenant("gone")
	w.delete("gone")
	for _, c := range []struct {
		name string
		give *identityv1.CreateTenantRequest
		want codes.Code
	}{
		{"without an id", &identityv1.CreateTenantRequest{}, codes.OK},
		{"with an id and a name", &identityv1.CreateTenantRequest{Id: "proj-a", Name: "Project A"}, codes.OK},
		{"with an id in use", &identityv1.CreateTenantRequest{Id: "taken"}, codes.AlreadyExists},
		{"with an id once used", &identityv1.CreateTenantRequest{Id: "gone"}, codes.AlreadyExists},
		{"with an id in other letters", &identityv1.CreateTenantRequest{Id: "TAKEN"}, codes.OK},
		{"with an id that is no word", &identityv1.CreateTenantRequest{Id: "a/b"}, codes.InvalidArgument},
		{"with a name that is too long", &identityv1.CreateTenantRequest{Name: strings.Repeat("n", 257)}, codes.InvalidArgument},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := w.tenants.CreateTenant(t.Context(), c.give)
			expectCode(t, err, c.want)
			if err != nil {
				return
			}
			got := r.GetTenant()
			if c.give.GetId() != "" && got.GetId() != c.give.GetId() || c.give.GetId() == "" && !strings.HasPrefix(got.GetId(), "ws_") {
				t.Errorf("id is %q", got.GetId())
			}
			if want := c.give.GetName(); want != "" && got.GetName() != want || want == "" && got.GetName() != got.GetId() {
				t.Errorf("name is %q", got.GetName())
			}
			if got.GetDeleting() || time.Since(got.GetCreatedAt().AsTime()) > time.Minute {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestOneOfManyCreatesATenant(t *testing.T) {
	w := newWorld(t, nil)
	var made, taken int
	var mu sync.Mutex
	var callers sync.WaitGroup
	for range 20 {
		callers.Go(func() {
			_, err := w.tenants.CreateTenant(t.Context(), &identityv1.CreateTenantRequest{Id: "one"})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				made++
			} else if fault.From(err).Code == codes.AlreadyExists {
				taken++
			}
		})
	}
	callers.Wait()
	if made != 1 || taken != 19 {
		t.Errorf("%d made and %d refused, want 1 and 19", made, taken)
	}
}

func TestGetTenant(t *testing.T) {
	broken := func(context.Context, string) error { return errors.New("down") }
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.tenant("gone")
		w.delete("gone")
		deleting := newWorld(t, map[string]dataService{"broken": broken})
		deleting.tenant("going")
		deleting.delete("going")
		w.tenant("there")
		for _, c := range []struct {
			name, id string
			of       *world
			want     codes.Code
			deleting bool
		}{
			{"one that is there", "there", w, codes.OK, false},
			{"one being deleted", "going", deleting, codes.OK, true},
			{"one that is gone", "gone", w, codes.NotFound, false},
			{"one that never was", "nobody", w, codes.NotFound, false},
			{"none", "", w, codes.InvalidArgument, false},
		} {
			r, err := c.of.tenants.GetTenant(t.Context(), &identityv1.GetTenantRequest{Id: c.id})
			expectCode(t, err, c.want)
			if got := r.GetTenant(); err == nil && (got.GetId() != c.id || got.GetDeleting() != c.deleting) {
				t.Errorf("%s: got %v", c.name, got)
			}
		}
	})
}

func TestListTenants(t *testing.T) {
	broken := func(context.Context, string) error { return errors.New("down") }
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, map[string]dataService{"broken": broken})
		for i := range 5 {
			w.tenant(fmt.Sprint("t", i))
		}
		w.delete("t2")
		var ids, deleting []string
		request := &identityv1.ListTenantsRequest{PageSize: 2}
		for {
			r, err := w.tenants.ListTenants(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range r.GetTenants() {
				ids = append(ids, m.GetId())
				if m.GetDeleting() {
					deleting = append(deleting, m.GetId())
				}
			}
			if request.PageToken = r.GetNextPageToken(); request.PageToken == "" {
				break
			}
		}
		if !slices.Equal(ids, []string{"t0", "t1", "t2", "t3", "t4"}) || !slices.Equal(deleting, []string{"t2"}) {
			t.Errorf("listed %q, of which %q in deletion", ids, deleting)
		}
		_, err := w.tenants.ListTenants(t.Context(), &identityv1.ListTenantsRequest{PageToken: "x"})
		expectCode(t, err, codes.InvalidArgument)
	})
}
