package mail

import (
	"context"
	"slices"
	"sync"
	"time"
)

// boxSize is how many mails a Box keeps.
const boxSize = 100

// Box is a Sender that keeps the last 100 mails in memory and sends none. The zero Box is
// empty and ready.
type Box struct {
	mu   sync.Mutex
	kept []Kept // oldest first
}

// Kept is a mail in a Box.
type Kept struct {
	Message
	// At is when it was sent.
	At time.Time
}

var _ Sender = (*Box)(nil)

// Send keeps a mail in place of the oldest. It refuses what SMTP refuses to send.
func (b *Box) Send(ctx context.Context, m Message) error {
	if err := m.check(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.kept) == boxSize {
		b.kept = slices.Delete(b.kept, 0, 1)
	}
	b.kept = append(b.kept, Kept{Message: m, At: time.Now()})
	return nil
}

// List returns the mails, newest first.
func (b *Box) List() []Kept {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := slices.Clone(b.kept)
	slices.Reverse(list)
	return list
}
