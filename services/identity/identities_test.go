package identity_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
)

// caller returns a client and a context with a new tenant's root key.
func (w *world) caller(tenant string) (identityv1.IdentityServiceClient, context.Context) {
	w.t.Helper()
	w.tenant(tenant)
	ctx := metadata.AppendToOutgoingContext(w.t.Context(), "authorization", "Bearer "+w.rootKey(tenant).GetSecret())
	return identityv1.NewIdentityServiceClient(w.public), ctx
}

func limits(names ...string) (all []*identityv1.Ratelimit) {
	for _, n := range names {
		all = append(all, &identityv1.Ratelimit{Name: n, Limit: 10, Duration: 1000})
	}
	return all
}

func TestUpdateReplacesWhatIsNamed(t *testing.T) {
	c, ctx := newWorld(t, nil).caller("a")
	made, err := c.CreateIdentity(ctx, &identityv1.CreateIdentityRequest{ExternalId: "user_1", Meta: `{"a":1}`, Ratelimits: limits("x", "y")})
	if err != nil {
		t.Fatal(err)
	}
	mask := func(paths ...string) *fieldmaskpb.FieldMask { return &fieldmaskpb.FieldMask{Paths: paths} }
	// Each step starts where the one before it ended.
	for _, tt := range []struct {
		name   string
		give   *identityv1.UpdateIdentityRequest
		meta   string
		limits []string
		code   codes.Code
	}{
		{name: "nothing", give: &identityv1.UpdateIdentityRequest{}, meta: `{"a":1}`, limits: []string{"x", "y"}},
		{name: "meta by its presence", give: &identityv1.UpdateIdentityRequest{Meta: `{"b":2}`}, meta: `{"b":2}`, limits: []string{"x", "y"}},
		{name: "limits by mask", give: &identityv1.UpdateIdentityRequest{Ratelimits: limits("y", "z"), UpdateMask: mask("ratelimits")}, meta: `{"b":2}`, limits: []string{"y", "z"}},
		{name: "named and unset clears", give: &identityv1.UpdateIdentityRequest{UpdateMask: mask("meta", "ratelimits")}, meta: `{}`},
		{name: "identical repeats fold", give: &identityv1.UpdateIdentityRequest{Ratelimits: limits("x", "x")}, meta: `{}`, limits: []string{"x"}},
		{name: "ids in the mask do no harm", give: &identityv1.UpdateIdentityRequest{Meta: `{"c":3}`, UpdateMask: mask("identity_id", "meta")}, meta: `{"c":3}`, limits: []string{"x"}},
		{name: "set and not named", give: &identityv1.UpdateIdentityRequest{Meta: `{}`, UpdateMask: mask("ratelimits")}, code: codes.InvalidArgument},
		{name: "named and not there", give: &identityv1.UpdateIdentityRequest{UpdateMask: mask("name")}, code: codes.InvalidArgument},
		{name: "different limits of one name", give: &identityv1.UpdateIdentityRequest{Ratelimits: append(limits("x"), &identityv1.Ratelimit{Name: "x", Limit: 1, Duration: 1000})}, code: codes.AlreadyExists},
	} {
		tt.give.IdentityId = proto.String(made.GetIdentityId())
		got, err := c.UpdateIdentity(ctx, tt.give)
		if tt.code != codes.OK {
			if fault.From(err).Code != tt.code {
				t.Errorf("%s: got %v, want %v", tt.name, err, tt.code)
			}
			continue
		}
		want := &identityv1.UpdateIdentityResponse{Id: made.GetIdentityId(), ExternalId: "user_1", Meta: tt.meta, Ratelimits: limits(tt.limits...)}
		if diff := cmp.Diff(want, got, protocmp.Transform()); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", tt.name, err, diff)
		}
	}
}

