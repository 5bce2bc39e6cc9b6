package ratio

import "fmt"

// tooNoisy is the spread of a floor past which its rounds tell nothing. A floor always
// does the same work, so a spread like that is the machine's doing.
const tooNoisy = 0.25

// Goal is what a measurement should hold. The zero Goal is none: the row informs.
type Goal struct {
	limit  float64
	least  bool   // at least the limit, not at most
	fixed  bool   // the limit is a figure of its own, not a multiple of the floor
	suffix string // unit of a fixed limit
}

// AtMost holds when ours is at most so many times the floor.
func AtMost(times float64) Goal { return Goal{limit: times} }

// AtLeast holds when ours is at least so many times the floor.
func AtLeast(times float64) Goal { return Goal{limit: times, least: true} }

// Within holds when ours is at most limit, whatever the floor.
func Within(limit float64, unit string) Goal {
	return Goal{limit: limit, fixed: true, suffix: " " + unit}
}

// String is the goal as the table shows it; empty for none.
func (g Goal) String() string {
	switch {
	case g == Goal{}:
		return ""
	case g.fixed:
		return fmt.Sprintf("<= %g%s", g.limit, g.suffix)
	case g.least:
		return fmt.Sprintf(">= %gx", g.limit)
	}
	return fmt.Sprintf("<= %gx", g.limit)
}

// Verdict is what the rounds say about a goal.
type Verdict string

const (
	// None is the verdict where there is no goal.
	None Verdict = ""
	// OK says that the median holds the goal.
	OK Verdict = "ok"
	// Close says that the median misses the goal, but not every round: run again.
	Close Verdict = "close"
	// Over says that the goal is missed beyond the rounds' own differences.
	Over Verdict = "over"
	// Skipped says that the machine was too busy to tell.
	Skipped Verdict = "skipped"
)

// Judge compares ours with floor, which may be empty for a fixed goal.
func (g Goal) Judge(ours, floor Series) Verdict {
	switch {
	case g == Goal{} || len(ours) == 0:
		return None
	case g.fixed:
		least, _ := ours.Range()
		v := verdict(ours.Median() <= g.limit, least > g.limit)
		if v == Over && floor.Spread() > tooNoisy {
			return Skipped // what slows the floor down slows ours down
		}
		return v
	case floor.Spread() > tooNoisy:
		return Skipped
	}
	median := ours.Over(floor).Median()
	least, greatest := ours.Range()
	floorLeast, floorGreatest := floor.Range()
	if g.least {
		return verdict(median >= g.limit, greatest < g.limit*floorLeast)
	}
	return verdict(median <= g.limit, least > g.limit*floorGreatest)
}

func verdict(holds, apart bool) Verdict {
	switch {
	case holds:
		return OK
	case apart:
		return Over
	}
	return Close
}
