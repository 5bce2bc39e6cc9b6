package memo_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/holdplane/holdplane/pkg/memo"
)

const ttl = 4 * time.Second

var errDown = errors.New("down")

// source is what a cache asks. It counts the questions.
type source struct {
	asked  atomic.Int32
	answer func(ctx context.Context, asked int32) (memo.Answer[int32], error)
}

func (s *source) load(ctx context.Context) (memo.Answer[int32], error) {
	return s.answer(ctx, s.asked.Add(1))
}

// counting answers with how often it was asked.
func counting(group string, believed time.Duration) *source {
	return &source{answer: func(_ context.Context, n int32) (memo.Answer[int32], error) {
		return memo.Answer[int32]{Value: n, Group: group, For: believed}, nil
	}}
}

func newCache(size int) *memo.Cache[string, int32] {
	return memo.New[string, int32](memo.Options{Size: size, TTL: ttl})
}

func get(t *testing.T, c *memo.Cache[string, int32], k string, s *source, want int32) {
	t.Helper()
	if got, err := c.Get(t.Context(), k, s.load); got != want || err != nil {
		t.Errorf("Get(%q) = %d, %v, want %d", k, got, err, want)
	}
}

func TestAnswersAreBelievedForAWhile(t *testing.T) {
	for _, tt := range []struct {
		name           string
		believed, want time.Duration
	}{
		{"as long as the cache says", 0, ttl},
		{"as long as the answer says", time.Second, time.Second},
		{"longer than the cache says", time.Minute, time.Minute},
		{"not at all", -1, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, s := newCache(8), counting("", tt.believed)
				get(t, c, "k", s, 1)
				if tt.want > 0 {
					time.Sleep(tt.want - 1)
					get(t, c, "k", s, 1)
					time.Sleep(1)
				}
				if _, ok := c.Known("k"); ok {
					t.Error("known after its end")
				}
				get(t, c, "k", s, 2)
			})
		})
	}
}

func TestErrorsAreNotRemembered(t *testing.T) {
	c := newCache(8)
	s := &source{answer: func(context.Context, int32) (memo.Answer[int32], error) { return memo.Answer[int32]{}, errDown }}
	for range 2 {
		if _, err := c.Get(t.Context(), "k", s.load); !errors.Is(err, errDown) {
			t.Errorf("got %v", err)
		}
	}
	if n := s.asked.Load(); n != 2 {
		t.Errorf("%d questions, want 2", n)
	}
}

func TestForgetting(t *testing.T) {
	for _, tt := range []struct {
		name   string
		forget func(*memo.Cache[string, int32])
		// want are the values afterwards of a1 and a2 of group a, and b1 of group b.
		want [3]int32
	}{
		{"nothing", func(*memo.Cache[string, int32]) {}, [3]int32{1, 1, 1}},
		{"a key", func(c *memo.Cache[string, int32]) { c.Forget("a1") }, [3]int32{2, 1, 1}},
		{"a group", func(c *memo.Cache[string, int32]) { c.ForgetGroup("a") }, [3]int32{2, 2, 1}},
		{"what is not there", func(c *memo.Cache[string, int32]) { c.Forget("x"); c.ForgetGroup("x") }, [3]int32{1, 1, 1}},
		{"everything", func(c *memo.Cache[string, int32]) { c.Flush() }, [3]int32{2, 2, 2}},
		{"a group after its last key", func(c *memo.Cache[string, int32]) { c.Forget("b1"); c.ForgetGroup("b") }, [3]int32{1, 1, 2}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCache(4096)
			sources := map[string]*source{"a1": counting("a", 0), "a2": counting("a", 0), "b1": counting("b", 0)}
			for k, s := range sources {
				get(t, c, k, s, 1)
			}
			tt.forget(c)
			for range 2 {
				for i, k := range []string{"a1", "a2", "b1"} {
					get(t, c, k, sources[k], tt.want[i])
				}
			}
		})
	}
}

