package identity_test

import (
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
)

func (l *limiting) multi(checks ...*identityv2.MultiLimitCheck) (*identityv2.MultiLimitResponse, error) {
	return l.v2.MultiLimit(l.ctx, &identityv2.MultiLimitRequest{Checks: checks})
}

func inAMinute(namespace, identifier string, limit, cost int64) *identityv2.MultiLimitCheck {
	return &identityv2.MultiLimitCheck{Namespace: namespace, Identifier: identifier, Limit: limit, Duration: 60_000, Cost: &cost}
}

// Each step starts where the one before it ended.
func TestMultiLimitIsAllOrNothing(t *testing.T) {
	type verdict struct {
		limit, remaining int64
		passed           bool
	}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		l := w.limiting("a")
		for _, c := range []struct {
			name   string
			checks []*identityv2.MultiLimitCheck
			want   []verdict
		}{
			{"all pass", []*identityv2.MultiLimitCheck{inAMinute("n", "u", 5, 2), inAMinute("m", "u", 3, 1)}, []verdict{{5, 3, true}, {3, 2, true}}},
			{"one is denied, none consumes", []*identityv2.MultiLimitCheck{inAMinute("n", "u", 5, 4), inAMinute("m", "u", 3, 1)}, []verdict{{5, 3, false}, {3, 2, true}}},
			{"one counter twice", []*identityv2.MultiLimitCheck{inAMinute("n", "u", 5, 1), inAMinute("n", "u", 5, 2)}, []verdict{{5, 0, true}, {5, 0, true}}},
			{"0 reads", []*identityv2.MultiLimitCheck{inAMinute("n", "u", 5, 0), inAMinute("m", "u", 3, 0)}, []verdict{{5, 0, true}, {3, 2, true}}},
			{"the second of one counter is too much", []*identityv2.MultiLimitCheck{inAMinute("m", "u", 3, 2), inAMinute("m", "u", 3, 1)}, []verdict{{3, 2, true}, {3, 2, false}}},
			{"alone", []*identityv2.MultiLimitCheck{inAMinute("m", "u", 3, 2)}, []verdict{{3, 0, true}}},
		} {
			got, err := l.multi(c.checks...)
			want := &identityv2.MultiLimitResponse{Passed: true}
			for i, v := range c.want {
				want.Passed = want.Passed && v.passed
				want.Limits = append(want.Limits, &identityv2.MultiLimitResult{
					Namespace: c.checks[i].GetNamespace(), Identifier: "u", Limit: v.limit, Remaining: v.remaining, Passed: v.passed,
				})
			}
			diff := cmp.Diff(want, got, protocmp.Transform(), protocmp.IgnoreFields(&identityv2.MultiLimitResult{}, "reset"))
			if err != nil || diff != "" {
				t.Errorf("%s: %v\n%s", c.name, err, diff)
			}
		}
	})
}

func TestMultiLimitNamesOverridesAndNamespaces(t *testing.T) {
	w := newWorld(t, nil)
	l := w.limiting("a")
	n := w.namespace(l, "a", "n")
	id := l.set("n", "u", 7)
	got, err := l.multi(inAMinute(n, "u", 5, 1), inAMinute("new", "u", 5, 1), inAMinute("n", "u", 5, 1))
	want := &identityv2.MultiLimitResponse{Passed: true, Limits: []*identityv2.MultiLimitResult{
		{Namespace: n, Identifier: "u", Limit: 7, Remaining: 5, Passed: true, OverrideId: &id},
		{Namespace: "new", Identifier: "u", Limit: 5, Remaining: 4, Passed: true},
		{Namespace: "n", Identifier: "u", Limit: 7, Remaining: 5, Passed: true, OverrideId: &id},
	}}
	if diff := cmp.Diff(want, got, protocmp.Transform(), protocmp.IgnoreFields(&identityv2.MultiLimitResult{}, "reset")); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	// The limiter is asked once.
	limits := newRecorder()
	if _, err := l.through(w.process(limits)).multi(inAMinute("n", "u", 5, 1), inAMinute("new", "v", 5, 1)); err != nil || len(limits.asked) != 2 {
		t.Errorf("asked %d, %v", len(limits.asked), err)
	}
}

// Who may not ask one question is told nothing of the others.
func TestMultiLimitNeedsAllNamespaces(t *testing.T) {
	w := newWorld(t, nil)
	all := w.limiting("a")
	n, m := w.namespace(all, "a", "n"), w.namespace(all, "a", "m")
	one := w.limitingToo("a", "ratelimit."+n+".limit")
	_, err := one.multi(inAMinute("n", "u", 5, 1), inAMinute("m", "u", 5, 1))
	expectCode(t, err, codes.PermissionDenied)
	if got, err := all.limitV2("n", "u", 5); err != nil || got.GetRemaining() != 4 {
		t.Errorf("the refused call counted: %v, %v", got, err)
	}
	both := w.limitingToo("a", "ratelimit."+n+".limit", "ratelimit."+m+".limit")
	if _, err := both.multi(inAMinute("n", "u", 5, 1), inAMinute("m", "u", 5, 1)); err != nil {
		t.Error(err)
	}
	many := make([]*identityv2.MultiLimitCheck, 101)
	for i := range many {
		many[i] = inAMinute("n", "w", 1000, 1)
	}
	_, err = all.multi(many...)
	expectCode(t, err, codes.InvalidArgument)
	_, err = all.multi()
	expectCode(t, err, codes.InvalidArgument)
	if got, err := all.multi(many[:100]...); err != nil || !got.GetPassed() || got.GetLimits()[0].GetRemaining() != 900 {
		t.Errorf("a hundred: %v", err)
	}
	_, err = all.multi(&identityv2.MultiLimitCheck{Namespace: "n", Identifier: "u", Limit: 1, Duration: 1000, Cost: proto.Int64(-1)})
	expectCode(t, err, codes.InvalidArgument)
}
