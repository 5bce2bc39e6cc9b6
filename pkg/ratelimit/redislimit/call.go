package redislimit

import (
	"context"
	"crypto/sha1"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/holdplane/holdplane/pkg/ratelimit"
)

var (
	//go:embed counter.lua
	counterLua string
	//go:embed check.lua
	checkLua string
	//go:embed add.lua
	addLua string

	checkScript = newScript(counterLua + checkLua)
	addScript   = newScript(counterLua + addLua)
)

// script is a text and the name that Redis gives it.
type script struct{ text, sha string }

func newScript(text string) *script {
	sum := sha1.Sum([]byte(text))
	return &script{text, hex.EncodeToString(sum[:])}
}

// errUnsent says that a script was surely not run.
var errUnsent = errors.New("redis is not asked")

// call is one script on its way.
type call struct {
	script *script
	args   []any // as EVALSHA takes them
	sent   time.Time
	taken  atomic.Bool // by the drainer, or by a caller that gave up
	done   chan struct{}

	// now and answers, or err, are what came back.
	now     int64
	all     bool
	answers []answer
	err     error
}

// answer is one counter's.
type answer struct {
	passed bool
	window ratelimit.Window
	// restored tells that Redis had lost the counter.
	restored bool
}

// newCall returns a call for n counters, each to be set.
func newCall(script *script, n int) *call {
	c := &call{script: script, done: make(chan struct{}), args: make([]any, 3+6*n)}
	c.args[0], c.args[1], c.args[2] = "evalsha", script.sha, n
	return c
}

// set gives the key and the five arguments of a counter.
func (c *call) set(i int, key string, kind any, a, b, d int64, known string) {
	n := c.counters()
	c.args[3+i] = key
	args := c.args[3+n+5*i:]
	args[0], args[1], args[2], args[3], args[4] = kind, a, b, d, known
}

func (c *call) counters() int { return (len(c.args) - 3) / 6 }

// keyOf returns the key of counter i.
func (c *call) keyOf(i int) string {
	key, _ := c.args[3+i].(string)
	return key
}

// key is the first counter's, which says where to send the call.
func (c *call) key() string { return c.keyOf(0) }

// command is the call as EVALSHA, or with the script's text.
func (c *call) command(ctx context.Context, text bool) *redis.Cmd {
	if !text {
		return redis.NewCmd(ctx, c.args...)
	}
	args := append([]any{"eval", c.script.text}, c.args[2:]...)
	return redis.NewCmd(ctx, args...)
}

// finished tells whether now and answers, or err, may be read.
func (c *call) finished() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// read takes what a command brought.
func (c *call) read(cmd *redis.Cmd) {
	values, err := cmd.Slice()
	if err == nil {
		err = c.decode(values)
	}
	c.err = err
}

func (c *call) decode(values []any) error {
	n := c.counters()
	if len(values) != 2+4*n {
		return fmt.Errorf("redis: script answered %d values for %d counters", len(values), n)
	}
	var numbers [4]int64
	read := func(from []any, to []int64) (err error) {
		for i := range to {
			var ok bool
			if to[i], ok = from[i].(int64); !ok {
				err = fmt.Errorf("redis: script answered a %T", from[i])
			}
		}
		return err
	}
	err := read(values, numbers[:2])
	c.now, c.all = numbers[0], numbers[1] == 1
	c.answers = make([]answer, n)
	for i := range c.answers {
		err = errors.Join(err, read(values[2+4*i:], numbers[:]))
		w := ratelimit.Window{Seq: numbers[1], Current: numbers[2], Previous: numbers[3]}
		c.answers[i] = answer{numbers[0]&1 != 0, w, numbers[0]&2 != 0}
	}
	return err
}

// refused tells whether a script was surely not run.
func refused(err error) bool {
	var answer redis.Error
	var op *net.OpError
	return errors.Is(err, errUnsent) || errors.As(err, &answer) || errors.As(err, &op) && op.Op == "dial"
}

// elsewhere tells whether another server of the cluster has to be asked.
func elsewhere(err error) bool {
	for _, prefix := range []string{"MOVED ", "ASK ", "TRYAGAIN "} {
		if strings.HasPrefix(err.Error(), prefix) {
			return true
		}
	}
	return false
}

// once is a command that the cluster client redirects but never repeats.
type once struct{ *redis.Cmd }

// NoRetry implements redis.Cmder.
func (once) NoRetry() bool { return true }
