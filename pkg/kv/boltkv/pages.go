package boltkv

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
)

// Layout of bbolt's pages, in the machine's byte order: a header of id (8 bytes), flags
// (2), count (2) and overflow pages (4), then elements of 16 bytes, which say how far
// behind their own start their keys and values are.
const (
	headerLen   = 16
	elementLen  = 16
	flagBranch  = 0x01
	flagLeaf    = 0x02
	flagBucket  = 0x01
	bucketHead  = 16 // root page and sequence, in front of a bucket small enough to be inline
	firstPageID = 2  // behind the two meta pages
)

// pages walks a file's tree without trusting it. bbolt's own check believes numbers it
// reads: a damaged one makes it loop, fill the memory or end the process.
type pages struct {
	ctx  context.Context
	file io.ReaderAt
	size int             // of a page
	end  uint64          // first page behind the last
	seen map[uint64]bool // every page may be in one place only
}

func damaged(page uint64, format string, args ...any) error {
	return fmt.Errorf("%w: page %d %s", ErrDamaged, page, fmt.Sprintf(format, args...))
}

// walk checks a page and what is below it. Keys have to be from low up to but not
// including high; nil is no bound.
func (p *pages) walk(id uint64, low, high []byte) error {
	if err := p.ctx.Err(); err != nil {
		return err
	}
	page, err := p.read(id)
	if err != nil {
		return err
	}
	flags := binary.NativeEndian.Uint16(page[8:])
	if flags != flagBranch && flags != flagLeaf {
		return damaged(id, "has flags %#x", flags)
	}
	elements, err := parse(id, page, flags == flagLeaf)
	if err != nil {
		return err
	}
	if err := checkOrder(id, elements, low, high); err != nil {
		return err
	}
	for i, e := range elements {
		below := high
		if i+1 < len(elements) {
			below = elements[i+1].key
		}
		switch {
		case flags == flagBranch:
			err = p.walk(e.child, e.key, below)
		case e.bucket:
			err = p.walkBucket(id, e.value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// walkBucket checks a bucket, of which a leaf holds the root's number, or all.
func (p *pages) walkBucket(id uint64, value []byte) error {
	if len(value) < bucketHead {
		return damaged(id, "has a bucket of %d bytes", len(value))
	}
	if root := binary.NativeEndian.Uint64(value); root != 0 {
		return p.walk(root, nil, nil)
	}
	if len(value) < bucketHead+headerLen {
		return damaged(id, "has an inline bucket of %d bytes", len(value))
	}
	elements, err := parse(id, value[bucketHead:], true)
	if err != nil {
		return err
	}
	return checkOrder(id, elements, nil, nil)
}

// read returns a page with its overflow, after checking that it may be where it is.
func (p *pages) read(id uint64) ([]byte, error) {
	if id < firstPageID || id >= p.end {
		return nil, damaged(id, "is referred to, of %d", p.end)
	}
	head := make([]byte, headerLen)
	offset := int64(id) * int64(p.size)
	if _, err := p.file.ReadAt(head, offset); err != nil {
		return nil, err
	}
	if self := binary.NativeEndian.Uint64(head); self != id {
		return nil, damaged(id, "calls itself %d", self)
	}
	more := uint64(binary.NativeEndian.Uint32(head[12:]))
	if id+more >= p.end {
		return nil, damaged(id, "goes on for %d pages, of %d", more, p.end)
	}
	for i := id; i <= id+more; i++ {
		if p.seen[i] {
			return nil, damaged(i, "is referred to twice")
		}
		p.seen[i] = true
	}
	page := make([]byte, (int(more)+1)*p.size)
	_, err := p.file.ReadAt(page, offset)
	return page, err
}

// element is an entry of a page.
type element struct {
	key, value []byte
	child      uint64 // on a branch page
	bucket     bool   // on a leaf page: value is a bucket
}

func parse(id uint64, page []byte, leaf bool) ([]element, error) {
	count := int(binary.NativeEndian.Uint16(page[10:]))
	if headerLen+count*elementLen > len(page) {
		return nil, damaged(id, "has %d elements", count)
	}
	elements := make([]element, count)
	for i := range elements {
		at := headerLen + i*elementLen
		head := page[at : at+elementLen]
		var e element
		var pos, keyLen, valueLen uint64
		if leaf {
			e.bucket = binary.NativeEndian.Uint32(head)&flagBucket != 0
			pos = uint64(binary.NativeEndian.Uint32(head[4:]))
			keyLen = uint64(binary.NativeEndian.Uint32(head[8:]))
			valueLen = uint64(binary.NativeEndian.Uint32(head[12:]))
		} else {
			pos = uint64(binary.NativeEndian.Uint32(head))
			keyLen = uint64(binary.NativeEndian.Uint32(head[4:]))
			e.child = binary.NativeEndian.Uint64(head[8:])
		}
		start := uint64(at) + pos
		if start+keyLen+valueLen > uint64(len(page)) {
			return nil, damaged(id, "has element %d outside itself", i)
		}
		e.key = page[start : start+keyLen]
		e.value = page[start+keyLen : start+keyLen+valueLen]
		elements[i] = e
	}
	return elements, nil
}

func checkOrder(id uint64, elements []element, low, high []byte) error {
	for i, e := range elements {
		switch {
		case i > 0 && bytes.Compare(elements[i-1].key, e.key) >= 0,
			i == 0 && bytes.Compare(low, e.key) > 0,
			high != nil && bytes.Compare(e.key, high) >= 0:
			return damaged(id, "has element %d out of order", i)
		}
	}
	return nil
}
