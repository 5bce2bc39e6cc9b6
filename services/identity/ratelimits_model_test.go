package identity_test

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	"github.com/holdplane/holdplane/pkg/ratelimit"
	"github.com/holdplane/holdplane/pkg/ratelimit/limittest"
)

// TestRatelimitsModel compares the service with the limiter's model and a map of
// overrides over random histories.
func TestRatelimitsModel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.tenant("a")
		l := w.limitingToo("a")
		var round int
		// rapid would ask a *testing.T for its deadline, which a bubble has not.
		rapid.Check(struct{ *testing.T }{t}, func(t *rapid.T) {
			round++
			m := &ratelimitModel{
				l: l, namespaces: []string{strings.Repeat("n", round), strings.Repeat("m", round)},
				limits: limittest.NewModel(), overrides: map[[2]string]ratelimit.Override{},
			}
			t.Repeat(map[string]func(*rapid.T){
				"v1": m.limitV1, "v2": m.limitV2, "multi": m.multi, "set": m.set, "delete": m.delete,
				"wait": func(t *rapid.T) {
					time.Sleep(time.Duration(rapid.IntRange(1, 3000).Draw(t, "ms")) * time.Millisecond)
				},
			})
		})
	})
}

type ratelimitModel struct {
	l          *limiting
	namespaces []string
	limits     *limittest.Model
	overrides  map[[2]string]ratelimit.Override // by namespace and identifier
}

// draw makes a check whose Group and Name are its namespace and identifier.
func (m *ratelimitModel) draw(t *rapid.T, kind ratelimit.Kind) ratelimit.Check {
	return ratelimit.Check{
		Group: rapid.SampledFrom(m.namespaces).Draw(t, "namespace"),
		Name:  rapid.SampledFrom([]string{"abc", "abd", "xbc"}).Draw(t, "identifier"),
		Kind:  kind, Limit: rapid.Int64Range(1, 6).Draw(t, "limit"),
		Duration: time.Duration(rapid.SampledFrom([]int64{1000, 1500}).Draw(t, "duration")) * time.Millisecond,
		Cost:     rapid.Int64Range(0, 3).Draw(t, "cost"),
	}
}

// overridden applies the override that there should be, and returns its id.
func (m *ratelimitModel) overridden(c *ratelimit.Check) string {
	o, ok := m.overrides[[2]string{c.Group, c.Name}]
	for _, wild := range slices.Sorted(maps.Keys(m.patterns(c.Group))) {
		if v := m.patterns(c.Group)[wild]; !ok && (strings.HasPrefix(c.Name, "ab") && v.Pattern == "ab*" || strings.HasSuffix(c.Name, "bc") && v.Pattern == "*bc") {
			o, ok = v, true
		}
	}
	if ok {
		c.Limit, c.Duration = o.Limit, o.Duration
	}
	return o.ID
}

// patterns are a namespace's wildcards by id, which is by age.
func (m *ratelimitModel) patterns(namespace string) map[string]ratelimit.Override {
	wild := map[string]ratelimit.Override{}
	for k, o := range m.overrides {
		if k[0] == namespace && strings.Contains(o.Pattern, "*") {
			wild[o.ID] = o
		}
	}
	return wild
}

func (m *ratelimitModel) limitV1(t *rapid.T) {
	c := m.draw(t, ratelimit.Fixed)
	got, err := m.l.v1.Limit(m.l.ctx, &identityv1.LimitRequest{
		Namespace: &c.Group, Identifier: c.Name, Limit: c.Limit, Duration: c.Duration.Milliseconds(), Cost: &c.Cost,
	})
	m.overridden(&c)
	want := m.limits.Check(time.Now().UnixMilli(), []ratelimit.Check{c})[0]
	if err != nil || !proto.Equal(got, &identityv1.LimitResponse{Success: want.Allowed, Limit: want.Limit, Remaining: want.Remaining, Reset_: want.Reset}) {
		t.Fatalf("got %v, %v; want %+v", got, err, want)
	}
}

func (m *ratelimitModel) limitV2(t *rapid.T) {
	c := m.draw(t, ratelimit.Sliding)
	got, err := m.l.v2.Limit(m.l.ctx, &identityv2.LimitRequest{
		Namespace: c.Group, Identifier: c.Name, Limit: c.Limit, Duration: c.Duration.Milliseconds(), Cost: &c.Cost,
	})
	id := m.overridden(&c)
	want := m.limits.Check(time.Now().UnixMilli(), []ratelimit.Check{c})[0]
	if err != nil || got.GetOverrideId() != id || got.GetSuccess() != want.Allowed || got.GetLimit() != want.Limit ||
		got.GetRemaining() != want.Remaining || got.GetReset_() != want.Reset {
		t.Fatalf("got %v, %v; want %+v by %q", got, err, want, id)
	}
}

