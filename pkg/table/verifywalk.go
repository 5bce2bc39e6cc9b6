package table

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// walk is a Verify under way.
type walk struct {
	kv.Reader
	set      Set
	now      time.Time
	last     []byte // the key before; nil at the first
	findings []Finding
}

// entry is what a walk has come to.
type entry struct {
	place
	key   []byte
	value []byte // nil when it can't be opened
}

func (w *walk) check(k []byte) error {
	p, ok := placeOf(k)
	if !ok {
		w.find(place{rest: k}, Unknown, "")
		return nil
	}
	e := entry{place: p, key: k}
	value, err := w.Get(k)
	switch {
	case errors.Is(err, kv.ErrDestroyed):
		w.find(p, Damaged, p.what()+" is left, and the tenant's keys are destroyed")
	case unreadable(err):
		w.find(p, Damaged, p.what()+" does not open")
	case err != nil:
		return err
	default:
		e.value = append([]byte{}, value...)
	}
	t := w.set.named(p.table)
	switch {
	case p.isOwn() && p.table == ttlPart:
		return w.checkEnd(e)
	case p.isOwn():
		return w.checkMark(e)
	case t == nil:
		w.find(p, Unknown, "no such table")
		return nil
	}
	return t.verify(w, e)
}

// verify checks what has a table's name.
func (t *Table[M]) verify(w *walk, e entry) error {
	switch e.part {
	case "":
		return t.verifyRow(w, e)
	case countPart:
		return t.verifyFolded(w, e)
	}
	return t.verifyIndex(w, e)
}

func (w *walk) find(p place, problem Problem, detail string) {
	w.findings = append(w.findings, Finding{Problem: problem, Tenant: p.tenant, Table: p.table, ID: shown(p.rest), Detail: detail})
}

// isFirst tells whether the key that the walk has come to is the first with a prefix.
func (w *walk) isFirst(k, prefix []byte) (bool, error) {
	if w.last != nil {
		return !bytes.HasPrefix(w.last, prefix), nil
	}
	before, err := w.has(kv.Range{Start: prefix, End: k})
	return !before, err
}

// has tells whether a range has a key, its value readable or not.
func (w *walk) has(r kv.Range) (bool, error) {
	r.Limit, r.KeysOnly = 1, true
	for _, err := range w.Scan(r) {
		return err == nil, err
	}
	return false, nil
}

// read returns a value; nil without an error when it can't be opened, which is found where
// the walk comes to it.
func (w *walk) read(k []byte) ([]byte, error) {
	value, err := w.Get(k)
	if unreadable(err) {
		return nil, nil
	}
	return value, err
}

func unreadable(err error) bool {
	return errors.Is(err, kv.ErrDamaged) || errors.Is(err, kv.ErrDestroyed)
}

// place is where a key stands.
type place struct {
	scope  Scope
	tenant tenant.ID
	table  string
	part   string // an index of the table, or its count; empty for a row
	rest   []byte // the row's id, or the values
}

// placeOf takes a key apart; it is not ok when no table makes such keys.
func placeOf(k []byte) (p place, ok bool) {
	part, rest, err := key.Cut(k)
	if err == nil && part == tenantPart {
		part, rest, err = key.Cut(rest)
		name, isText := part.(string)
		if p.tenant = tenant.ID(name); !isText || name == "" {
			return p, false
		}
	} else if part != globalPart {
		return p, false
	}
	if err != nil {
		return p, false
	}
	p.scope = Scope{prefix: k[:len(k)-len(rest)]}
	if part, p.rest, err = key.Cut(rest); err != nil {
		return p, false
	}
	name, ok := part.(string)
	p.table, p.part, _ = strings.Cut(name, "/")
	return p, ok
}

// isOwn tells the keys that all tables share: ends of life, and marks of counts.
func (p place) isOwn() bool {
	return bytes.Equal(p.scope.prefix, Global.prefix) && p.part == "" && (p.table == ttlPart || p.table == countPart)
}

// what stands at p, in words.
func (p place) what() string {
	switch {
	case p.isOwn():
		return p.table
	case p.part == "":
		return "row"
	case p.part == countPart:
		return countPart
	}
	return "index " + p.part
}

// shownBytes is how much is shown of what is not readable.
const shownBytes = 16

// shown are the parts of a tuple, with slashes between them.
func shown(tuple []byte) string {
	parts, err := key.Parse(tuple)
	if err != nil {
		return shownText(string(tuple))
	}
	texts := make([]string, len(parts))
	for i, part := range parts {
		switch v := part.(type) {
		case uint64:
			texts[i] = strconv.FormatUint(v, 10)
		case string:
			texts[i] = shownText(v)
		}
	}
	return strings.Join(texts, "/")
}

func shownText(s string) string {
	if utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0 {
		return s
	}
	if _, ok := placeOf([]byte(s)); ok {
		return shownRow([]byte(s))
	}
	if len(s) > shownBytes {
		return hex.EncodeToString([]byte(s[:shownBytes])) + "…"
	}
	return hex.EncodeToString([]byte(s))
}

// shownRow names a row by its key. What is not a key may be a value, which is not shown.
func shownRow(row []byte) string {
	p, ok := placeOf(row)
	if !ok {
		return "what is no key"
	}
	return p.table + " " + shown(p.rest)
}
