package identity_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	"github.com/holdplane/holdplane/pkg/fault"
)

func TestOverridesReplaceLimits(t *testing.T) {
	w := newWorld(t, nil)
	l := w.limiting("a")
	w.namespace(l, "a", "n")
	older, exact := l.set("n", "vip_*", 50), l.set("n", "vip_1", 20)
	l.set("n", "*_1", 30)
	blocked := l.set("n", "bad*guy", 0)
	for _, c := range []struct {
		name, identifier string
		limit            int64
		override         string
	}{
		{"none", "user", 10, ""},
		{"exact before wildcards", "vip_1", 20, exact},
		{"the oldest wildcard", "vip_11_1", 50, older},
		{"a wildcard as itself", "vip_*", 50, older},
		{"none that only begins as one", "xvip_2", 10, ""},
		{"0 denies", "bad old guy", 0, blocked},
	} {
		t.Run(c.name, func(t *testing.T) {
			v2, err := l.limitV2("n", c.identifier, 10)
			want := &identityv2.LimitResponse{Success: c.limit > 0, Limit: c.limit, Remaining: max(0, c.limit-1), Reset_: v2.GetReset_()}
			if c.override != "" {
				want.OverrideId = &c.override
			}
			if diff := cmp.Diff(want, v2, protocmp.Transform()); err != nil || diff != "" {
				t.Errorf("v2: %v\n%s", err, diff)
			}
			if v1, err := l.limitV1("n", c.identifier, 10); err != nil || v1.GetLimit() != c.limit || v1.GetSuccess() != (c.limit > 0) {
				t.Errorf("v1: %v, %v", v1, err)
			}
		})
	}
	if _, err := l.v2.DeleteOverride(l.ctx, &identityv2.DeleteOverrideRequest{Namespace: "n", Identifier: "vip_1"}); err != nil {
		t.Fatal(err)
	}
	if got, err := l.limitV2("n", "vip_1", 10); err != nil || got.GetOverrideId() != older {
		t.Errorf("after the exact one was deleted: %v, %v", got, err)
	}
}

