package identity

import (
	"cmp"
	"context"
	"time"

	"google.golang.org/protobuf/proto"

	identityv2 "github.com/holdplane/holdplane/gen/holdplane/identity/v2"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// maxLimits is how many limits a key can have: v2 gives it 50, v1 one more.
const maxLimits = 51

// reroll is the new key in the making. How it begins and how long it is depends on the
// old one, which is read first and read again in the transaction.
type reroll struct {
	old      string // id of the old key
	key      *storev1.Key
	secret   string
	limitIDs []string
	now      time.Time
	overlap  *int64 // milliseconds that the old key still works; nil is as long as before
	done     audit.Entry
}

func (k keysV2) RerollKey(ctx context.Context, r *identityv2.RerollKeyRequest) (*identityv2.RerollKeyResponse, error) {
	p, err := requireTenant(ctx)
	if err != nil {
		return nil, err
	}
	n := &reroll{old: r.GetKeyId(), now: time.Now(), overlap: r.Expiration, limitIDs: make([]string, maxLimits)}
	for i := range n.limitIDs {
		n.limitIDs[i] = id.New("rl")
	}
	n.key = &storev1.Key{Id: id.New("key"), CreatedAtMs: n.now.UnixMilli()}
	n.done = audit.Event(ctx, "key.reroll", n.old).With("new", n.key.GetId())
	err = k.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		old, err := k.s.tables.rerollable(tx, p, n.old)
		if err == nil {
			// A key's prefix and length never change.
			n.secret = formV2.fill(n.key, old.GetPrefix(), cmp.Or(int(old.GetByteLength()), defaultKeyBytes))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	var old *storev1.Key
	err = k.s.deps.Store.Update(ctx, func(tx kv.Writer) (err error) {
		if old, err = k.s.tables.rerollable(tx, p, n.old); err != nil {
			return err
		}
		return k.s.tables.reroll(tx, old, n)
	})
	if err != nil {
		return nil, err
	}
	k.s.keyChanged(old.GetDigest())
	k.s.keyChanged(n.key.GetDigest())
	return &identityv2.RerollKeyResponse{KeyId: n.key.GetId(), Key: n.secret}, nil
}

// rerollable is the caller's key, if the caller may make one like it.
func (t *tables) rerollable(tx kv.Reader, p *auth.Principal, id string) (*storev1.Key, error) {
	key, err := t.keyFor(tx, p, id, actionCreateKey)
	if err != nil || key.GetPlaintext() == "" {
		return key, err
	}
	return t.keyFor(tx, p, id, actionCreateKey, actionEncryptKey)
}

// reroll adds the new key, and ends the old one, which never lives longer than before.
func (t *tables) reroll(tx kv.Writer, old *storev1.Key, n *reroll) error {
	key := proto.CloneOf(old)
	key.Id, key.CreatedAtMs, key.UpdatedAtMs = n.key.GetId(), n.key.GetCreatedAtMs(), 0
	key.Digest, key.Start = n.key.GetDigest(), n.key.GetStart()
	key.Prefix, key.ByteLength = n.key.GetPrefix(), n.key.GetByteLength()
	if old.GetPlaintext() != "" {
		key.Plaintext = n.secret
	}
	for i, l := range key.GetRatelimits() {
		l.Id = n.limitIDs[i]
	}
	credits, err := t.creditsOf(tx, tenant.ID(old.GetTenant()), old, n.now)
	if err != nil {
		return err
	}
	if credits != nil {
		credits = proto.CloneOf(credits)
		credits.KeyId = key.GetId()
	}
	if err := t.endRerolled(tx, old, n); err != nil {
		return err
	}
	return t.insertKey(tx, key, &draft{credits: credits, done: n.done})
}

// endRerolled leaves the old key what is asked for of the time it has.
func (t *tables) endRerolled(tx kv.Writer, old *storev1.Key, n *reroll) error {
	if n.overlap == nil {
		return nil
	}
	ended := proto.CloneOf(old)
	ended.UpdatedAtMs, ended.ExpiresAtMs = n.now.UnixMilli(), n.now.UnixMilli()+*n.overlap
	if old.GetExpiresAtMs() != 0 {
		ended.ExpiresAtMs = min(ended.GetExpiresAtMs(), old.GetExpiresAtMs())
	}
	return t.keys.Replace(tx, scopeOf(old), old, ended)
}
