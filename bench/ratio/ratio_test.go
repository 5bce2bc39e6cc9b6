package ratio_test

import (
	"testing"

	"github.com/holdplane/holdplane/bench/ratio"
)

func TestSeries(t *testing.T) {
	s := ratio.Series{5, 1, 4, 2}
	if got := s.Median(); got != 3 {
		t.Errorf("median of an even number: %v, want 3", got)
	}
	if got := (ratio.Series{9, 1, 2}).Median(); got != 2 {
		t.Errorf("median of an odd number: %v, want 2", got)
	}
	if least, greatest := s.Range(); least != 1 || greatest != 5 {
		t.Errorf("range: %v to %v, want 1 to 5", least, greatest)
	}
	if got := (ratio.Series{10, 8, 12}).Spread(); got != 0.4 {
		t.Errorf("spread: %v, want 0.4", got)
	}
	if got := (ratio.Series{10, 30, 8}).Over(ratio.Series{5, 10}); len(got) != 2 || got[0] != 2 || got[1] != 3 {
		t.Errorf("ratios by round: %v, want [2 3]", got)
	}
	if none := (ratio.Series)(nil); none.Median() != 0 || none.Spread() != 0 {
		t.Error("an empty series is not zero")
	}
}

func TestJudge(t *testing.T) {
	quiet := ratio.Series{10, 10.5, 11}
	for _, c := range []struct {
		name        string
		goal        ratio.Goal
		ours, floor ratio.Series
		want        ratio.Verdict
	}{
		{"no goal", ratio.Goal{}, ratio.Series{1}, quiet, ratio.None},
		{"nothing measured", ratio.AtMost(2), nil, quiet, ratio.None},
		{"at most, held", ratio.AtMost(2), ratio.Series{20, 21, 21}, quiet, ratio.OK},
		{"at most, missed by all rounds", ratio.AtMost(2), ratio.Series{25, 24, 26}, quiet, ratio.Over},
		{"at most, missed by the median alone", ratio.AtMost(2), ratio.Series{20, 23, 24}, quiet, ratio.Close},
		{"at least, held", ratio.AtLeast(5), ratio.Series{60, 55, 58}, quiet, ratio.OK},
		{"at least, missed by all rounds", ratio.AtLeast(5), ratio.Series{40, 41, 42}, quiet, ratio.Over},
		{"at least, missed by the median alone", ratio.AtLeast(5), ratio.Series{40, 51, 60}, quiet, ratio.Close},
		{"floor all over the place", ratio.AtMost(2), ratio.Series{90, 90, 90}, ratio.Series{10, 11, 14}, ratio.Skipped},
		{"fixed, missed on a busy machine", ratio.Within(150, "ms"), ratio.Series{151, 160, 170}, ratio.Series{10, 11, 14}, ratio.Skipped},
		{"fixed, held on a busy machine", ratio.Within(150, "ms"), ratio.Series{80, 90}, ratio.Series{10, 11, 14}, ratio.OK},
		{"fixed, held", ratio.Within(150, "ms"), ratio.Series{80, 100, 400}, nil, ratio.OK},
		{"fixed, missed by all rounds", ratio.Within(150, "ms"), ratio.Series{151, 160, 170}, nil, ratio.Over},
		{"fixed, missed by the median alone", ratio.Within(150, "ms"), ratio.Series{100, 160, 170}, nil, ratio.Close},
	} {
		if got := c.goal.Judge(c.ours, c.floor); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestGoalString(t *testing.T) {
	for want, g := range map[string]ratio.Goal{
		"": {}, "<= 1.15x": ratio.AtMost(1.15), ">= 5x": ratio.AtLeast(5), "<= 45 MB": ratio.Within(45, "MB"),
	} {
		if got := g.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
