package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"unicode"
)

// maxImportItem is the longest text of one key, in bytes. Meta takes most of it.
const maxImportItem = 1 << 20

// importItem is the text of one key, and where in the file it stands.
type importItem struct {
	at   string // such as "line 3"
	text []byte // valid until the next item; nil when it is too long
}

// importItems yields the keys of a file: the elements of its array, or its lines that
// are not empty. It keeps one of them in memory.
func importItems(in io.Reader) iter.Seq2[importItem, error] {
	r := bufio.NewReaderSize(in, 64<<10)
	return func(yield func(importItem, error) bool) {
		first, err := peekText(r)
		switch {
		case errors.Is(err, io.EOF):
		case err != nil:
			yield(importItem{}, err)
		case first == '[':
			importArray(r, yield)
		default:
			importLines(r, yield)
		}
	}
}

// peekText returns the first byte that is no white space, and leaves lines countable: it
// skips a mark of byte order only.
func peekText(r *bufio.Reader) (byte, error) {
	if mark, err := r.Peek(3); err == nil && bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		if _, err := r.Discard(len(mark)); err != nil {
			return 0, err
		}
	}
	for n := 1; ; n++ {
		b, err := r.Peek(n)
		if err != nil {
			return 0, err
		}
		if !unicode.IsSpace(rune(b[n-1])) {
			return b[n-1], nil
		}
	}
}

func importLines(r *bufio.Reader, yield func(importItem, error) bool) {
	for n := 1; ; n++ {
		text, err := importLine(r)
		if err != nil && !errors.Is(err, io.EOF) {
			yield(importItem{}, err)
			return
		}
		item := importItem{at: fmt.Sprintf("line %d", n), text: text}
		if (text == nil || len(bytes.TrimSpace(text)) > 0) && !yield(item, nil) || err != nil {
			return
		}
	}
}

// importLine reads a line; nil when it is too long. The error is io.EOF with the last.
func importLine(r *bufio.Reader) (line []byte, err error) {
	long := false
	line = []byte{}
	for {
		part, err := r.ReadSlice('\n')
		if long = long || len(line)+len(part) > maxImportItem; !long {
			line = append(line, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if long {
			return nil, err
		}
		return line, err
	}
}

func importArray(r io.Reader, yield func(importItem, error) bool) {
	d := json.NewDecoder(r)
	if _, err := d.Token(); err != nil {
		yield(importItem{}, errNotJSON)
		return
	}
	n := 1
	for ; d.More(); n++ {
		var text json.RawMessage
		if err := d.Decode(&text); err != nil {
			yield(importItem{}, fmt.Errorf("item %d: %w", n, errNotJSON))
			return
		}
		if len(text) > maxImportItem {
			text = nil
		}
		if !yield(importItem{at: fmt.Sprintf("item %d", n), text: text}, nil) {
			return
		}
	}
	if _, err := d.Token(); err != nil {
		yield(importItem{}, fmt.Errorf("after item %d: the array does not end", n-1))
		return
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		yield(importItem{}, fmt.Errorf("after item %d: there is more than one array", n-1))
	}
}
