package identity_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
)

func paths(names ...string) *fieldmaskpb.FieldMask { return &fieldmaskpb.FieldMask{Paths: names} }

// get returns a key without what differs between runs.
func (k *keyring) get(id string) *identityv1.Key {
	k.t.Helper()
	r, err := k.keys.GetKey(k.ctx, &identityv1.GetKeyRequest{KeyId: id})
	if err != nil {
		k.t.Fatal(err)
	}
	m := r.GetKey()
	m.CreatedAt, m.UpdatedAt, m.Start, m.Id, m.WorkspaceId, m.ApiId = 0, nil, "", "", "", nil
	if m.GetRefill() != nil {
		m.Refill.LastRefillAt = nil
	}
	if m.GetIdentity() != nil {
		m.Identity.Id = ""
	}
	return m
}

// stepV1 is an update, and what it does to the key that is expected.
type stepV1 struct {
	name string
	give *identityv1.UpdateKeyRequest
	then func()
	code codes.Code
}

// walkV1 updates a key: each step starts where the one before it ended.
func (k *keyring) walkV1(id string, want *identityv1.Key, steps []stepV1) {
	k.t.Helper()
	for _, s := range steps {
		if s.give.GetKeyId() == "" {
			s.give.KeyId = id
		}
		if s.then != nil {
			s.then()
		}
		_, err := k.keys.UpdateKey(k.ctx, s.give)
		if expectCode(k.t, err, s.code); s.code != codes.OK && err == nil {
			k.t.Errorf("%s: no refusal", s.name)
		}
		if diff := cmp.Diff(want, k.get(id), protocmp.Transform()); diff != "" {
			k.t.Errorf("%s: %s", s.name, diff)
		}
	}
}

func TestUpdateKeyInV1(t *testing.T) {
	k := newWorld(t, nil).keyring("a")
	id := k.make(&identityv1.CreateKeyRequest{Name: proto.String("n"), Meta: `{"a":1}`, ExternalId: proto.String("u1")}).GetKeyId()
	want := &identityv1.Key{
		Name: proto.String("n"), Meta: `{"a":1}`, Enabled: true, OwnerId: proto.String("u1"),
		Identity: &identityv1.KeyIdentity{ExternalId: "u1", Meta: "{}"},
	}
	k.walkV1(id, want, []stepV1{
		{name: "nothing", give: &identityv1.UpdateKeyRequest{}},
		{name: "by presence", give: &identityv1.UpdateKeyRequest{Name: proto.String("m"), Enabled: proto.Bool(false)},
			then: func() { want.Name, want.Enabled = proto.String("m"), false }},
		{name: "null clears", give: &identityv1.UpdateKeyRequest{UpdateMask: paths("key_id", "name", "meta", "external_id")},
			then: func() { want.Name, want.Meta, want.OwnerId, want.Identity = nil, "", nil, nil }},
		{name: "the old name of the external id", give: &identityv1.UpdateKeyRequest{OwnerId: proto.String("u2")},
			then: func() {
				want.OwnerId, want.Identity = proto.String("u2"), &identityv1.KeyIdentity{ExternalId: "u2", Meta: "{}"}
			}},
		{name: "an end", give: &identityv1.UpdateKeyRequest{Expires: proto.Int64(1 << 45)}, then: func() { want.Expires = proto.Int64(1 << 45) }},
		{name: "no end", give: &identityv1.UpdateKeyRequest{UpdateMask: paths("expires")}, then: func() { want.Expires = nil }},
		{name: "on, by null", give: &identityv1.UpdateKeyRequest{UpdateMask: paths("enabled")}, then: func() { want.Enabled = true }},
		{name: "a role that is made", give: &identityv1.UpdateKeyRequest{Roles: []*identityv1.RoleSelector{{Name: proto.String("r"), Create: true}}}, then: func() { want.Roles = []string{"r"} }},
		{name: "a role that is not there", give: &identityv1.UpdateKeyRequest{Roles: []*identityv1.RoleSelector{{Name: proto.String("s")}}}, code: codes.NotFound},
		{name: "a role without a name", give: &identityv1.UpdateKeyRequest{Roles: []*identityv1.RoleSelector{{}}}, code: codes.InvalidArgument},
		{name: "no roles", give: &identityv1.UpdateKeyRequest{UpdateMask: paths("roles")}, then: func() { want.Roles = nil }},
		{name: "set and not named", give: &identityv1.UpdateKeyRequest{Name: proto.String("x"), UpdateMask: paths("meta")}, code: codes.InvalidArgument},
		{name: "named and not there", give: &identityv1.UpdateKeyRequest{UpdateMask: paths("nonsense")}, code: codes.InvalidArgument},
		{name: "an unknown key", give: &identityv1.UpdateKeyRequest{KeyId: "key_nowhere"}, code: codes.NotFound},
	})
}

