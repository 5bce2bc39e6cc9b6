package useradmin

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/holdplane/holdplane/pkg/objectstorage"
	"github.com/holdplane/holdplane/pkg/tenant"
)

const (
	// pauseDown is how long nothing is said to an object storage that did not answer.
	pauseDown = 20 * time.Second
	// pauseRefused is for one that refuses, until somebody has seen to it.
	pauseRefused = 5 * time.Minute
)

// pauses are of object storages that failed last. One call finds out whether a storage is
// back, while thousands that wait for it hold up no other tenant's.
type pauses struct {
	mu    sync.Mutex
	until map[place]time.Time
}

// place is an object storage of a tenant.
type place struct {
	of      tenant.ID
	storage string
}

func newPauses() *pauses { return &pauses{until: map[place]time.Time{}} }

// pausedError is how long a storage is paused yet.
type pausedError time.Duration

func (pausedError) Error() string { return "the object storage is paused, as it failed last" }

// enter returns how long a storage is paused yet. Whoever gets 0 may call it, and pauses it
// for others where it failed before.
func (p *pauses) enter(at place) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	end, failed := p.until[at]
	if wait := time.Until(end); wait > 0 {
		return wait
	}
	if failed {
		p.until[at] = time.Now().Add(pauseDown)
	}
	return 0
}

// note tells how a call ended. That its caller went away says nothing of the storage.
func (p *pauses) note(at place, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case err == nil:
		delete(p.until, at)
	case errors.Is(err, objectstorage.ErrRefused):
		p.until[at] = time.Now().Add(pauseRefused)
	case !errors.Is(err, context.Canceled):
		p.until[at] = time.Now().Add(pauseDown)
	}
}