func (m *ratelimitModel) multi(t *rapid.T) {
	r := &identityv2.MultiLimitRequest{}
	var checks []ratelimit.Check
	for range rapid.IntRange(1, 4).Draw(t, "checks") {
		c := m.draw(t, ratelimit.Sliding)
		r.Checks = append(r.Checks, &identityv2.MultiLimitCheck{
			Namespace: c.Group, Identifier: c.Name, Limit: c.Limit, Duration: c.Duration.Milliseconds(), Cost: proto.Int64(c.Cost),
		})
		m.overridden(&c)
		checks = append(checks, c)
	}
	got, err := m.l.v2.MultiLimit(m.l.ctx, r)
	want := m.limits.Check(time.Now().UnixMilli(), checks)
	if err != nil || got.GetPassed() != ratelimit.Passed(want) {
		t.Fatalf("got %v, %v; want %+v", got, err, want)
	}
	for i, v := range got.GetLimits() {
		if v.GetPassed() != want[i].Allowed || v.GetLimit() != want[i].Limit || v.GetRemaining() != want[i].Remaining || v.GetReset_() != want[i].Reset {
			t.Fatalf("check %d: got %v, want %+v", i, v, want[i])
		}
	}
}

func (m *ratelimitModel) pattern(t *rapid.T) (namespace, pattern string) {
	return rapid.SampledFrom(m.namespaces).Draw(t, "namespace"), rapid.SampledFrom([]string{"abc", "abd", "ab*", "*bc"}).Draw(t, "pattern")
}

func (m *ratelimitModel) set(t *rapid.T) {
	time.Sleep(time.Millisecond) // which is older is known from one millisecond to the next
	namespace, pattern := m.pattern(t)
	o := ratelimit.Override{Pattern: pattern, Limit: rapid.Int64Range(0, 4).Draw(t, "limit"), Duration: 2 * time.Second}
	if err := limitCalls["v2"](m.l, namespace); err != nil { // makes the namespace
		t.Fatal(err)
	}
	c := ratelimit.Check{Group: namespace, Name: "u", Kind: ratelimit.Sliding, Limit: 10, Duration: time.Minute, Cost: 1}
	m.limits.Check(time.Now().UnixMilli(), []ratelimit.Check{c})
	got, err := m.l.v2.SetOverride(m.l.ctx, &identityv2.SetOverrideRequest{Namespace: namespace, Identifier: pattern, Limit: o.Limit, Duration: 2000})
	if err != nil {
		t.Fatal(err)
	}
	o.ID = got.GetOverrideId()
	if old, ok := m.overrides[[2]string{namespace, pattern}]; ok && old.ID != o.ID {
		t.Fatalf("an override's id changed from %s to %s", old.ID, o.ID)
	}
	m.overrides[[2]string{namespace, pattern}] = o
}

func (m *ratelimitModel) delete(t *rapid.T) {
	namespace, pattern := m.pattern(t)
	_, there := m.overrides[[2]string{namespace, pattern}]
	_, err := m.l.v1.DeleteOverride(m.l.ctx, &identityv1.DeleteOverrideRequest{NamespaceName: &namespace, Identifier: pattern})
	if there != (err == nil) {
		t.Fatalf("deleting one that is there (%t): %v", there, err)
	}
	delete(m.overrides, [2]string{namespace, pattern})
}

// Exactly what a limit admits passes, however many ask, in one window and the next.
func TestLimitIsExact(t *testing.T) {
	const callers, limit = 64, 320
	for version, call := range map[string]func(l *limiting) bool{
		"v1": func(l *limiting) bool { r, err := l.limitV1("n", "u", limit); return err == nil && r.GetSuccess() },
		"v2": func(l *limiting) bool { r, err := l.limitV2("n", "u", limit); return err == nil && r.GetSuccess() },
	} {
		t.Run(version, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newWorld(t, nil).limiting("a")
				// After two windows the one before counts no more, in either version.
				for range 2 {
					var admitted atomic.Int64
					var group sync.WaitGroup
					for range callers {
						group.Go(func() {
							for range 2 * limit / callers {
								if call(l) {
									admitted.Add(1)
								}
							}
						})
					}
					group.Wait()
					if n := admitted.Load(); n != limit {
						t.Errorf("admitted %d, want %d", n, limit)
					}
					time.Sleep(2 * time.Minute)
				}
			})
		})
	}
}
