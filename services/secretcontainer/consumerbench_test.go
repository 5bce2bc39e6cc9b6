package secretcontainer_test

import (
	"fmt"
	"testing"
)

func BenchmarkRegister(b *testing.B) {
	for _, n := range []int{10, 100_000} {
		b.Run(fmt.Sprint("into ", n), func(b *testing.B) {
			w := newIdleWorld(b)
			ctx := w.user(acme, "carla", "creator")
			c := w.crowd(ctx, n)
			for b.Loop() {
				w.register(ctx, c, "a", "u")
				w.unregister(ctx, c, "a", "u")
			}
		})
	}
}

func BenchmarkRepeat(b *testing.B) {
	w := newIdleWorld(b)
	ctx := w.user(acme, "carla", "creator")
	c := w.crowd(ctx, 10)
	b.Run("registering", func(b *testing.B) {
		for b.Loop() {
			w.register(ctx, c, "c0001", "u")
		}
	})
	b.Run("getting", func(b *testing.B) {
		for b.Loop() {
			w.container(ctx, c)
		}
	})
}

func BenchmarkPage(b *testing.B) {
	const n = 100_000
	w := newIdleWorld(b)
	ctx := w.user(acme, "carla", "creator")
	c := w.crowd(ctx, n)
	for _, offset := range []int64{0, n / 2, n - 100} {
		b.Run(fmt.Sprint("at ", offset), func(b *testing.B) {
			for b.Loop() {
				w.page(ctx, c, offset, 100)
			}
		})
	}
}