// A group that was forgotten is one like any other afterwards.
func TestGroupsAreForgottenAgain(t *testing.T) {
	c, s := newCache(8), counting("g", 0)
	for n := range int32(3) {
		get(t, c, "k", s, n+1)
		get(t, c, "k", s, n+1)
		c.ForgetGroup("g")
	}
}

func TestPut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := newCache(8), counting("g", 0)
		get(t, c, "k", s, 1)
		time.Sleep(time.Second)
		c.Put("k", memo.Answer[int32]{Value: 7, Group: "h"})
		c.ForgetGroup("g")
		time.Sleep(ttl - 1)
		get(t, c, "k", s, 7)
		time.Sleep(1)
		get(t, c, "k", s, 2)
		c.Put("k", memo.Answer[int32]{Value: 7, Group: "h"})
		c.ForgetGroup("h")
		get(t, c, "k", s, 3)
	})
}

func TestSizeIsBounded(t *testing.T) {
	for _, size := range []int{1, 2, 100, 5000} {
		c, s := newCache(size), counting("g", time.Hour)
		keys := make([]string, 2*size)
		for i := range keys {
			keys[i] = strings.Repeat("k", i%97) + string(rune(i))
			get(t, c, keys[i], s, int32(i+1))
			if _, ok := c.Known(keys[i]); !ok {
				t.Fatalf("size %d: answer %d was not remembered", size, i)
			}
		}
		known := 0
		for _, k := range keys {
			if _, ok := c.Known(k); ok {
				known++
			}
		}
		if known > size || known < size/2 {
			t.Errorf("size %d: %d are known", size, known)
		}
	}
}

func TestLargeAnswersTakeTheRoomOfSeveral(t *testing.T) {
	for _, tt := range []struct {
		name                string
		weight, least, most int
	}{
		{"as heavy as usual", 0, 8, 10},
		{"three times", 3, 2, 3},
		{"all there is", 10, 1, 1},
		{"more than there is", 11, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCache(10)
			for round := range 3 { // room that was made is there again
				known := 0
				for i := range int32(20) {
					c.Put(string(rune('a'+i)), memo.Answer[int32]{Value: i, For: time.Hour, Weight: tt.weight})
				}
				for i := range int32(20) {
					if _, ok := c.Known(string(rune('a' + i))); ok {
						known++
					}
				}
				if known < tt.least || known > tt.most {
					t.Errorf("round %d: %d are known, want %d to %d", round, known, tt.least, tt.most)
				}
				if round == 1 {
					c.Flush()
				}
			}
		})
	}
}

// What has ended makes room before what has not.
func TestEndedAnswersGoFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, long, short := newCache(10), counting("g", time.Hour), counting("g", time.Second)
		for i := range int32(5) {
			get(t, c, string(rune('a'+i)), long, i+1)
			get(t, c, string(rune('A'+i)), short, i+1)
		}
		time.Sleep(time.Second)
		get(t, c, "new", long, 6)
		for i := range int32(5) {
			get(t, c, string(rune('a'+i)), long, i+1)
		}
	})
}

// TestConcurrentUse is for the race detector, and for what must hold in any order: an
// answer is never older than the last Forget its caller saw.
func TestConcurrentUse(t *testing.T) {
	c := newCache(32)
	var version atomic.Int32
	load := func(context.Context) (memo.Answer[int32], error) {
		return memo.Answer[int32]{Value: version.Load(), Group: "g"}, nil
	}
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 500 {
				k := string(rune('a' + (i+j)%40))
				low := version.Add(1)
				switch j % 3 {
				case 0:
					c.Forget(k)
				case 1:
					c.ForgetGroup("g")
				default:
					c.Flush()
				}
				if got, err := c.Get(t.Context(), k, load); got < low || err != nil {
					t.Errorf("got %d, %v after version %d", got, err, low)
				}
			}
		})
	}
	all.Wait()
}
