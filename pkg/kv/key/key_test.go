package key_test

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/holdplane/holdplane/pkg/kv/key"
)

// sorted are tuples in their order: part by part, strings before numbers, a prefix first.
var sorted = [][]any{
	{},
	{""},
	{"", ""},
	{"", "a"},
	{"", uint64(0)},
	{"\x00"},
	{"\x00", "\x00"},
	{"\x00\x00"},
	{"\x00\x01"},
	{"\x00\x02"},
	{"\x00\xff"},
	{"\x01"},
	{"\x01", "\x01"},
	{"\x01\x00"},
	{"\x01\x01"},
	{"\x02"},
	{"a"},
	{"a", ""},
	{"a", "b"},
	{"a", uint64(1)},
	{"a\x00"},
	{"a\x00", "b"},
	{"a\x00b"},
	{"ab"},
	{"\xff"},
	{"\xff\x00"},
	{"\xff\xff"},
	{uint64(0)},
	{uint64(0), "a"},
	{uint64(1)},
	{uint64(255)},
	{uint64(256)},
	{uint64(math.MaxUint64)},
	{uint64(math.MaxUint64), uint64(0)},
}

func TestBytesSortAsTuples(t *testing.T) {
	for i, a := range sorted {
		for j, b := range sorted {
			if got, want := bytes.Compare(key.New(a...), key.New(b...)), cmp.Compare(i, j); got != want {
				t.Errorf("%q and %q compare %d, want %d", a, b, got, want)
			}
		}
	}
}

// A tuple's prefix range is what its tenant or parent owns: it must hold no other's keys.
func TestPrefixesOfBytesAreThoseOfTuples(t *testing.T) {
	for _, a := range sorted {
		for _, b := range sorted {
			begins := len(a) <= len(b) && slices.Equal(a, b[:len(a)])
			if got := bytes.HasPrefix(key.New(b...), key.New(a...)); got != begins {
				t.Errorf("the bytes of %q begin those of %q: %t", a, b, got)
			}
		}
	}
}

func TestParseUndoesNew(t *testing.T) {
	for _, want := range sorted {
		got, err := key.Parse(key.New(want...))
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q came back as %q, error %v", want, got, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for name, b := range map[string]string{
		"an unknown type":               "\x03a\x00",
		"a terminator alone":            "\x00",
		"a string without end":          "\x02a",
		"a string that ends in escapes": "\x02a\x01",
		"an escape of nothing":          "\x02a\x01\x03\x00",
		"a type byte alone":             "\x15",
		"a short number":                "\x15\x00\x00\x00\x00\x00\x00\x00",
		"rubbish behind a part":         "\x02a\x00\xfe",
	} {
		if parts, err := key.Parse([]byte(b)); !errors.Is(err, key.ErrMalformed) {
			t.Errorf("%s: parts %q, error %v", name, parts, err)
		}
	}
	if _, _, err := key.Cut(nil); !errors.Is(err, key.ErrMalformed) {
		t.Errorf("Cut of nothing: error %v", err)
	}
}

func TestBytesAndStringsAreTheSamePart(t *testing.T) {
	if s, b := key.New("a\x00b"), key.New([]byte("a\x00b")); !bytes.Equal(s, b) {
		t.Errorf("%q and %q", s, b)
	}
}

func TestJoinLeavesItsPrefixAlone(t *testing.T) {
	prefix := key.New("a")
	first, second := key.Join(prefix, "b"), key.Join(prefix, "c")
	if !bytes.Equal(first, key.New("a", "b")) || !bytes.Equal(second, key.New("a", "c")) {
		t.Errorf("%q and %q", first, second)
	}
}

func TestOtherTypesAreMistakes(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("New took an int")
		}
	}()
	key.New(1)
}

// tuple makes any tuple from bytes: a digit that tells the kind and the length, then
// the part.
func tuple(b []byte) []any {
	parts := []any{}
	for len(b) > 0 {
		n := min(int(b[0]>>1), len(b)-1)
		part := b[1 : 1+n]
		if b[0]&1 == 0 {
			parts = append(parts, string(part))
		} else {
			parts = append(parts, binary.LittleEndian.Uint64(append(bytes.Clone(part), make([]byte, 8)...)))
		}
		b = b[1+n:]
	}
	return parts
}

func compare(a, b []any) int {
	return slices.CompareFunc(a, b, func(x, y any) int {
		xs, xIsString := x.(string)
		ys, yIsString := y.(string)
		switch {
		case xIsString && yIsString:
			return cmp.Compare(xs, ys)
		case xIsString:
			return -1
		case yIsString:
			return 1
		}
		return cmp.Compare(x.(uint64), y.(uint64))
	})
}

func FuzzOrder(f *testing.F) {
	f.Add([]byte("\x02a\x03\x01"), []byte("\x02a"))
	f.Add([]byte("\x04\x00\xff"), []byte("\x02\x00"))
	f.Add([]byte("\x11\x00\x00\x00\x00\x00\x00\x00\xff"), []byte("\x03\xff"))
	f.Fuzz(func(t *testing.T, x, y []byte) {
		a, b := tuple(x), tuple(y)
		ka, kb := key.New(a...), key.New(b...)
		if got, want := bytes.Compare(ka, kb), compare(a, b); got != want {
			t.Fatalf("%q and %q compare %d as bytes, %d as tuples", a, b, got, want)
		}
		if len(a) <= len(b) && compare(a, b[:len(a)]) == 0 != bytes.HasPrefix(kb, ka) {
			t.Fatalf("%q is a prefix of %q as one of tuple and bytes only", a, b)
		}
		back, err := key.Parse(ka)
		if err != nil || compare(back, a) != 0 {
			t.Fatalf("%q came back as %q, error %v", a, back, err)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, parts := range sorted {
		f.Add(key.New(parts...))
	}
	f.Add([]byte("\x02a\x01\x02"))
	f.Fuzz(func(t *testing.T, b []byte) {
		parts, err := key.Parse(b)
		switch {
		case err == nil && !bytes.Equal(key.New(parts...), b):
			t.Fatalf("%q parses as %q, which is %q", b, parts, key.New(parts...))
		case err != nil && !errors.Is(err, key.ErrMalformed):
			t.Fatal(err)
		}
	})
}
