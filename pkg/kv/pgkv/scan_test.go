package pgkv_test

import (
	"encoding/binary"
	"testing"

	"github.com/holdplane/holdplane/internal/servers"
	"github.com/holdplane/holdplane/pkg/kv"
)

// TestPages scans more than a page in several ways, in values that fill one early, too.
func TestPages(t *testing.T) {
	t.Parallel()
	const n = 2500
	s := open(t, servers.Postgres(t), "s")
	err := s.Update(t.Context(), func(w kv.Writer) error {
		for i := range uint16(n) {
			size := 10
			if i >= 100 && i < 130 { // within the second page
				size = 512 << 10
			}
			if err := w.Put(binary.BigEndian.AppendUint16(nil, i), make([]byte, size)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		give        kv.Range
		first, want int
	}{
		"all":                         {kv.Range{}, 0, n},
		"all in reverse":              {kv.Range{Reverse: true}, n - 1, n},
		"keys only":                   {kv.Range{KeysOnly: true}, 0, n},
		"a limit of a page":           {kv.Range{Limit: 64}, 0, 64},
		"a limit of more than a page": {kv.Range{Limit: 65}, 0, 65},
		"a limit beyond large values": {kv.Range{Limit: 1000, Reverse: true, End: []byte{1, 0}}, 255, 256},
		"from within":                 {kv.Range{Start: []byte{0, 110}, Limit: 500}, 110, 500},
	} {
		t.Run(name, func(t *testing.T) {
			err := s.View(t.Context(), func(r kv.Reader) error {
				count, next := 0, c.first
				for e, err := range r.Scan(c.give) {
					if err != nil {
						return err
					}
					if got := int(binary.BigEndian.Uint16(e.Key)); got != next {
						t.Fatalf("entry %d is %d, want %d", count, got, next)
					}
					if (len(e.Value) == 0) != c.give.KeysOnly {
						t.Fatalf("entry %d has a value of %d bytes", count, len(e.Value))
					}
					count++
					next++
					if c.give.Reverse {
						next -= 2
					}
				}
				if count != c.want {
					t.Errorf("%d entries, want %d", count, c.want)
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}
