package useradmin_test

import (
	"fmt"
	"sync"
	"testing"

	"google.golang.org/grpc/codes"

	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/services/useradmin"
)

// siege has n callers at each door log in at once, the i-th with password(i), and returns
// how often which code came of it.
func siege(t *testing.T, n int, password func(i int) string, doors ...door) map[codes.Code]int {
	var calls sync.WaitGroup
	var mu sync.Mutex
	ends := map[codes.Code]int{}
	for i := range n * len(doors) {
		calls.Go(func() {
			_, err := doors[i%len(doors)].login(t.Context(), "annie", password(i), "")
			code := codes.OK
			if err != nil {
				code = fault.From(err).Code
			}
			mu.Lock()
			defer mu.Unlock()
			ends[code]++
		})
	}
	calls.Wait()
	return ends
}

func threeDoors(w *world) []door {
	same := func(*useradmin.Deps) {}
	return []door{w.door(same), w.door(same), w.door(same)}
}

// A thousand wrong passwords at once from three processes are five guesses.
func TestParallelGuesses(t *testing.T) {
	w, _ := loginWorld(t)
	doors := threeDoors(w)
	ends := siege(t, 334, func(i int) string { return fmt.Sprint("wrong ", i) }, doors...)
	if ends[codes.Unauthenticated]+ends[codes.ResourceExhausted] != 1002 {
		t.Errorf("got %v", ends)
	}
	wantHashes(t, 5, doors...)
	_, err := doors[0].login(t.Context(), "annie", goodPassword, "")
	wantRefused(t, err)
}

// Right passwords get in however many come at once, and are hashed a few times only.
func TestParallelLogins(t *testing.T) {
	w, _ := loginWorld(t)
	doors := threeDoors(w)
	for range 4 {
		_, err := doors[0].login(t.Context(), "annie", fmt.Sprint("wrong ", doors[0].hashes(t)), "")
		wantRefused(t, err)
	}
	if ends := siege(t, 100, func(int) string { return goodPassword }, doors...); ends[codes.OK] != 300 {
		t.Errorf("got %v", ends)
	}
}
