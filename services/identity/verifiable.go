package identity

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/memo"
	"github.com/holdplane/holdplane/pkg/ratelimit"
	"github.com/holdplane/holdplane/pkg/table"
)

// How long a key is remembered, and that there is none. A change reaches every other
// process within knownKeyTTL, and this one at once.
const (
	knownKeyTTL   = 4 * time.Second
	unknownKeyTTL = time.Second
)

// knownKeys bounds how many keys are remembered that take keyBytes each. Larger ones count
// for several: 128 MB are all that tenants can have remembered, whatever is in their keys.
const (
	knownKeys = 1 << 16
	keyBytes  = 2 << 10
)

// verifiable is a key with all that verifying it needs, as it was at one moment. It is
// shared between requests and, left aside, never changed.
type verifiable struct {
	keyView
	roles []string
	// ofKey and ofOwner are the limits of the key and of its identity.
	ofKey, ofOwner []ratelimit.Setting
	// group is where all limits of the key are counted, so that they are decided over in
	// one step: at its identity, or at the key itself where it has none.
	group string
	// left are the credits when this process last looked.
	left atomic.Int64
}

func newKnownKeys() *memo.Cache[auth.Digest, *verifiable] {
	return memo.New[auth.Digest, *verifiable](memo.Options{Size: knownKeys, TTL: knownKeyTTL})
}

// verifiable returns the key with a digest, or nil where there is none that counts.
func (s *Service) verifiable(ctx context.Context, d auth.Digest) (*verifiable, error) {
	if v, ok := s.verifiables.Known(d); ok {
		return v, nil
	}
	return s.verifiables.Get(ctx, d, func(ctx context.Context) (memo.Answer[*verifiable], error) {
		now := time.Now()
		var v *verifiable
		err := s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
			v, err = s.tables.verifiable(tx, d, now)
			return err
		})
		if errors.Is(err, errVoid) {
			return memo.Answer[*verifiable]{For: unknownKeyTTL}, nil
		}
		if err != nil {
			return memo.Answer[*verifiable]{}, err
		}
		return memo.Answer[*verifiable]{Value: v, Group: v.GetTenant(), Weight: 1 + v.size()/keyBytes}, nil
	})
}

// verifiable is errVoid for a key that does not exist, or whose API or tenant is gone.
func (t *tables) verifiable(tx kv.Reader, d auth.Digest, now time.Time) (*verifiable, error) {
	key, err := t.keys.Find(tx, table.Global, byDigest, string(d[:]))
	if err != nil {
		return nil, void(err)
	}
	if _, err := t.alive(tx, key.GetTenant()); err != nil {
		return nil, err
	}
	if _, err := t.apis.Get(tx, scopeOf(key), key.GetApiId()); err != nil {
		return nil, void(err)
	}
	view, err := t.viewOf(tx, key, now)
	if err != nil {
		return nil, err
	}
	roles := view.roleNames()
	view.grants = grants{slugs: view.grants.slugs} // the rest may be large, and is not told
	v := &verifiable{
		keyView: view, roles: roles,
		ofKey: settingsOf(key.GetRatelimits()), ofOwner: settingsOf(view.owner.GetRatelimits()),
		group: "verify/" + key.GetId(),
	}
	if view.owner != nil {
		v.group = "verify/" + view.owner.GetId()
	}
	v.left.Store(view.credits.GetRemaining())
	return v, nil
}

func settingsOf(limits []*storev1.IdentityRatelimit) []ratelimit.Setting {
	all := make([]ratelimit.Setting, len(limits))
	for i, l := range limits {
		all[i] = ratelimit.Setting{
			ID: l.GetId(), Name: l.GetName(), Limit: l.GetLimit(), Duration: window(l.GetDurationMs()), AutoApply: l.GetAutoApply(),
		}
	}
	return all
}

// window is a length in milliseconds; 34 years, which is all that limiters know, stand for
// longer ones.
func window(ms int64) time.Duration {
	return time.Duration(min(ms, ratelimit.MaxDuration.Milliseconds())) * time.Millisecond
}

// size is about how many bytes of memory the key takes. A limit takes far more of them
// than it has in its row, and each text a few.
func (v *verifiable) size() int {
	n := proto.Size(v.Key) + proto.Size(v.owner) + 256*(len(v.ofKey)+len(v.ofOwner))
	for _, texts := range [][]string{v.grants.slugs, v.roles} {
		for _, text := range texts {
			n += len(text) + 16
		}
	}
	return n
}
