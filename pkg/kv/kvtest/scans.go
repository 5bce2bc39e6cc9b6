package kvtest

import (
	"testing"

	"github.com/holdplane/holdplane/pkg/kv"
)

var scanTests = []test{
	{"ranges of a store", rangesOfStore},
	{"ranges of a transaction's own entries", rangesOfOwn},
	{"ranges of a store under a transaction's changes", rangesOfBoth},
	{"a scan may be left", leaveScan},
	{"a scan may hold another", nestedScan},
	{"entries may be deleted while they are scanned", deleteScanned},
	{"entries may be replaced while they are scanned", replaceScanned},
}

var scanned = []string{"a=1", "a\x00=2", "ab=3", "b=4", "b\xff=5", "b\xff\xff=6", "c=7", "\xff=8", "\xff\xff=9"}

var ranges = []struct {
	name string
	give kv.Range
	want []string
}{
	{"everything", kv.Range{}, scanned},
	{"everything in reverse", kv.Range{Reverse: true}, reversed(scanned)},
	{"from a key", kv.Range{Start: []byte("b")}, scanned[3:]},
	{"from between keys", kv.Range{Start: []byte("aa")}, scanned[2:]},
	{"up to a key, which is not in it", kv.Range{End: []byte("b")}, scanned[:3]},
	{"up to between keys", kv.Range{End: []byte("bb")}, scanned[:4]},
	{"between keys", kv.Range{Start: []byte("ab"), End: []byte("c")}, scanned[2:6]},
	{"between keys in reverse", kv.Range{Start: []byte("ab"), End: []byte("c"), Reverse: true}, reversed(scanned[2:6])},
	{"from a key in reverse", kv.Range{Start: []byte("b"), Reverse: true}, reversed(scanned[3:])},
	{"up to a key in reverse", kv.Range{End: []byte("b"), Reverse: true}, reversed(scanned[:3])},
	{"up to beyond the last in reverse", kv.Range{End: []byte("\xff\xff\xff"), Reverse: true}, reversed(scanned)},
	{"up to the first in reverse", kv.Range{End: []byte("a"), Reverse: true}, nil},
	{"beyond the last", kv.Range{Start: []byte("\xff\xff\xff")}, nil},
	{"start equals end", kv.Range{Start: []byte("b"), End: []byte("b")}, nil},
	{"start behind end", kv.Range{Start: []byte("c"), End: []byte("a")}, nil},
	{"start behind end in reverse", kv.Range{Start: []byte("c"), End: []byte("a"), Reverse: true}, nil},
	{"an empty start", kv.Range{Start: []byte{}, End: []byte("ab")}, scanned[:2]},
	{"a prefix", kv.Prefix([]byte("b")), scanned[3:6]},
	{"a prefix that ends in ff", kv.Prefix([]byte("b\xff")), scanned[4:6]},
	{"a prefix that has no end", kv.Prefix([]byte("\xff")), scanned[7:]},
	{"the empty prefix", kv.Prefix(nil), scanned},
	{"a limit", kv.Range{Limit: 3}, scanned[:3]},
	{"a limit in reverse", kv.Range{Limit: 3, Reverse: true}, reversed(scanned)[:3]},
	{"a limit beyond the end", kv.Range{Limit: 100}, scanned},
	{"a limit within bounds", kv.Range{Start: []byte("ab"), End: []byte("c"), Limit: 2}, scanned[2:4]},
	{"keys only", kv.Range{Start: []byte("c"), KeysOnly: true}, []string{"c=", "\xff=", "\xff\xff="}},
	{"keys only in reverse with a limit", kv.Range{Limit: 1, Reverse: true, KeysOnly: true}, []string{"\xff\xff="}},
}

func reversed(pairs []string) []string {
	out := make([]string, len(pairs))
	for i, p := range pairs {
		out[len(pairs)-1-i] = p
	}
	return out
}

func wantRanges(t *testing.T, tx kv.Reader) error {
	t.Helper()
	for _, c := range ranges {
		got, err := scan(tx, c.give)
		if err != nil {
			return err
		}
		equal(t, c.name, got, c.want)
	}
	return nil
}

