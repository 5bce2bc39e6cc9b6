package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"
)

// inRedis reads every key and value of Redis, and every command that it was sent.
func (p *planting) inRedis() {
	ctx := p.t.Context()
	c := redis.NewClient(&redis.Options{Addr: p.redis})
	defer c.Close()
	var kept strings.Builder
	keys := c.Scan(ctx, 0, "*", 1000).Iterator()
	for keys.Next(ctx) {
		dump, err := c.Dump(ctx, keys.Val()).Result()
		if err != nil && !errors.Is(err, redis.Nil) { // its window may have ended
			p.t.Errorf("dump %q: %v", keys.Val(), err)
		}
		fmt.Fprintf(&kept, "%s %s\n", keys.Val(), dump)
	}
	commands, err := c.SlowLogGet(ctx, -1).Result()
	if err := errors.Join(keys.Err(), err); err != nil {
		p.t.Fatal(err)
	}
	if got := strings.Count(kept.String(), "hp:rl:"); got < 10 || len(commands) < 100 {
		p.t.Errorf("Redis has %d counters and was sent %d commands: too few were looked at", got, len(commands))
	}
	p.written["Redis"] = []byte(kept.String())
	p.written["Redis' log"] = fmt.Append(nil, commands)
}