func TestExternalIDsAreUniquePerTenant(t *testing.T) {
	w := newWorld(t, nil)
	c, ctx := w.caller("a")
	var made, refused atomic.Int32
	var callers sync.WaitGroup
	for range 50 {
		callers.Go(func() {
			_, err := c.CreateIdentity(ctx, &identityv1.CreateIdentityRequest{ExternalId: "user_1"})
			switch {
			case err == nil:
				made.Add(1)
			case fault.From(err).Code == codes.AlreadyExists:
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	callers.Wait()
	if made.Load() != 1 || refused.Load() != 49 {
		t.Errorf("made %d, refused %d", made.Load(), refused.Load())
	}
	other, ctx2 := w.caller("b")
	if _, err := other.CreateIdentity(ctx2, &identityv1.CreateIdentityRequest{ExternalId: "user_1"}); err != nil {
		t.Errorf("another tenant's: %v", err)
	}
}

func TestDeleteFreesTheExternalID(t *testing.T) {
	c, ctx := newWorld(t, nil).caller("a")
	for range 3 {
		made, err := c.CreateIdentity(ctx, &identityv1.CreateIdentityRequest{ExternalId: "user_1"})
		if err != nil {
			t.Fatal(err)
		}
		r := &identityv1.DeleteIdentityRequest{IdentityId: made.GetIdentityId()}
		if _, err := c.DeleteIdentity(ctx, r); err != nil {
			t.Fatal(err)
		}
		if _, err := c.DeleteIdentity(ctx, r); fault.From(err).Code != codes.NotFound {
			t.Errorf("a second delete: %v", err)
		}
	}
}

// Rows are as large as a request may be, so a page of a hundred would be too.
func TestPagesOfLargeIdentitiesAreShort(t *testing.T) {
	c, ctx := newWorld(t, nil).caller("a")
	const rows = 12
	for i := range rows {
		many := make([]*identityv1.Ratelimit, 2500)
		for j := range many {
			many[j] = &identityv1.Ratelimit{Name: strings.Repeat(string(rune('a'+i)), 200) + string(rune(j+500)), Limit: 1, Duration: 1000}
		}
		if _, err := c.CreateIdentity(ctx, &identityv1.CreateIdentityRequest{ExternalId: "user_" + string(rune('a'+i)), Ratelimits: many}); err != nil {
			t.Fatal(err)
		}
	}
	seen, pages := 0, 0
	for r := (&identityv1.ListIdentitiesRequest{}); ; pages++ {
		page, err := c.ListIdentities(ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		if size := proto.Size(page); size > 3<<20 || page.GetTotal() != rows {
			t.Errorf("a page has %d bytes, total %d", size, page.GetTotal())
		}
		seen += len(page.GetIdentities())
		if r.Cursor = page.Cursor; page.Cursor == nil {
			break
		}
	}
	if seen != rows || pages == 0 {
		t.Errorf("saw %d of %d rows in %d pages", seen, rows, pages+1)
	}
}

// A store in trouble is not a missing permission. In the bubble no background work reads
// meanwhile.
func TestGetTellsTroubleFromDenial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.tenant("a")
		powerless, err := w.access.CreateRootKey(t.Context(), &identityv1.CreateRootKeyRequest{Tenant: "a", Permissions: []string{"a.b"}})
		if err != nil {
			t.Fatal(err)
		}
		ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+powerless.GetSecret())
		get := func() error {
			_, err := identityv1.NewIdentityServiceClient(w.public).GetIdentity(ctx, &identityv1.GetIdentityRequest{ExternalId: proto.String("user_1")})
			return err
		}
		if err := get(); fault.From(err).Code != codes.PermissionDenied {
			t.Errorf("with the store well: %v", err)
		}
		w.store.reads.Store(1) // the door's own
		if err := get(); !errors.Is(err, kv.ErrUnavailable) {
			t.Errorf("with the store in trouble: %v", err)
		}
		w.store.reads.Store(-1)
	})
}

// Over gRPC a message holds far more limits than a JSON body.
func TestIdentitiesHaveSoManyLimits(t *testing.T) {
	service, ctx := newWorld(t, nil).caller("a")
	names := make([]string, 2501)
	for i := range names {
		names[i] = fmt.Sprint("limit ", i)
	}
	_, err := service.CreateIdentity(ctx, &identityv1.CreateIdentityRequest{ExternalId: "user_1", Ratelimits: limits(names...)})
	expectCode(t, err, codes.InvalidArgument)
	_, err = service.CreateIdentity(ctx, &identityv1.CreateIdentityRequest{ExternalId: "user_1", Ratelimits: limits(names[1:]...)})
	expectCode(t, err, codes.OK)
	_, err = service.UpdateIdentity(ctx, &identityv1.UpdateIdentityRequest{ExternalId: proto.String("user_1"), Ratelimits: limits(names...)})
	expectCode(t, err, codes.InvalidArgument)
}
