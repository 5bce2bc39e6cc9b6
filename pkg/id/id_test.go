package id_test

import (
	"regexp"
	"slices"
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

func TestForms(t *testing.T) {
	for give, want := range map[string]string{
		id.New("id"):         `^id_[1-9A-HJ-NP-Za-km-z]{22}$`,
		id.Secret("hp_root"): `^hp_root_[1-9A-HJ-NP-Za-km-z]{44}$`,
	} {
		if !regexp.MustCompile(want).MatchString(give) {
			t.Errorf("%q does not match %s", give, want)
		}
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
