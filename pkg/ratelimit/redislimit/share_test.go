package redislimit_test

import (
	"math/big"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/holdplane/holdplane/internal/servers"
)

// TestShare has Redis' own Lua, where numbers are C's doubles, divide as big.Int does.
func TestShare(t *testing.T) {
	text, err := os.ReadFile("counter.lua")
	if err != nil {
		t.Fatal(err)
	}
	script := redis.NewScript(string(text) +
		"local out = {} for i = 1, #ARGV, 3 do out[#out + 1] = share(tonumber(ARGV[i]), tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2])) end return out")
	client := redis.NewClient(&redis.Options{Addr: servers.Redis(t)})
	defer client.Close()
	var args []any
	var want []int64
	for range 1000 {
		a, d := rand.Int64N(1<<53>>rand.IntN(53)), 1+rand.Int64N((1<<40-1)>>rand.IntN(40))
		b := 1 + rand.Int64N(d)
		args = append(args, a, b, d)
		product := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
		want = append(want, product.Quo(product, big.NewInt(d)).Int64())
	}
	got, err := script.Run(t.Context(), client, nil, args...).Int64Slice()
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%d x %d / %d: %d, want %d", args[3*i], args[3*i+1], args[3*i+2], got[i], want[i])
		}
	}
}