func TestUpdateTheLimitsOfAKeyInV1(t *testing.T) {
	k := newWorld(t, nil).keyring("a")
	id := k.make(&identityv1.CreateKeyRequest{}).GetKeyId()
	want := &identityv1.Key{Enabled: true}
	k.walkV1(id, want, []stepV1{
		{name: "uses", give: &identityv1.UpdateKeyRequest{Remaining: proto.Int64(7), Refill: &identityv1.KeyRefill{Interval: "monthly", Amount: 9}},
			then: func() {
				want.Remaining, want.Refill = proto.Int64(7), &identityv1.KeyRefill{Interval: "monthly", Amount: 9, RefillDay: proto.Int32(1)}
			}},
		{name: "uses, and the refill stays", give: &identityv1.UpdateKeyRequest{Remaining: proto.Int64(0)}, then: func() { want.Remaining = proto.Int64(0) }},
		{name: "no refill any more", give: &identityv1.UpdateKeyRequest{UpdateMask: paths("refill")}, then: func() { want.Refill = nil }},
		{name: "any number of uses", give: &identityv1.UpdateKeyRequest{UpdateMask: paths("remaining")}, then: func() { want.Remaining = nil }},
		{name: "a refill of what is not counted", give: &identityv1.UpdateKeyRequest{Refill: &identityv1.KeyRefill{Interval: "daily", Amount: 1}}, code: codes.InvalidArgument},
		{name: "a refill beside no count", give: &identityv1.UpdateKeyRequest{Refill: &identityv1.KeyRefill{Interval: "daily", Amount: 1}, UpdateMask: paths("remaining", "refill")}, code: codes.InvalidArgument},
		{name: "a day for a daily refill", give: &identityv1.UpdateKeyRequest{Remaining: proto.Int64(1), Refill: &identityv1.KeyRefill{Interval: "daily", Amount: 1, RefillDay: proto.Int32(1)}}, code: codes.InvalidArgument},
		{name: "a limit by its old names", give: &identityv1.UpdateKeyRequest{Ratelimit: &identityv1.KeyRatelimit{Type: proto.String("fast"), RefillRate: proto.Int64(3), RefillInterval: proto.Int64(1000)}},
			then: func() {
				want.Ratelimit = &identityv1.KeyRatelimit{Async: proto.Bool(true), Limit: proto.Int64(3), Duration: proto.Int64(1000), RefillRate: proto.Int64(3), RefillInterval: proto.Int64(1000)}
			}},
		{name: "no limit", give: &identityv1.UpdateKeyRequest{UpdateMask: paths("ratelimit")}, then: func() { want.Ratelimit = nil }},
	})
}

// getV2 returns a key without what differs between runs.
func (k *keyring) getV2(id string) *identityv2.Key {
	k.t.Helper()
	r, err := k.keysV2.GetKey(k.ctx, &identityv2.GetKeyRequest{KeyId: id})
	if err != nil {
		k.t.Fatal(err)
	}
	m := r.GetKey()
	m.CreatedAt, m.UpdatedAt, m.Start, m.KeyId = 0, nil, "", ""
	return m
}

func limitV2(name string, n int64, always bool) *identityv2.RatelimitRequest {
	return &identityv2.RatelimitRequest{Name: name, Limit: n, Duration: 1000, AutoApply: always}
}

// stepV2 is an update, and what it does to the key that is expected.
type stepV2 struct {
	name string
	give *identityv2.UpdateKeyRequest
	then func()
	code codes.Code
}

// walkV2 updates a key: each step starts where the one before it ended.
func (k *keyring) walkV2(id string, want *identityv2.Key, steps []stepV2) {
	k.t.Helper()
	for _, s := range steps {
		s.give.KeyId = id
		if s.then != nil {
			s.then()
		}
		_, err := k.keysV2.UpdateKey(k.ctx, s.give)
		if expectCode(k.t, err, s.code); s.code != codes.OK && err == nil {
			k.t.Errorf("%s: no refusal", s.name)
		}
		if diff := cmp.Diff(want, k.getV2(id), protocmp.Transform()); diff != "" {
			k.t.Errorf("%s: %s", s.name, diff)
		}
	}
}

