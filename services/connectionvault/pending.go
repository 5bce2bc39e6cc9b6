package connectionvault

import (
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
)

// confirmLife is how long an authorization waits to be confirmed.
const confirmLife = 30 * time.Minute

// inForce tells whether the token is of use. One that nobody has confirmed does not take its
// place: it may be of somebody who clicked on another's link.
func (f *facts) inForce() bool {
	state, _ := f.credentials()
	return f.token != nil && state == stateAuthorized
}

// unconfirmed is the token that waits to be confirmed; nil for none.
func (f *facts) unconfirmed() *storev1.VaultToken {
	t := f.token
	if t.GetPending() != nil {
		t = t.GetPending()
	}
	if len(t.GetConfirmDigest()) == 0 || t.GetConfirmUntilMs() <= f.now {
		return nil
	}
	return t
}

// confirmed puts the unconfirmed token in force, with the settings that came with it.
func (f *facts) confirmed(m *storev1.VaultConnection) {
	t := proto.CloneOf(f.unconfirmed())
	f.settings = withTexts(f.settings, t.GetCopies())
	t.ConfirmDigest, t.ConfirmUntilMs, t.Copies = nil, 0, nil
	f.token = t
	m.Enabled, m.Wrong, m.Revoked = true, false, false
}

// putPending keeps a token until it is confirmed: beside the one in force, of which nothing
// changes and nobody is told, or where there is none.
func (t *tables) putPending(tx kv.Writer, p *party, got *issued, n news, digest []byte) error {
	token := got.token(nil)
	token.Copies, token.ConfirmDigest, token.ConfirmUntilMs = got.copies, digest, p.now+confirmLife.Milliseconds()
	if !p.inForce() {
		return t.putAuthorized(tx, p, n, func(f *facts, m *storev1.VaultConnection) {
			f.token, m.Wrong, m.Revoked = token, false, false
		})
	}
	beside := proto.CloneOf(p.token)
	beside.Pending = token
	return t.putToken(tx, p.at, p.tokenRow, beside)
}

// putInForce has a token take the place of what is there.
func (t *tables) putInForce(tx kv.Writer, p *party, token *storev1.VaultToken, copies map[string]string, n news) error {
	return t.putAuthorized(tx, p, n, func(f *facts, m *storev1.VaultConnection) {
		f.settings, f.token = withTexts(f.settings, copies), token
		m.Enabled, m.Wrong, m.Revoked = true, false, false
	})
}

// putAuthorized changes a connection by an authorization, and tells of it.
func (t *tables) putAuthorized(tx kv.Writer, p *party, n news, apply func(*facts, *storev1.VaultConnection)) error {
	after, err := t.changed(tx, p.caller(), p.facts, change{r: p.at, now: p.now, apply: func(f *facts, m *storev1.VaultConnection) error {
		apply(f, m)
		return nil
	}})
	if err != nil {
		return err
	}
	return t.emit(tx, p.at.tenant, n, after, happened(p.facts, after)...)
}
