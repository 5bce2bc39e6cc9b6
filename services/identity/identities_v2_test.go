package identity_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	"github.com/holdplane/holdplane/pkg/fault"
)

func limitsV2(names ...string) (all []*identityv2.RatelimitRequest) {
	for i, n := range names {
		all = append(all, &identityv2.RatelimitRequest{Name: n, Limit: int64(10 + i), Duration: 1000, AutoApply: true})
	}
	return all
}

// known are the names and limits of an identity, without the ids.
func known(m *identityv2.Identity) (all []string) {
	for _, l := range m.GetRatelimits() {
		all = append(all, fmt.Sprint(l.GetName(), " ", l.GetLimit(), " ", l.GetAutoApply()))
	}
	return all
}

func TestIdentitiesOfBothVersionsAreTheSame(t *testing.T) {
	w := newWorld(t, nil)
	v1, ctx := w.caller("a")
	v2 := identityv2.NewIdentityServiceClient(w.public)
	made, err := v2.CreateIdentity(ctx, &identityv2.CreateIdentityRequest{ExternalId: "user_1", Meta: `{"a":1.0}`, Ratelimits: limitsV2("tokens", "calls", "tokens")})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"user_1", made.GetIdentityId()} {
		got, err := v2.GetIdentity(ctx, &identityv2.GetIdentityRequest{Identity: name})
		if err != nil || got.GetIdentity().GetMeta() != `{"a":1.0}` {
			t.Errorf("by %q: %v, %v", name, got, err)
		}
		// Of a name given twice the last counts, as on the real server.
		if diff := cmp.Diff([]string{"tokens 12 true", "calls 11 true"}, known(got.GetIdentity())); diff != "" {
			t.Error(diff)
		}
	}
	// v1 does not know auto_apply and leaves it as it is.
	if _, err := v1.UpdateIdentity(ctx, &identityv1.UpdateIdentityRequest{ExternalId: proto.String("user_1"), Ratelimits: limits("tokens", "new")}); err != nil {
		t.Fatal(err)
	}
	got, err := v2.GetIdentity(ctx, &identityv2.GetIdentityRequest{Identity: "user_1"})
	if diff := cmp.Diff([]string{"tokens 10 true", "new 10 false"}, known(got.GetIdentity())); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if _, err := v2.DeleteIdentity(ctx, &identityv2.DeleteIdentityRequest{Identity: "user_1"}); err != nil {
		t.Error(err)
	}
	if _, err := v2.DeleteIdentity(ctx, &identityv2.DeleteIdentityRequest{Identity: "user_1"}); fault.From(err).Code != codes.NotFound {
		t.Errorf("a second delete: %v", err)
	}
}

func TestUpdateV2AnswersWithTheWholeIdentity(t *testing.T) {
	w := newWorld(t, nil)
	_, ctx := w.caller("a")
	c := identityv2.NewIdentityServiceClient(w.public)
	if _, err := c.CreateIdentity(ctx, &identityv2.CreateIdentityRequest{ExternalId: "user_1", Meta: `{"a":1}`, Ratelimits: limitsV2("first", "second")}); err != nil {
		t.Fatal(err)
	}
	before, err := c.GetIdentity(ctx, &identityv2.GetIdentityRequest{Identity: "user_1"})
	if err != nil {
		t.Fatal(err)
	}
	mask := func(paths ...string) *fieldmaskpb.FieldMask { return &fieldmaskpb.FieldMask{Paths: paths} }
	got, err := c.UpdateIdentity(ctx, &identityv2.UpdateIdentityRequest{Identity: "user_1", Ratelimits: limitsV2("second"), UpdateMask: mask("identity", "ratelimits")})
	want := &identityv2.Identity{
		Id: before.GetIdentity().GetId(), ExternalId: "user_1", Meta: `{"a":1}`,
		Ratelimits: []*identityv2.Ratelimit{{Id: before.GetIdentity().GetRatelimits()[1].GetId(), Name: "second", Limit: 10, Duration: 1000, AutoApply: true}},
	}
	if diff := cmp.Diff(want, got.GetIdentity(), protocmp.Transform()); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	cleared := limitsV2("second")
	cleared[0].AutoApply = false
	got, err = c.UpdateIdentity(ctx, &identityv2.UpdateIdentityRequest{Identity: "user_1", Ratelimits: cleared})
	if err != nil || got.GetIdentity().GetRatelimits()[0].GetAutoApply() {
		t.Errorf("autoApply can't be taken back: %v, %v", got, err)
	}
	got, err = c.UpdateIdentity(ctx, &identityv2.UpdateIdentityRequest{Identity: "user_1", UpdateMask: mask("meta", "ratelimits")})
	if err != nil || got.GetIdentity().GetMeta() != "" || len(got.GetIdentity().GetRatelimits()) != 0 {
		t.Errorf("named and unset does not clear: %v, %v", got, err)
	}
	_, err = c.UpdateIdentity(ctx, &identityv2.UpdateIdentityRequest{Identity: "user_1", Ratelimits: limitsV2("first", "first")})
	if fault.From(err).Code != codes.InvalidArgument {
		t.Errorf("a name given twice: %v", err)
	}
}

func TestMetaV2HasAtMostAHundredMembers(t *testing.T) {
	w := newWorld(t, nil)
	_, ctx := w.caller("a")
	c := identityv2.NewIdentityServiceClient(w.public)
	members := make([]string, 101)
	for i := range members {
		members[i] = fmt.Sprintf(`"k%d":{"nested":[1,2]}`, i)
	}
	for n, want := range map[int]codes.Code{100: codes.OK, 101: codes.InvalidArgument} {
		_, err := c.CreateIdentity(ctx, &identityv2.CreateIdentityRequest{ExternalId: fmt.Sprint("user_", n), Meta: "{" + strings.Join(members[:n], ",") + "}"})
		if (err != nil || want != codes.OK) && fault.From(err).Code != want {
			t.Errorf("%d members: %v", n, err)
		}
	}
}

func TestWhoMayReadOneIdentityLearnsOfNoOther(t *testing.T) {
	w := newWorld(t, nil)
	_, ctx := w.caller("a")
	c := identityv2.NewIdentityServiceClient(w.public)
	made, err := c.CreateIdentity(ctx, &identityv2.CreateIdentityRequest{ExternalId: "mine"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.CreateIdentity(ctx, &identityv2.CreateIdentityRequest{ExternalId: "other"}); err != nil {
		t.Fatal(err)
	}
	key, err := w.access.CreateRootKey(t.Context(), &identityv1.CreateRootKeyRequest{Tenant: "a", Permissions: []string{"identity." + made.GetIdentityId() + ".read_identity"}})
	if err != nil {
		t.Fatal(err)
	}
	narrow := w.as(key.GetSecret())
	if _, err := c.GetIdentity(narrow, &identityv2.GetIdentityRequest{Identity: "mine"}); err != nil {
		t.Errorf("its own: %v", err)
	}
	_, there := c.GetIdentity(narrow, &identityv2.GetIdentityRequest{Identity: "other"})
	_, absent := c.GetIdentity(narrow, &identityv2.GetIdentityRequest{Identity: "absent"})
	if there == nil || absent == nil || there.Error() != absent.Error() {
		t.Errorf("present and absent differ: %v / %v", there, absent)
	}
	if _, err := c.ListIdentities(narrow, &identityv2.ListIdentitiesRequest{}); fault.From(err).Code != codes.PermissionDenied {
		t.Errorf("a list: %v", err)
	}
}
