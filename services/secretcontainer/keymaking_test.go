package secretcontainer_test

import (
	"testing"

	"github.com/holdplane/holdplane/services/secretcontainer"
)

func TestPairsLeaveProcessorsToOthers(t *testing.T) {
	for processors, want := range map[int]int64{1: 1, 2: 1, 3: 1, 4: 2, 64: 2} {
		if got := secretcontainer.PairsAtOnce(processors); got != want {
			t.Errorf("of %d processors %d make pairs, want %d", processors, got, want)
		}
	}
}
