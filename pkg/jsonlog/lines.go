package jsonlog

import (
	"bufio"
	"io"
	"sync"
	"time"
)

// holdBack is how long a line may wait for others. One write for many lines spares a
// busy gateway a system call per request.
const holdBack = 20 * time.Millisecond

// lines collects lines for a short time.
type lines struct {
	mu      sync.Mutex
	buf     *bufio.Writer
	waiting bool
}

func newLines(w io.Writer) *lines { return &lines{buf: bufio.NewWriterSize(w, 64<<10)} }

func (l *lines) write(line []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.waiting {
		l.waiting = true
		// An error stays with the buffer: the next line and the last flush return it.
		time.AfterFunc(holdBack, func() { _ = l.flush() })
	}
	_, err := l.buf.Write(line)
	return err
}

func (l *lines) flush() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting = false
	return l.buf.Flush()
}
