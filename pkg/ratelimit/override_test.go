package ratelimit_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/holdplane/holdplane/pkg/ratelimit"
)

func TestOverrides(t *testing.T) {
	set := ratelimit.NewOverrides([]ratelimit.Override{
		{ID: "domain", Pattern: "*@example.com"},
		{ID: "user", Pattern: "user_*"},
		{ID: "exact", Pattern: "user_1@example.com"},
		{ID: "both", Pattern: "a*b*c"},
		{ID: "star", Pattern: "x*"},
	})
	for identifier, want := range map[string]string{
		"user_1@example.com":   "exact",
		"user_2@example.com":   "domain",
		"user_2@example.org":   "user",
		"user_":                "user",
		"user":                 "",
		"me@example.com.org":   "",
		"me@exampleXcom":       "",
		"abc":                  "both",
		"a\nb\nb c":            "both",
		"ac":                   "",
		"abcd":                 "",
		"x*":                   "star",
		"x":                    "star",
		"":                     "",
		"USER_1":               "",
		strings.Repeat("a", 9): "",
	} {
		if got, ok := set.Find(identifier); got.ID != want || ok != (want != "") {
			t.Errorf("%q finds %q, want %q", identifier, got.ID, want)
		}
	}
}

// TestWildcards compares with the regular expression that v1 makes of a pattern.
func TestWildcards(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.StringMatching(`[ab]{0,3}(\*[ab]{0,3}){1,4}`).Draw(t, "pattern")
		identifier := rapid.StringMatching(`[ab]{0,12}`).Draw(t, "identifier")
		expression := regexp.MustCompile("^" + strings.ReplaceAll(pattern, "*", ".*") + "$")
		set := ratelimit.NewOverrides([]ratelimit.Override{{Pattern: pattern}})
		if _, got := set.Find(identifier); got != expression.MatchString(identifier) {
			t.Errorf("%q matches %q: %v", pattern, identifier, got)
		}
	})
}

// TestHostilePattern would take ages if each wildcard tried every place.
func TestHostilePattern(t *testing.T) {
	set := ratelimit.NewOverrides([]ratelimit.Override{{Pattern: strings.Repeat("*a", 255) + "b"}})
	began := time.Now()
	if _, ok := set.Find(strings.Repeat("a", 512)); ok {
		t.Error("found what does not match")
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("took %v", took)
	}
}
