// Package spelling finds what somebody may have meant.
package spelling

import "iter"

// Nearest is the known name with the fewest edits to name; of equals, the first by order.
// It is empty when nothing is known.
func Nearest(name string, known iter.Seq[string]) string {
	best, least := "", 1<<30
	for k := range known {
		if d := edits(name, k); d < least || d == least && k < best {
			best, least = k, d
		}
	}
	return best
}

// edits is the Levenshtein distance.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
