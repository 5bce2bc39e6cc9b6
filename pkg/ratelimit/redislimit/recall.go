package redislimit

import (
	"hash/maphash"
	"strconv"
	"sync"
	"time"

	"github.com/holdplane/holdplane/pkg/ratelimit"
)

// tellEvery is how often the log is told that Redis has lost counters.
const tellEvery = time.Minute

// recall remembers what Redis told of counters. It goes along with every script, which
// takes it for a counter that Redis does not have any more: one that was flushed, evicted,
// or lost with a server. A new entry takes the place of an older one of the same hash.
type recall struct {
	seed  maphash.Seed
	slots []memory
}

type memory struct {
	mu     sync.Mutex
	hash   uint64
	window ratelimit.Window
}

func newRecall(n int) recall { return recall{maphash.MakeSeed(), make([]memory, max(1, n))} }

func (r *recall) slot(key string) (*memory, uint64) {
	hash := maphash.String(r.seed, key)
	return &r.slots[hash%uint64(len(r.slots))], hash
}

// learn keeps what a counter holds, unless more is known: answers may overtake each other.
// A window that is further back than they can is of a clock that was set back.
func (r *recall) learn(key string, w ratelimit.Window) {
	m, hash := r.slot(key)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.hash == hash && (m.window.Seq == w.Seq+1 || m.window.Seq == w.Seq && m.window.Current > w.Current) {
		return
	}
	m.hash, m.window = hash, w
}

// of returns what is known of a counter as Redis would store it, or nothing.
func (r *recall) of(key string) string {
	m, hash := r.slot(key)
	m.mu.Lock()
	w, known := m.window, m.hash == hash
	m.mu.Unlock()
	if !known || w.Current == 0 && w.Previous == 0 {
		return ""
	}
	text := strconv.AppendInt(make([]byte, 0, 64), w.Seq, 10)
	text = strconv.AppendInt(append(text, ' '), w.Current, 10)
	text = strconv.AppendInt(append(text, ' '), w.Previous, 10)
	return string(text)
}

// restored notes that Redis had lost a counter, and has what was known of it again.
func (l *Limiter) restored() {
	l.stats.restored.Add(1)
	now := time.Now().UnixNano()
	if last := l.toldAt.Load(); now-last > int64(tellEvery) && l.toldAt.CompareAndSwap(last, now) {
		l.log.Warn("redis has lost rate limit counters; they go on from what this process knows")
	}
}
