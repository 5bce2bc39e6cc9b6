// Package memo remembers answers for a short time, so that a question asked often is
// answered from memory, and one asked by many at once is asked behind them once.
package memo

import (
	"context"
	"hash/maphash"
	"time"
)

// patience is how long a load may take. It is longer than any call waits.
const patience = 15 * time.Second

// A cache has up to maxShards locks, each over at least minShard answers.
const (
	maxShards = 16
	minShard  = 64
)

// Options are a cache's bounds. Both are required.
type Options struct {
	// Size is how many answers of weight 1 are remembered at most.
	Size int
	// TTL is how long an answer is believed that does not say so itself.
	TTL time.Duration
}

// Answer is what a load found.
type Answer[V any] struct {
	Value V
	// Group is what the answer is forgotten with; see ForgetGroup. May be empty.
	Group string
	// For is how long the answer is believed: 0 is the cache's TTL, and less is not at
	// all. It counts from the question: what happened since may not be in the answer.
	For time.Duration
	// Weight is how many usual answers it is as large as: 0 is 1. One that alone would fill
	// a lock's share of the cache is not remembered.
	Weight int
}

// Cache remembers answers by their key. It may be used concurrently.
type Cache[K comparable, V any] struct {
	seed   maphash.Seed
	ttl    time.Duration
	shards []shard[K, V]
}

// New returns an empty cache.
func New[K comparable, V any](o Options) *Cache[K, V] {
	c := &Cache[K, V]{seed: maphash.MakeSeed(), ttl: o.TTL}
	c.shards = make([]shard[K, V], min(maxShards, max(1, o.Size/minShard)))
	for i := range c.shards {
		c.shards[i].init(max(1, o.Size/len(c.shards)))
	}
	return c
}

// Known returns what is remembered under k. Where allocations count, ask it before Get,
// whose load is mostly a closure to be made.
func (c *Cache[K, V]) Known(k K) (V, bool) { return c.shardOf(k).known(k) }

// Get returns what is remembered under k, else what load finds. All who ask meanwhile
// wait for that one load. It goes on, with the values of the ctx that started it, when
// its caller goes away. Errors are given to all who wait, and not remembered; ctx's own
// comes when ctx ends first.
func (c *Cache[K, V]) Get(ctx context.Context, k K, load func(context.Context) (Answer[V], error)) (V, error) {
	s := c.shardOf(k)
	if v, ok := s.known(k); ok {
		return v, nil
	}
	for {
		f, first := s.join(k)
		if first.taken {
			go c.fly(context.WithoutCancel(ctx), s, k, f, load)
		}
		select {
		case <-f.done:
		case <-ctx.Done():
			var none V
			return none, ctx.Err()
		}
		if f.err != nil || !f.staleFor(first.forgotten) {
			return f.answer.Value, f.err
		}
	}
}

// Put remembers an answer under k in the place of any other. For it counts from now.
func (c *Cache[K, V]) Put(k K, a Answer[V]) {
	c.shardOf(k).put(k, a, c.until(a, time.Now()))
}

// until is when an answer to a question ends.
func (c *Cache[K, V]) until(a Answer[V], asked time.Time) time.Time {
	if a.For != 0 {
		return asked.Add(a.For)
	}
	return asked.Add(c.ttl)
}

// Forget drops what is remembered under k. Whoever asks from now on gets an answer to a
// question put after this.
func (c *Cache[K, V]) Forget(k K) { c.shardOf(k).forget(k) }

// ForgetGroup drops all answers of a group, those under way too.
func (c *Cache[K, V]) ForgetGroup(group string) {
	for i := range c.shards {
		c.shards[i].forgetGroup(group)
	}
}

// Flush drops everything.
func (c *Cache[K, V]) Flush() {
	for i := range c.shards {
		c.shards[i].flush()
	}
}

func (c *Cache[K, V]) shardOf(k K) *shard[K, V] {
	return &c.shards[maphash.Comparable(c.seed, k)%uint64(len(c.shards))]
}
