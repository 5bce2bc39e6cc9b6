package boltkv_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"

	bolt "go.etcd.io/bbolt"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/boltkv"
)

const (
	benchWriters = 64
	benchRecords = 100_000
)

var value300 = make([]byte, 300)

// orderedKeys are keys as time-ordered ids make them.
func orderedKeys() func() []byte {
	var n atomic.Uint64
	n.Store(1 << 60)
	return func() []byte { return binary.BigEndian.AppendUint64([]byte("ordered/"), n.Add(1)) }
}

func randomKey() []byte {
	return binary.BigEndian.AppendUint64([]byte("random/"), rand.Uint64())
}

func recordKey(i uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte("random/"), i*0x9E3779B97F4A7C15)
}

// filled returns a store that holds records under scattered keys.
func filled(b *testing.B) *boltkv.Store {
	b.Helper()
	s, err := boltkv.Open(filepath.Join(b.TempDir(), "store.db"), boltkv.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	// In one commit, as below: more would leave free pages, whose list is part of a commit.
	err = s.Update(context.Background(), func(tx kv.Writer) error {
		for i := range uint64(benchRecords) {
			if err := tx.Put(recordKey(i), value300); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return s
}

func BenchmarkGet(b *testing.B) {
	s, ctx := filled(b), context.Background()
	b.ReportAllocs()
	for b.Loop() {
		key := recordKey(rand.Uint64N(benchRecords))
		err := s.View(ctx, func(tx kv.Reader) error {
			_, err := tx.Get(key)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkScan100(b *testing.B) {
	s, ctx := filled(b), context.Background()
	b.ReportAllocs()
	for b.Loop() {
		from := recordKey(rand.Uint64N(benchRecords))
		err := s.View(ctx, func(tx kv.Reader) error {
			for _, err := range tx.Scan(kv.Range{Start: from, Limit: 100}) {
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkUpdate(b *testing.B) {
	for _, writers := range []int{1, benchWriters} {
		for name, key := range map[string]func() []byte{"ordered": orderedKeys(), "random": randomKey} {
			b.Run(fmt.Sprintf("%s keys/%d writers", name, writers), func(b *testing.B) {
				s, ctx := filled(b), context.Background()
				b.ReportAllocs()
				concurrently(b, writers, func() error {
					k := key()
					return s.Update(ctx, func(tx kv.Writer) error { return tx.Put(k, value300) })
				})
			})
		}
	}
}

// BenchmarkBolt is the floor: bbolt's own View and Update, one by one, on the same records.
func BenchmarkBolt(b *testing.B) {
	b.Run("get", func(b *testing.B) {
		db := filledBolt(b)
		b.ReportAllocs()
		for b.Loop() {
			key := recordKey(rand.Uint64N(benchRecords))
			err := db.View(func(tx *bolt.Tx) error {
				if tx.Bucket([]byte("b")).Get(key) == nil {
					return kv.ErrNotFound
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	for name, key := range map[string]func() []byte{"ordered": orderedKeys(), "random": randomKey} {
		b.Run(name+" keys", func(b *testing.B) {
			db := filledBolt(b)
			b.ReportAllocs()
			for b.Loop() {
				k := key()
				err := db.Update(func(tx *bolt.Tx) error { return tx.Bucket([]byte("b")).Put(k, value300) })
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func filledBolt(b *testing.B) *bolt.DB {
	b.Helper()
	db, err := bolt.Open(filepath.Join(b.TempDir(), "bolt.db"), 0o600, &bolt.Options{FreelistType: bolt.FreelistMapType})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	err = db.Update(func(tx *bolt.Tx) error {
		bucket, err := tx.CreateBucket([]byte("b"))
		if err != nil {
			return err
		}
		for i := range uint64(benchRecords) {
			if err := bucket.Put(recordKey(i), value300); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return db
}

// concurrently runs op b.N times on so many goroutines.
func concurrently(b *testing.B, goroutines int, op func() error) {
	b.Helper()
	b.ResetTimer()
	before := cpu(b)
	defer func() { b.ReportMetric(float64(cpu(b)-before)/float64(b.N), "cpu-ns/op") }()
	var left atomic.Int64
	left.Store(int64(b.N))
	errs := make(chan error, goroutines)
	for range goroutines {
		go func() {
			for left.Add(-1) >= 0 {
				if err := op(); err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}()
	}
	for range goroutines {
		if err := <-errs; err != nil {
			b.Fatal(err)
		}
	}
}

// cpu is what the process has used, in nanoseconds: a busy machine changes it least.
func cpu(b *testing.B) int64 {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return usage.Utime.Nano() + usage.Stime.Nano()
}
