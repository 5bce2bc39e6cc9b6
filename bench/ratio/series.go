// Package ratio compares what was measured in alternating rounds, and says only what
// the rounds bear out.
package ratio

import "slices"

// Series is one thing's measurements, one a round, in the order of the rounds.
type Series []float64

// Median is the middle measurement, or the mean of the middle two; 0 when there is none.
func (s Series) Median() float64 {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s))
	half := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[half]
	}
	return (sorted[half-1] + sorted[half]) / 2
}

// Range is the least and the greatest measurement; zeros when there is none.
func (s Series) Range() (least, greatest float64) {
	if len(s) == 0 {
		return 0, 0
	}
	return slices.Min(s), slices.Max(s)
}

// Spread is the width of the range as a part of the median.
func (s Series) Spread() float64 {
	least, greatest := s.Range()
	if greatest == least {
		return 0
	}
	return (greatest - least) / s.Median()
}

// Over divides round by round: what disturbs a round disturbs both of its measurements.
// Rounds that only one of the two has are left out.
func (s Series) Over(floor Series) Series {
	ratios := make(Series, 0, len(s))
	for i := range min(len(s), len(floor)) {
		ratios = append(ratios, s[i]/floor[i])
	}
	return ratios
}
