package identity_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
)

// limitCalls are the methods that may make a namespace.
var limitCalls = map[string]func(l *limiting, namespace string) error{
	"v1": func(l *limiting, namespace string) error { _, err := l.limitV1(namespace, "u", 10); return err },
	"v2": func(l *limiting, namespace string) error { _, err := l.limitV2(namespace, "u", 10); return err },
	"multi": func(l *limiting, namespace string) error {
		_, err := l.v2.MultiLimit(l.ctx, &identityv2.MultiLimitRequest{Checks: []*identityv2.MultiLimitCheck{
			{Namespace: "there", Identifier: "u", Limit: 10, Duration: 1000},
			{Namespace: namespace, Identifier: "u", Limit: 10, Duration: 1000},
			{Namespace: namespace, Identifier: "v", Limit: 10, Duration: 1000},
		}})
		return err
	},
}

// Whoever may not have a namespace made leaves none behind.
func TestNamespacesAreMadeByWhoMay(t *testing.T) {
	w := newWorld(t, nil)
	all := w.limiting("a")
	there := w.namespace(all, "a", "there")
	for _, c := range []struct {
		name        string
		permissions []string
		missing     map[string]codes.Code // by call
		says        string
	}{
		{"may count only", []string{"ratelimit.*.limit"}, map[string]codes.Code{"v1": codes.NotFound, "v2": codes.PermissionDenied, "multi": codes.PermissionDenied}, "create_namespace"},
		{"may make only", []string{"ratelimit.*.create_namespace"}, map[string]codes.Code{"v1": codes.PermissionDenied, "v2": codes.PermissionDenied, "multi": codes.PermissionDenied}, "ratelimit.*.limit"},
		{"may count in one and make", []string{"ratelimit." + there + ".limit", "ratelimit.*.create_namespace"}, map[string]codes.Code{"v1": codes.PermissionDenied, "v2": codes.PermissionDenied, "multi": codes.PermissionDenied}, "ratelimit.*.limit"},
		{"may both", []string{"ratelimit.*.limit", "ratelimit.*.create_namespace"}, map[string]codes.Code{}, ""},
		{"may everything", []string{"*"}, map[string]codes.Code{}, ""},
	} {
		l := w.limitingToo("a", c.permissions...)
		for call, limit := range limitCalls {
			t.Run(c.name+" "+call, func(t *testing.T) {
				before := len(w.made("a"))
				err := limit(l, c.name+call)
				expectCode(t, err, c.missing[call])
				if f := fault.From(err); f != nil && f.Code == codes.PermissionDenied && !strings.Contains(f.Message, c.says) {
					t.Errorf("the fault does not name %s: %v", c.says, err)
				}
				want := 0
				if c.missing[call] == codes.OK {
					want = 1
				}
				if made := len(w.made("a")) - before; made != want {
					t.Errorf("%d namespaces were made, want %d", made, want)
				}
			})
		}
	}
}

func TestNamespaceIsMadeOnce(t *testing.T) {
	w := newWorld(t, nil)
	l := w.limiting("a")
	other := l.through(w.process(newRecorder().Limiter))
	var callers sync.WaitGroup
	for i := range 64 {
		callers.Go(func() {
			call := [...]string{"v1", "v2", "multi"}[i%3]
			if err := limitCalls[call]([...]*limiting{l, other}[i%2], "new"); err != nil {
				t.Errorf("%s: %v", call, err)
			}
		})
	}
	callers.Wait()
	if made := w.made("a"); len(made) != 2 {
		t.Errorf("made %v, want one of each name, new and there", made)
	}
}

func TestV2FindsNamespacesByNameAndID(t *testing.T) {
	w := newWorld(t, nil)
	l := w.limiting("a")
	n := w.namespace(l, "a", "named")
	l.use("named", "u", 1, true)
	l.use(n, "u", 1, false)
	// One that is called by another's id does not hide it.
	v := w.namespace(l, "a", "victim")
	if _, err := l.limitV1(v, "u", 1); err != nil {
		t.Fatal(err)
	}
	want := l.set(v, "u", 5)
	got, err := l.v1.GetOverride(l.ctx, &identityv1.GetOverrideRequest{NamespaceId: &v, Identifier: "u"})
	if err != nil || got.GetOverride().GetId() != want {
		t.Errorf("set by id and got %v, %v", got, err)
	}
}

