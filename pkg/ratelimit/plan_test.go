package ratelimit_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/holdplane/holdplane/pkg/ratelimit"
)

func setting(id, name string, limit int64, auto bool) ratelimit.Setting {
	return ratelimit.Setting{ID: id, Name: name, Limit: limit, Duration: time.Minute, AutoApply: auto}
}

func TestPlan(t *testing.T) {
	key := []ratelimit.Setting{setting("k1", "requests", 10, true), setting("k2", "tokens", 20, false)}
	identity := []ratelimit.Setting{setting("i1", "requests", 30, true), setting("i2", "images", 40, true)}
	requests := ratelimit.Planned{Setting: key[0], Cost: 1, Holder: ratelimit.OfKey}
	images := ratelimit.Planned{Setting: identity[1], Cost: 1, Holder: ratelimit.OfIdentity}
	with := func(p ratelimit.Planned, cost int64) ratelimit.Planned {
		p.Cost = cost
		return p
	}
	inline := func(name string) ratelimit.Planned {
		return ratelimit.Planned{
			Setting: ratelimit.Setting{Name: name, Limit: 5, Duration: time.Second}, Cost: 2, Holder: ratelimit.OfRequest,
		}
	}
	for _, tt := range []struct {
		name   string
		wanted []ratelimit.Wanted
		want   []ratelimit.Planned
	}{
		{"what applies by itself, the key's before the identity's", nil, []ratelimit.Planned{requests, images}},
		{"a wanted setting", []ratelimit.Wanted{{Name: "tokens", Cost: 3}},
			[]ratelimit.Planned{requests, images, {Setting: key[1], Cost: 3, Holder: ratelimit.OfKey}}},
		{"a wanted setting that applies by itself has the wanted cost",
			[]ratelimit.Wanted{{Name: "images", Cost: 0}}, []ratelimit.Planned{requests, with(images, 0)}},
		{"the request's own limit", []ratelimit.Wanted{{Name: "new", Cost: 2, Defined: true, Limit: 5, Duration: time.Second}},
			[]ratelimit.Planned{requests, images, inline("new")}},
		{"the request's own limit hides a setting",
			[]ratelimit.Wanted{{Name: "requests", Cost: 2, Defined: true, Limit: 5, Duration: time.Second}},
			[]ratelimit.Planned{inline("requests"), images}},
		{"the request's own limit of nothing", []ratelimit.Wanted{{Name: "new", Defined: true, Duration: time.Second}},
			[]ratelimit.Planned{requests, images, {
				Setting: ratelimit.Setting{Name: "new", Duration: time.Second}, Holder: ratelimit.OfRequest,
			}}},
		{"half a limit is the setting's", []ratelimit.Wanted{{Name: "requests", Cost: 7, Limit: 5}},
			[]ratelimit.Planned{with(requests, 7), images}},
		{"the last mention decides", []ratelimit.Wanted{{Name: "images", Cost: 8}, {Name: "images", Cost: 9}},
			[]ratelimit.Planned{requests, with(images, 9)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ratelimit.Plan(key, identity, tt.wanted)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPlanOfUnknown(t *testing.T) {
	key := []ratelimit.Setting{setting("k1", "requests", 10, true)}
	for _, w := range []ratelimit.Wanted{{Name: "other"}, {Name: "other", Limit: 5}, {Name: "other", Duration: time.Second}} {
		got, err := ratelimit.Plan(key, nil, []ratelimit.Wanted{w})
		var unknown *ratelimit.UnknownError
		if !errors.As(err, &unknown) || unknown.Name != "other" {
			t.Errorf("%+v: %v, %v", w, got, err)
		}
	}
}
