package memlimit

import (
	"sync"

	"github.com/holdplane/holdplane/pkg/ratelimit"
)

// shard holds a part of the counters, in slices without pointers that the garbage
// collector need not follow.
type shard struct {
	mu    sync.Mutex
	index table
	cells []cell
	// free are the cells not in use, queue a heap of those in use by due.
	free, queue []uint32
	room        int
	// held is how many counters the owners have; a few share a place.
	held     [256]uint32
	verdicts []ratelimit.Verdict // to hand out
	evicted  uint64
}

// cell is a counter. It ends at end; due is when it ended as it was put into the queue,
// which is corrected only once it comes up.
type cell struct {
	id       id
	w        ratelimit.Window
	end, due int64
	owner    uint8
}

// verdict returns room for one. Made by the dozen they cost half as much; who keeps one
// keeps less than a kilobyte.
func (s *shard) verdict() []ratelimit.Verdict {
	if len(s.verdicts) == 0 {
		s.verdicts = make([]ratelimit.Verdict, 16)
	}
	v := s.verdicts[:1:1]
	s.verdicts = s.verdicts[1:]
	return v
}

// find returns the counter's cell, or nil.
func (s *shard) find(id id) *cell {
	if i, ok := s.index.find(id, s.cells); ok {
		return &s.cells[i]
	}
	return nil
}

// window returns what the counter holds, which is nothing if there is no cell.
func (c *cell) window() ratelimit.Window {
	if c == nil {
		return ratelimit.Window{}
	}
	return c.w
}

// store sets a counter, whose cell is given if it has one. A new one takes the room of
// those that have ended, else that of another.
func (s *shard) store(c *cell, id id, owner uint8, w ratelimit.Window, end, now int64) {
	if c != nil {
		c.w, c.end = w, end
		return
	}
	// Two for one: the ended go faster than new ones come.
	s.sweep(now, 2)
	if len(s.queue) >= s.room {
		s.evict()
	}
	s.insert(cell{id, w, end, end, owner})
}

// evict makes room. The owner with the most counters gives way, so that who fills the
// memory pushes out their own. Theirs that comes first in the queue is one of those that
// end soonest, and near the head as they have so many.
func (s *shard) evict() {
	s.first()
	most := 0
	for owner, n := range s.held {
		if n > s.held[most] {
			most = owner
		}
	}
	for i, n := range s.queue {
		if s.cells[n].owner == uint8(most) {
			s.forget(i)
			break
		}
	}
	s.evicted++
}

// sweep forgets up to n counters that have ended.
func (s *shard) sweep(now int64, n int) {
	for ; n > 0 && len(s.queue) > 0 && s.first().end <= now; n-- {
		s.forget(0)
	}
}
