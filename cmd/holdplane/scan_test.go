package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// scanner looks for many texts at once, in every form in which they could be written.
type scanner struct {
	begins [1 << 16]bool // by a pattern's first two bytes
	byHead map[uint64][]pattern
}

type pattern struct {
	name string // the text and the form
	text []byte
}

// headLen is how much of a pattern it is found by.
const headLen = 8

func newScanner(values ...string) *scanner {
	s := &scanner{byHead: map[uint64][]pattern{}}
	for _, v := range values {
		for form, text := range spellings(v) {
			head := binary.LittleEndian.Uint64(text)
			s.begins[uint16(head)] = true
			s.byHead[head] = append(s.byHead[head], pattern{v + " as " + form, text})
		}
	}
	return s
}

// find names what data holds.
func (s *scanner) find(data []byte) (found []string) {
	for i := 0; i+headLen <= len(data); i++ {
		if !s.begins[uint16(data[i])|uint16(data[i+1])<<8] {
			continue
		}
		for _, p := range s.byHead[binary.LittleEndian.Uint64(data[i:])] {
			if bytes.HasPrefix(data[i:], p.text) && !slices.Contains(found, p.name) {
				found = append(found, p.name)
			}
		}
	}
	return found
}

// spellings are the ways to write the middle of a text: what was cut off at either end is
// found all the same. Base64 depends on where in a group of three bytes the text begins.
func spellings(value string) map[string][]byte {
	const middle = 16
	from := (len(value) - middle) / 2
	b := []byte(value[from : from+middle])
	all := map[string][]byte{
		"text": b,
		"hex":  []byte(hex.EncodeToString(b)),
		"HEX":  bytes.ToUpper([]byte(hex.EncodeToString(b))),
	}
	backwards := slices.Clone(b)
	slices.Reverse(backwards)
	all["reversed"] = backwards
	for _, c := range b {
		all["UTF-16"] = append(all["UTF-16"], c, 0)
	}
	for name, e := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64url": base64.RawURLEncoding} {
		for shift := range 3 {
			text := e.EncodeToString(append(make([]byte, shift), b...))
			all[fmt.Sprint(name, "+", shift)] = []byte(text[(shift*8+5)/6 : (shift+len(b))*8/6])
		}
	}
	return all
}

// TestScanner plants a text into a file, in every form and anywhere: a scan that finds
// nothing has to mean something.
func TestScanner(t *testing.T) {
	const value = "hp_root_PlantedValue0123456789"
	s := newScanner("some other value that is not there", value)
	dir := t.TempDir()
	long := strings.Repeat("filling ", 5000)
	wide := ""
	for _, c := range value {
		wide += string(c) + "\x00"
	}
	backwards := []byte(value)
	slices.Reverse(backwards)
	for i, text := range []string{
		value, `{"key":"` + value + `"}`, value[4:], value[:len(value)-4], string(backwards), wide,
		hex.EncodeToString([]byte(value)), strings.ToUpper(hex.EncodeToString([]byte("x" + value))),
		base64.StdEncoding.EncodeToString([]byte(value)), base64.StdEncoding.EncodeToString([]byte(":" + value)),
		base64.URLEncoding.EncodeToString([]byte("ab" + value + "c")), base64.RawURLEncoding.EncodeToString([]byte("abc" + value)),
	} {
		path := filepath.Join(dir, "file")
		if err := os.WriteFile(path, []byte(long[:i*17]+text+long), 0o600); err != nil {
			t.Fatal(err)
		}
		for path, content := range contents(t, dir) {
			if found := s.find(content); len(found) == 0 || !strings.HasPrefix(found[0], value) {
				t.Errorf("%s with %q: found %q", path, text, found)
			}
		}
	}
	if found := s.find([]byte(long)); len(found) > 0 {
		t.Errorf("found %q where nothing is", found)
	}
}