// The names and ids of one tenant mean nothing to another.
func TestTenantsLimitApart(t *testing.T) {
	w := newWorld(t, nil)
	a, b := w.limiting("a"), w.limiting("b")
	n := w.namespace(a, "a", "shared")
	a.use("shared", "u", 1, true)
	b.use("shared", "u", 1, true)
	a.set("shared", "u", 0)
	b.use("shared", "u", 1, false)
	b.use("shared", "v", 1, true)
	_, err := b.v1.GetOverride(b.ctx, &identityv1.GetOverrideRequest{NamespaceId: &n, Identifier: "u"})
	_, absent := b.v1.GetOverride(b.ctx, &identityv1.GetOverrideRequest{NamespaceId: proto.String("rlns_1"), Identifier: "u"})
	foreign, missing := fault.From(err), fault.From(absent)
	if foreign.Code != codes.NotFound || foreign.Reason != missing.Reason || strings.ReplaceAll(foreign.Message, n, "rlns_1") != missing.Message {
		t.Errorf("another's namespace: %v, a missing one: %v", foreign, missing)
	}
	// The id of another's is just a name.
	if before := len(w.made("b")); limitCalls["v2"](b, n) != nil || len(w.made("b")) != before+1 {
		t.Errorf("another's id: made %v", w.made("b"))
	}
}

// ratelimitCalls are all methods, at a namespace by its name.
var ratelimitCalls = map[string]func(l *limiting, namespace string) error{
	"limit v1": limitCalls["v1"], "limit v2": limitCalls["v2"], "limit multi": limitCalls["multi"],
	"set_override v1": func(l *limiting, n string) error {
		_, err := l.v1.SetOverride(l.ctx, &identityv1.SetOverrideRequest{NamespaceName: &n, Identifier: "user", Limit: 1, Duration: 1000})
		return err
	},
	"set_override v2": func(l *limiting, n string) error {
		_, err := l.v2.SetOverride(l.ctx, &identityv2.SetOverrideRequest{Namespace: n, Identifier: "user", Limit: 1, Duration: 1000})
		return err
	},
	"read_override v1 get": func(l *limiting, n string) error {
		_, err := l.v1.GetOverride(l.ctx, &identityv1.GetOverrideRequest{NamespaceName: &n, Identifier: "user"})
		return err
	},
	"read_override v2 get": func(l *limiting, n string) error {
		_, err := l.v2.GetOverride(l.ctx, &identityv2.GetOverrideRequest{Namespace: n, Identifier: "user"})
		return err
	},
	"read_override v1 list": func(l *limiting, n string) error {
		_, err := l.v1.ListOverrides(l.ctx, &identityv1.ListOverridesRequest{NamespaceName: &n})
		return err
	},
	"read_override v2 list": func(l *limiting, n string) error {
		_, err := l.v2.ListOverrides(l.ctx, &identityv2.ListOverridesRequest{Namespace: n})
		return err
	},
	"delete_override v1": func(l *limiting, n string) error {
		_, err := l.v1.DeleteOverride(l.ctx, &identityv1.DeleteOverrideRequest{NamespaceName: &n, Identifier: "user"})
		return err
	},
	"delete_override v2": func(l *limiting, n string) error {
		_, err := l.v2.DeleteOverride(l.ctx, &identityv2.DeleteOverrideRequest{Namespace: n, Identifier: "user"})
		return err
	},
}

// Who may not use a namespace can't tell it from one that does not exist.
func TestRatelimitPermissions(t *testing.T) {
	w := newWorld(t, nil)
	all := w.limiting("a")
	there, other := w.namespace(all, "a", "there"), w.namespace(all, "a", "other")
	for name, call := range ratelimitCalls {
		action, _, _ := strings.Cut(name, " ")
		for _, c := range []struct {
			holds   string
			refused bool
		}{
			{"*", false},
			{"ratelimit.*." + action, false},
			{"ratelimit." + there + "." + action, false},
			{"ratelimit." + other + "." + action, true},
			{"ratelimit.there." + action, true},
			{"ratelimit.*.read_nothing", true},
			{"identity.*." + action, true},
			{"a.b", true},
		} {
			t.Run(name+" with "+c.holds, func(t *testing.T) {
				all.set("there", "user", 5)
				l := w.limitingToo("a", c.holds)
				err := call(l, "there")
				if !c.refused {
					if err != nil {
						t.Error(err)
					}
					return
				}
				expectCode(t, err, codes.PermissionDenied)
				if diff := cmp.Diff(fault.From(err).Message, fault.From(call(l, "missing")).Message); diff != "" {
					t.Errorf("there and missing differ: %s", diff)
				}
			})
		}
	}
}

// A store in trouble is neither a missing permission nor a missing namespace.
func TestRatelimitsTellTroubleFromDenial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		all := w.limiting("a")
		w.namespace(all, "a", "there")
		powerless := w.limitingToo("a", "a.b")
		for name, call := range ratelimitCalls {
			if name == "limit multi" {
				continue // denied by what it knows of the first namespace
			}
			expectCode(t, call(powerless, "missing"), codes.PermissionDenied)
			w.store.reads.Store(1) // the door's own
			if err := call(powerless, "missing"); !errors.Is(err, kv.ErrUnavailable) {
				t.Errorf("%s: %v", name, err)
			}
			w.store.reads.Store(-1)
		}
		anonymous := all.through(w.public)
		anonymous.ctx = context.Background()
		expectCode(t, ratelimitCalls["limit v2"](anonymous, "there"), codes.Unauthenticated)
	})
}
