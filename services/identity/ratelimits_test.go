package identity_test

import (
	"fmt"
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
	"github.com/holdplane/holdplane/pkg/ratelimit"
)

// Time stands still in the bubble, half a minute into 2000-01-01: windows are aligned.
func TestLimitAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(30 * time.Second)
		l := newWorld(t, nil).limiting("a")
		end := time.Date(2000, 1, 1, 0, 1, 0, 0, time.UTC).UnixMilli()
		for _, c := range []struct {
			name      string
			cost      *int64
			passes    bool
			remaining int64
		}{
			{"no cost is 1", nil, true, 9},
			{"a cost", proto.Int64(4), true, 5},
			{"0 reads", proto.Int64(0), true, 5},
			{"more than is left consumes nothing", proto.Int64(6), false, 5},
			{"all that is left", proto.Int64(5), true, 0},
			{"0 passes at the limit", proto.Int64(0), true, 0},
			{"at the limit", nil, false, 0},
			{"more than the limit", proto.Int64(1 << 53 >> 1), false, 0},
		} {
			v1, err := l.v1.Limit(l.ctx, &identityv1.LimitRequest{Identifier: "u", Limit: 10, Duration: 60_000, Cost: c.cost})
			want1 := &identityv1.LimitResponse{Success: c.passes, Limit: 10, Remaining: c.remaining, Reset_: end}
			if diff := cmp.Diff(want1, v1, protocmp.Transform()); err != nil || diff != "" {
				t.Errorf("v1, %s: %v\n%s", c.name, err, diff)
			}
			v2, err := l.v2.Limit(l.ctx, &identityv2.LimitRequest{Namespace: "default", Identifier: "u", Limit: 10, Duration: 60_000, Cost: c.cost})
			want2 := &identityv2.LimitResponse{Success: c.passes, Limit: 10, Remaining: c.remaining, Reset_: end}
			if diff := cmp.Diff(want2, v2, protocmp.Transform()); err != nil || diff != "" {
				t.Errorf("v2, %s: %v\n%s", c.name, err, diff)
			}
		}
	})
}

// What the limiter is asked decides what happens without Redis, and in a cluster.
func TestLimitAsksTheLimiter(t *testing.T) {
	w, limits := newWorld(t, nil), newRecorder()
	l := w.limiting("a").through(w.process(limits))
	requests := []func() error{
		func() error {
			_, err := l.v1.Limit(l.ctx, &identityv1.LimitRequest{Identifier: "u", Limit: 10, Duration: 60_000, Async: true})
			return err
		},
		func() error { _, err := l.limitV2("default", "u", 10); return err },
		func() error { _, err := l.limitV2("default", "v", 10); return err },
		func() error { _, err := l.limitV2("other", "u", 10); return err },
	}
	for _, r := range requests {
		if err := r(); err != nil {
			t.Fatal(err)
		}
	}
	u := limits.asked[0].Group
	for i, want := range []ratelimit.Check{
		{Group: u, Owner: "a", Kind: ratelimit.Fixed, Limit: 10, Duration: time.Minute, Cost: 1, Async: true},
		{Group: u, Owner: "a", Kind: ratelimit.Sliding, Limit: 10, Duration: time.Minute, Cost: 1},
	} {
		if diff := cmp.Diff(want, limits.asked[i]); diff != "" {
			t.Errorf("check %d: %s", i, diff)
		}
	}
	if v, other := limits.asked[2].Group, limits.asked[3].Group; v == u || other == u || other == v {
		t.Errorf("other identifiers and namespaces share a group: %q, %q, %q", u, v, other)
	}
	limits.err = fmt.Errorf("redis: %w", ratelimit.ErrUnavailable)
	for i, r := range requests {
		if f := fault.From(r()); f == nil || f.Code != codes.Unavailable || f.Reason != fault.ReasonUnavailable {
			t.Errorf("request %d without counters: %v", i, f)
		}
	}
}

// No namespace and identifier together are another pair's.
func TestCountersAreApart(t *testing.T) {
	l := newWorld(t, nil).limiting("a")
	for _, c := range [][2]string{{"ab", "c"}, {"a", "bc"}, {"a", "b"}, {"a\x00", "b"}, {"a", "\x00b"}, {"a", "b\x00"}} {
		l.use(c[0], c[1], 1, true)
		l.use(c[0], c[1], 1, false)
	}
}

func TestLimitRefusesWhatIsOutOfBounds(t *testing.T) {
	l := newWorld(t, nil).limiting("a")
	long := string(make([]byte, 513))
	for name, r := range map[string]*identityv2.LimitRequest{
		"no namespace":       {Identifier: "u", Limit: 1, Duration: 1000},
		"a long namespace":   {Namespace: long, Identifier: "u", Limit: 1, Duration: 1000},
		"no identifier":      {Namespace: "n", Limit: 1, Duration: 1000},
		"a long identifier":  {Namespace: "n", Identifier: long, Limit: 1, Duration: 1000},
		"no limit":           {Namespace: "n", Identifier: "u", Duration: 1000},
		"a limit below 0":    {Namespace: "n", Identifier: "u", Limit: -1, Duration: 1000},
		"a limit above 2^53": {Namespace: "n", Identifier: "u", Limit: 1 << 53, Duration: 1000},
		"a short duration":   {Namespace: "n", Identifier: "u", Limit: 1, Duration: 999},
		"a long duration":    {Namespace: "n", Identifier: "u", Limit: 1, Duration: 2_592_000_001},
		"a cost below 0":     {Namespace: "n", Identifier: "u", Limit: 1, Duration: 1000, Cost: proto.Int64(-1)},
		"a cost above 2^53":  {Namespace: "n", Identifier: "u", Limit: 1, Duration: 1000, Cost: proto.Int64(1 << 53)},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := l.v2.Limit(l.ctx, r)
			expectCode(t, err, codes.InvalidArgument)
			_, err = l.v2.MultiLimit(l.ctx, &identityv2.MultiLimitRequest{Checks: []*identityv2.MultiLimitCheck{
				{Namespace: r.GetNamespace(), Identifier: r.GetIdentifier(), Limit: r.GetLimit(), Duration: r.GetDuration(), Cost: r.Cost},
			}})
			expectCode(t, err, codes.InvalidArgument)
			if name == "no identifier" || name == "a long duration" {
				return // v1 has them
			}
			_, err = l.v1.Limit(l.ctx, &identityv1.LimitRequest{
				Namespace: &r.Namespace, Identifier: r.GetIdentifier(), Limit: r.GetLimit(), Duration: r.GetDuration(), Cost: r.Cost,
			})
			expectCode(t, err, codes.InvalidArgument)
		})
	}
}

func TestLivenessNamesTheCounters(t *testing.T) {
	w := newWorld(t, nil)
	for want, conn := range map[string]identityv1.LivenessServiceClient{
		"memory": identityv1.NewLivenessServiceClient(w.public),
		"redis":  identityv1.NewLivenessServiceClient(w.process(newRecorder())),
	} {
		got, err := conn.GetLiveness(t.Context(), &identityv1.GetLivenessRequest{})
		if err != nil || got.GetServices().GetRatelimit() != want || got.GetServices().GetUsagelimit() != "store" {
			t.Errorf("got %v, %v; want %s", got, err, want)
		}
	}
	v2 := identityv2.NewLivenessServiceClient(w.public)
	if got, err := v2.GetLiveness(t.Context(), &identityv2.GetLivenessRequest{}); err != nil || got.GetMessage() == "" {
		t.Errorf("v2: got %v, %v", got, err)
	}
}
