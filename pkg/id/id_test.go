package id_test

import (
	"regexp"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/holdplane/holdplane/pkg/id"
)

func TestIDsSortByTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ids []string
		for range 1000 {
			ids = append(ids, id.New("id"))
			time.Sleep(time.Millisecond)
		}
		if !slices.IsSorted(ids) {
			t.Error("ids made one millisecond apart are out of order")
		}
	})
}

// Ids of one millisecond, and of a clock set back a little, still ascend.
func TestIDsAscend(t *testing.T) {
	for name, between := range map[string]func(i int){
		"in one millisecond": func(int) {},
		"as time goes by": func(i int) {
			if i%100 == 0 {
				time.Sleep(time.Millisecond)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				before := id.New("id")
				for i := range 10_000 {
					between(i)
					next := id.New("id")
					if next <= before {
						t.Fatalf("%s after %s", next, before)
					}
					before = next
				}
			})
		})
	}
}

func TestIDsAscendForEachOfManyCallers(t *testing.T) {
	var callers sync.WaitGroup
	for range 8 {
		callers.Go(func() {
			before := id.New("id")
			for range 10_000 {
				next := id.New("id")
				if next <= before {
					t.Errorf("%s after %s", next, before)
					return
				}
				before = next
			}
		})
	}
	callers.Wait()
}

// A bubble's clock stands decades before the real one.
func TestIDsFollowAClockSetFarBack(t *testing.T) {
	today := id.New("id")
	var longAgo string
	synctest.Test(t, func(t *testing.T) {
		if longAgo = id.New("id"); longAgo >= today {
			t.Errorf("%s after %s: the clock of long ago is not followed", longAgo, today)
		}
	})
	if next := id.New("id"); next <= longAgo {
		t.Errorf("%s after %s: the clock of today is not followed", next, longAgo)
	}
}

func TestForms(t *testing.T) {
	for give, want := range map[string]string{
		id.New("id"):         `^id_[1-9A-HJ-NP-Za-km-z]{22}$`,
		id.UUID():            `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`,
		id.Secret("hp_root"): `^hp_root_[1-9A-HJ-NP-Za-km-z]{44}$`,
	} {
		if !regexp.MustCompile(want).MatchString(give) {
			t.Errorf("%q does not match %s", give, want)
		}
	}
}

func TestUUIDsAscend(t *testing.T) {
	for name, between := range map[string]time.Duration{"in one millisecond": 0, "as time goes by": time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				before := id.UUID()
				for range 10_000 {
					time.Sleep(between)
					next := id.UUID()
					if next <= before {
						t.Fatalf("%s after %s", next, before)
					}
					before = next
				}
			})
		})
	}
}

func TestNoRepeats(t *testing.T) {
	seen := map[string]bool{}
	for range 100_000 {
		s := id.New("id")
		if seen[s] {
			t.Fatalf("%s was made twice", s)
		}
		seen[s] = true
	}
}