func rangesOfStore(t *testing.T, s kv.Store) {
	put(t, s, scanned...)
	view(t, s, func(tx kv.Reader) error { return wantRanges(t, tx) })
	update(t, s, func(tx kv.Writer) error { return wantRanges(t, tx) })
}

func rangesOfOwn(t *testing.T, s kv.Store) {
	update(t, s, func(tx kv.Writer) error {
		if err := putPairs(tx, scanned); err != nil {
			return err
		}
		return wantRanges(t, tx)
	})
}

// rangesOfBoth mixes stored, replaced, deleted and new entries in several ways.
func rangesOfBoth(t *testing.T, s kv.Store) {
	put(t, s, "0=gone", "a=1", "a\x00=old", "aa=gone", "b=4", "b\x00=gone", "b\xff=old", "c=7", "\xff=8", "\xff\xff\xff=gone")
	update(t, s, func(tx kv.Writer) error {
		for _, key := range []string{"0", "aa", "b\x00", "\xff\xff\xff", "absent"} {
			if err := tx.Delete([]byte(key)); err != nil {
				return err
			}
		}
		if err := putPairs(tx, []string{"\xff\xff=9", "a\x00=2", "ab=3", "b\xff=5", "b\xff\xff=6"}); err != nil {
			return err
		}
		return wantRanges(t, tx)
	})
	view(t, s, func(tx kv.Reader) error { return wantRanges(t, tx) })
}

func leaveScan(t *testing.T, s kv.Store) {
	put(t, s, "a=1", "b=2")
	update(t, s, func(tx kv.Writer) error {
		if err := tx.Put([]byte("c"), nil); err != nil {
			return err
		}
		for stop := range 3 {
			count := 0
			for _, err := range tx.Scan(kv.Range{}) {
				if err != nil {
					return err
				}
				if count++; count > stop {
					break
				}
			}
			if count != stop+1 {
				t.Errorf("%d entries before break %d", count, stop+1)
			}
		}
		return nil
	})
}

func nestedScan(t *testing.T, s kv.Store) {
	put(t, s, "a=1", "b=2")
	view(t, s, func(tx kv.Reader) error {
		var got []string
		for outer, err := range tx.Scan(kv.Range{}) {
			if err != nil {
				return err
			}
			inner, err := scan(tx, kv.Range{Reverse: true})
			if err != nil {
				return err
			}
			got = append(append(got, string(outer.Key)), inner...)
		}
		equal(t, "scans", got, []string{"a", "b=2", "a=1", "b", "b=2", "a=1"})
		return nil
	})
}

func deleteScanned(t *testing.T, s kv.Store) {
	for _, reverse := range []bool{false, true} {
		put(t, s, "a=1", "c=3")
		update(t, s, func(tx kv.Writer) error {
			if err := putPairs(tx, []string{"b=2", "d=4"}); err != nil {
				return err
			}
			var got []string
			for e, err := range tx.Scan(kv.Range{Reverse: reverse}) {
				if err != nil {
					return err
				}
				got = append(got, string(e.Key))
				if err := tx.Delete(e.Key); err != nil {
					return err
				}
			}
			expect := []string{"a", "b", "c", "d"}
			if reverse {
				expect = reversed(expect)
			}
			equal(t, "scanned", got, expect)
			return nil
		})
		want(t, s)
	}
}

func replaceScanned(t *testing.T, s kv.Store) {
	for _, reverse := range []bool{false, true} {
		put(t, s, "a=1", "c=3")
		update(t, s, func(tx kv.Writer) error {
			if err := tx.Put([]byte("b"), []byte("2")); err != nil {
				return err
			}
			for e, err := range tx.Scan(kv.Range{Reverse: reverse}) {
				if err != nil {
					return err
				}
				if err := tx.Put(e.Key, append([]byte("new"), e.Value...)); err != nil {
					return err
				}
			}
			return nil
		})
		want(t, s, "a=new1", "b=new2", "c=new3")
	}
}
