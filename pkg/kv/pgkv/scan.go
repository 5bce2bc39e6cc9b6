package pgkv

import (
	"bytes"
	"iter"

	"github.com/holdplane/holdplane/pkg/kv"
)

// A page is what one statement reads. Few entries are asked for first, as most scans are
// short; a page that turns out to be of large values is cut when it is full.
const (
	firstPage = 64
	maxPage   = 1024
	pageBytes = 4 << 20
)

// Scan implements kv.Reader. It holds one page in memory, and reads the next one when its
// turn comes, so that other calls may come between.
func (t *tx) Scan(r kv.Range) iter.Seq2[kv.Entry, error] {
	return func(yield func(kv.Entry, error) bool) {
		p := pager{tx: t, rest: r, size: firstPage}
		for !p.ended {
			page, err := p.next()
			if err != nil {
				yield(kv.Entry{}, err)
				return
			}
			for _, e := range page {
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}

// pager cuts a range into pages.
type pager struct {
	tx    *tx
	rest  kv.Range
	size  int // of the next page
	ended bool
}

func (p *pager) next() ([]kv.Entry, error) {
	n := p.size
	if p.rest.Limit > 0 {
		n = min(n, p.rest.Limit)
	}
	var page []kv.Entry
	size, full := 0, false
	err := p.tx.query(func(row [][]byte) bool {
		if full = size >= pageBytes; full {
			return false
		}
		e := kv.Entry{Key: bytes.Clone(row[0])}
		if !p.rest.KeysOnly {
			e.Value = append([]byte{}, row[1]...)
		}
		size += len(e.Key) + len(e.Value)
		page = append(page, e)
		return true
	}, pageCall(p.rest, n))
	if err == nil {
		p.ended = len(page) < n && !full
		p.pass(page, size)
	}
	return page, err
}

// pass takes a page that was read out of the rest.
func (p *pager) pass(page []kv.Entry, size int) {
	if len(page) == 0 {
		return
	}
	last := page[len(page)-1].Key
	if p.rest.Reverse {
		p.rest.End = last
	} else {
		p.rest.Start = append(bytes.Clone(last), 0) // the next possible key
	}
	if p.rest.Limit > 0 {
		p.rest.Limit -= len(page)
		p.ended = p.ended || p.rest.Limit == 0
	}
	p.size = max(1, min(2*len(page), maxPage, pageBytes/(1+size/len(page))))
}
