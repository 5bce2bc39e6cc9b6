package redislimit

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// askAgain is how long after no answer Redis is asked for its policy again.
const askAgain = 5 * time.Second

// EvictionPolicy returns Redis' maxmemory-policy. With any but noeviction a full Redis
// forgets counters, so that limits become generous; with it a full Redis counts as away.
func (l *Limiter) EvictionPolicy(ctx context.Context) (string, error) {
	info, err := l.servers.any().Info(ctx, "memory").Result()
	if err != nil {
		return "", fmt.Errorf("redis: read memory policy: %w", err)
	}
	for line := range strings.Lines(info) {
		if policy, ok := strings.CutPrefix(line, "maxmemory_policy:"); ok {
			return strings.TrimSpace(policy), nil
		}
	}
	return "", errors.New("redis: INFO names no memory policy")
}

// examine warns once if Redis may forget counters, or does not say whether it may.
func (l *Limiter) examine() {
	const change = "set maxmemory-policy noeviction in Redis"
	for {
		ctx, cancel := context.WithTimeout(l.life, netTimeout)
		policy, err := l.EvictionPolicy(ctx)
		cancel()
		switch {
		case err == nil && policy == "noeviction":
			return
		case err == nil:
			l.log.Warn("redis may forget rate limit counters when it is full", "policy", policy, "change", change)
			return
		case redis.IsPermissionError(err):
			l.log.Warn("redis may forget rate limit counters when it is full", "cause", err, "change", change)
			return
		}
		select {
		case <-l.life.Done():
			return
		case <-time.After(askAgain):
		}
	}
}