func TestOverridesReplaceDurationAndAsync(t *testing.T) {
	w, limits := newWorld(t, nil), newRecorder()
	l := w.limiting("a").through(w.process(limits))
	w.namespace(l, "a", "n")
	set := func(r *identityv1.SetOverrideRequest) {
		r.NamespaceName = proto.String("n")
		if _, err := l.v1.SetOverride(l.ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	set(&identityv1.SetOverrideRequest{Identifier: "slow", Limit: 5, Duration: 3_600_000, Async: true})
	set(&identityv1.SetOverrideRequest{Identifier: "sync", Limit: 5, Duration: 1000})
	// v2 knows nothing of async and leaves it as it is.
	l.set("n", "slow", 6)
	for _, c := range []struct {
		identifier string
		duration   time.Duration
		async      bool
	}{{"slow", time.Minute, true}, {"sync", time.Second, false}, {"other", 2 * time.Minute, true}} {
		_, err := l.v1.Limit(l.ctx, &identityv1.LimitRequest{Namespace: proto.String("n"), Identifier: c.identifier, Limit: 10, Duration: 120_000, Async: true})
		if asked := limits.asked[len(limits.asked)-1]; err != nil || asked.Duration != c.duration || asked.Async != c.async {
			t.Errorf("v1, %s: %+v, %v", c.identifier, asked, err)
		}
		_, err = l.limitV2("n", c.identifier, 10)
		if asked := limits.asked[len(limits.asked)-1]; err != nil || asked.Async {
			t.Errorf("v2, %s: %+v, %v", c.identifier, asked, err)
		}
	}
}

func TestOverrideIsOne(t *testing.T) {
	w := newWorld(t, nil)
	l := w.limiting("a")
	n := w.namespace(l, "a", "n")
	ids := make([]string, 32)
	var callers sync.WaitGroup
	for i := range ids {
		callers.Go(func() { ids[i] = l.set("n", "user", int64(i)) })
	}
	callers.Wait()
	if len(slices.Compact(ids)) != 1 {
		t.Errorf("ids of one override: %v", ids)
	}
	last := &identityv1.SetOverrideRequest{NamespaceId: &n, NamespaceName: proto.String("is not looked at"), Identifier: "user", Limit: 7, Duration: 2000, Async: true}
	if got, err := l.v1.SetOverride(l.ctx, last); err != nil || got.GetOverrideId() != ids[0] {
		t.Errorf("set again: %v, %v", got, err)
	}
	v1, err := l.v1.GetOverride(l.ctx, &identityv1.GetOverrideRequest{NamespaceId: &n, Identifier: "user"})
	want1 := &identityv1.Override{Id: ids[0], Identifier: "user", Limit: 7, Duration: 2000, Async: true}
	if diff := cmp.Diff(want1, v1.GetOverride(), protocmp.Transform()); err != nil || diff != "" {
		t.Errorf("v1: %v\n%s", err, diff)
	}
	v2, err := l.v2.GetOverride(l.ctx, &identityv2.GetOverrideRequest{Namespace: n, Identifier: "user"})
	want2 := &identityv2.RatelimitOverride{OverrideId: ids[0], Identifier: "user", Limit: 7, Duration: 2000}
	if diff := cmp.Diff(want2, v2.GetOverride(), protocmp.Transform()); err != nil || diff != "" {
		t.Errorf("v2: %v\n%s", err, diff)
	}
	if _, err := l.v1.DeleteOverride(l.ctx, &identityv1.DeleteOverrideRequest{NamespaceId: &n, Identifier: "user"}); err != nil {
		t.Error(err)
	}
	made := w.made("a")
	if made[0] != "ratelimitOverride.delete "+ids[0] || made[1] != "ratelimitOverride.set "+ids[0] || len(made) != 1+32+2 {
		t.Errorf("audited: %v", made)
	}
}

func TestOverridesThatAreNotThere(t *testing.T) {
	w := newWorld(t, nil)
	l := w.limiting("a")
	w.namespace(l, "a", "n")
	l.set("n", "user*", 1)
	reads := func(namespace string) map[string]error {
		_, get1 := l.v1.GetOverride(l.ctx, &identityv1.GetOverrideRequest{NamespaceName: &namespace, Identifier: "user1"})
		_, get2 := l.v2.GetOverride(l.ctx, &identityv2.GetOverrideRequest{Namespace: namespace, Identifier: "user1"})
		_, delete1 := l.v1.DeleteOverride(l.ctx, &identityv1.DeleteOverrideRequest{NamespaceName: &namespace, Identifier: "user1"})
		_, delete2 := l.v2.DeleteOverride(l.ctx, &identityv2.DeleteOverrideRequest{Namespace: namespace, Identifier: "user1"})
		return map[string]error{"v1 get": get1, "v2 get": get2, "v1 delete": delete1, "v2 delete": delete2}
	}
	for namespace, reason := range map[string]string{"n": "OVERRIDE_NOT_FOUND", "other": "NAMESPACE_NOT_FOUND", strings.Repeat("\U0001F511", 512): "NAMESPACE_NOT_FOUND"} {
		for name, err := range reads(namespace) {
			if f := fault.From(err); f == nil || f.Code != codes.NotFound || f.Reason != reason {
				t.Errorf("%s in %.8s: %v, want %s", name, namespace, err, reason)
			}
		}
	}
	for name, err := range reads("") {
		expectCode(t, err, codes.InvalidArgument)
		if err == nil {
			t.Errorf("%s without a namespace", name)
		}
	}
	_, err := l.v1.ListOverrides(l.ctx, &identityv1.ListOverridesRequest{})
	if f := fault.From(err); f == nil || f.Code != codes.InvalidArgument || f.Reason != "NAMESPACE_SELECTOR_MISSING" {
		t.Errorf("v1 without a namespace: %v", err)
	}
}

// No limiter counts in windows of more than 34 years.
func TestOverrideDurationHasABound(t *testing.T) {
	w := newWorld(t, nil)
	l := w.limiting("a")
	w.namespace(l, "a", "n")
	r := &identityv2.SetOverrideRequest{Namespace: "n", Identifier: "user", Limit: 1, Duration: 1 << 40}
	_, err := l.v2.SetOverride(l.ctx, r)
	if f := fault.From(err); f == nil || f.Code != codes.InvalidArgument || f.Violations[0].Field != "duration" || f.Violations[0].Limit != "1099511627775" {
		t.Errorf("too long: %v", err)
	}
	r.Duration--
	if _, err := l.v2.SetOverride(l.ctx, r); err != nil {
		t.Errorf("the longest: %v", err)
	}
	l.use("n", "user", 100, true)
	l.use("n", "user", 100, false)
}

// A process knows what another changed within 5 seconds, and its own changes at once.
func TestOverridesReachOtherProcesses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		here := w.limiting("a")
		there := here.through(w.process(newRecorder().Limiter))
		for _, many := range []bool{false, true} {
			n := fmt.Sprint("n", many)
			w.namespace(here, "a", n)
			for i := range 101 {
				if many { // too many to be known whole
					here.set(n, fmt.Sprint("other", i), 1)
				}
			}
			use := func(identifier string, want bool) {
				there.use(n, identifier, 1<<40, want)
			}
			use("user", true)
			use("wild", true)
			here.set(n, "user", 0)
			here.set(n, "wi*", 0)
			here.use(n, "user", 1<<40, false)
			here.use(n, "wild", 1<<40, false)
			time.Sleep(4001 * time.Millisecond)
			use("user", false)
			use("wild", false)
			if _, err := here.v2.DeleteOverride(here.ctx, &identityv2.DeleteOverrideRequest{Namespace: n, Identifier: "user"}); err != nil {
				t.Fatal(err)
			}
			here.use(n, "user", 1<<40, true)
			time.Sleep(4001 * time.Millisecond)
			use("user", true)
		}
	})
}

func TestWildcardsAreBounded(t *testing.T) {
	w := newWorld(t, nil)
	l := w.limiting("a")
	w.namespace(l, "a", "n")
	const most = 500
	for i := range most {
		l.set("n", fmt.Sprint(i, "*"), 1)
	}
	_, err := l.v2.SetOverride(l.ctx, &identityv2.SetOverrideRequest{Namespace: "n", Identifier: "one more*", Limit: 1, Duration: 1000})
	if f := fault.From(err); f == nil || f.Code != codes.FailedPrecondition || f.Reason != "TOO_MANY_WILDCARDS" {
		t.Errorf("one more wildcard: %v", err)
	}
	l.set("n", "499*", 2)
	exact := l.set("n", "4990", 3)
	for identifier, limit := range map[string]int64{"4990": 3, "4991": 1, "x": 10} {
		if got, err := l.limitV2("n", identifier, 10); err != nil || got.GetLimit() != limit || (limit == 3) != (got.GetOverrideId() == exact) {
			t.Errorf("%s: got %v, %v; want the limit %d", identifier, got, err, limit)
		}
	}
}