func TestUpdateKeyInV2(t *testing.T) {
	k := newWorld(t, nil).keyring("a")
	made, err := k.keysV2.CreateKey(k.ctx, &identityv2.CreateKeyRequest{
		ApiId: k.api, Credits: &identityv2.KeyCredits{Remaining: proto.Int64(5)},
		Ratelimits: []*identityv2.RatelimitRequest{limitV2("one", 1, true), limitV2("two", 2, false), limitV2("one", 3, true)},
	})
	if err != nil {
		t.Fatal(err)
	}
	id := made.GetKeyId()
	ids := map[string]string{}
	for _, l := range k.getV2(id).GetRatelimits() {
		ids[l.GetName()] = l.GetId()
	}
	want := k.getV2(id)
	if len(want.GetRatelimits()) != 2 || want.GetRatelimits()[0].GetLimit() != 3 {
		t.Errorf("of one name the last counts: %v", want.GetRatelimits())
	}
	daily := &identityv2.KeyCreditsRefill{Interval: "daily", Amount: 3}
	k.walkV2(id, want, []stepV2{
		{name: "a refill beside what is left", give: &identityv2.UpdateKeyRequest{Credits: &identityv2.UpdateKeyCredits{Refill: daily, UpdateMask: paths("refill")}, UpdateMask: paths("credits")},
			then: func() { want.Credits.Refill = daily }},
		{name: "credits without a nested mask", give: &identityv2.UpdateKeyRequest{Credits: &identityv2.UpdateKeyCredits{Remaining: proto.Int64(8)}}, then: func() { want.Credits.Remaining = proto.Int64(8) }},
		{name: "no refill", give: &identityv2.UpdateKeyRequest{Credits: &identityv2.UpdateKeyCredits{UpdateMask: paths("refill")}}, then: func() { want.Credits.Refill = nil }},
		{name: "remaining is null", give: &identityv2.UpdateKeyRequest{Credits: &identityv2.UpdateKeyCredits{UpdateMask: paths("remaining")}}, then: func() { want.Credits = nil }},
		{name: "a refill of nothing", give: &identityv2.UpdateKeyRequest{Credits: &identityv2.UpdateKeyCredits{Refill: daily}}, code: codes.InvalidArgument},
		{name: "credits again", give: &identityv2.UpdateKeyRequest{Credits: &identityv2.UpdateKeyCredits{Remaining: proto.Int64(0), Refill: daily}},
			then: func() { want.Credits = &identityv2.KeyCredits{Remaining: proto.Int64(0), Refill: daily} }},
		{name: "credits are null", give: &identityv2.UpdateKeyRequest{UpdateMask: paths("credits")}, then: func() { want.Credits = nil }},
		{name: "limits keep their ids by name", give: &identityv2.UpdateKeyRequest{Ratelimits: []*identityv2.RatelimitRequest{limitV2("two", 4, true)}},
			then: func() {
				want.Ratelimits = []*identityv2.Ratelimit{{Id: ids["two"], Name: "two", Limit: 4, Duration: 1000, AutoApply: true}}
			}},
		{name: "no limits", give: &identityv2.UpdateKeyRequest{UpdateMask: paths("ratelimits")}, then: func() { want.Ratelimits = nil }},
		{name: "permissions are made", give: &identityv2.UpdateKeyRequest{Permissions: []string{"b", "a"}}, then: func() { want.Permissions = []string{"a", "b"} }},
		{name: "roles are not", give: &identityv2.UpdateKeyRequest{Roles: []string{"r"}}, code: codes.NotFound},
		{name: "no permissions", give: &identityv2.UpdateKeyRequest{UpdateMask: paths("permissions")}, then: func() { want.Permissions = nil }},
		{name: "an end in 1970", give: &identityv2.UpdateKeyRequest{Expires: proto.Int64(0)}, then: func() { want.Expires = proto.Int64(1) }},
		{name: "no end", give: &identityv2.UpdateKeyRequest{UpdateMask: paths("expires")}, then: func() { want.Expires = nil }},
		{name: "the mask of a nested field", give: &identityv2.UpdateKeyRequest{UpdateMask: paths("credits.remaining")}, code: codes.InvalidArgument},
	})
}
