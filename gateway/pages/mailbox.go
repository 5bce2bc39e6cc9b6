package pages

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"net/url"
	"sync"

	"github.com/holdplane/holdplane/pkg/mail"
)

// Mailbox are mails that were kept rather than sent, for one reader: the browser that is
// first to come with the key. It is safe for concurrent use.
type Mailbox struct {
	box *mail.Box

	mu      sync.Mutex
	key     string // empty once it is spent
	session string // empty before
}

// NewMailbox returns a locked mailbox with a new key.
func NewMailbox(box *mail.Box) *Mailbox { return &Mailbox{box: box, key: random()} }

// Link is the path, with the key, that opens the mailbox once: for whoever runs the process,
// and nobody else.
func (m *Mailbox) Link() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return mailsPath + "?" + url.Values{"key": {m.key}}.Encode()
}

// fits tells whether a key would open the mailbox.
func (m *Mailbox) fits(key string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return equal(key, m.key)
}

// open spends the key for a session.
func (m *Mailbox) open(key string) (session string, ok bool) {
	fresh := random()
	m.mu.Lock()
	defer m.mu.Unlock()
	if !equal(key, m.key) {
		return "", false
	}
	m.key, m.session = "", fresh
	return fresh, true
}

// reads tells whether a session is the reader's.
func (m *Mailbox) reads(session string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return equal(session, m.session)
}

// equal compares secrets, of which an empty one is none.
func equal(given, want string) bool {
	return want != "" && subtle.ConstantTimeCompare([]byte(given), []byte(want)) == 1
}

// random returns 256 bits.
func random() string {
	b := make([]byte, 32)
	rand.Read(b) // never fails: it ends the program instead
	return base64.RawURLEncoding.EncodeToString(b)
}
