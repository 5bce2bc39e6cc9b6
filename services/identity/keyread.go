package identity

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/table"
)

// eventDecrypt is audited before keys themselves leave in an answer.
const eventDecrypt = "key.decrypt"

// getKey returns one of the caller's keys, by its id, with the key itself where that is
// asked for and was kept.
func (s *Service) getKey(ctx context.Context, id string, decrypt bool) (v keyView, err error) {
	p, err := requireTenant(ctx)
	if err != nil {
		return v, err
	}
	actions := []string{actionReadKey}
	if decrypt {
		actions = append(actions, actionDecryptKey)
	}
	now := time.Now()
	read := func(tx kv.Reader) error {
		key, err := s.tables.keyFor(tx, p, id, actions...)
		if err != nil {
			return err
		}
		v, err = s.tables.viewOf(tx, key, now)
		return err
	}
	if !decrypt {
		return v, s.deps.Store.View(ctx, read)
	}
	shown := audit.Event(ctx, eventDecrypt, id)
	err = s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		if err := read(tx); err != nil || v.GetPlaintext() == "" {
			return err
		}
		v.plain = true
		return s.tables.audit.Write(tx, table.Of(p.Tenant), shown)
	})
	return v, err
}

// whoami returns one of the caller's keys, by the key itself.
func (s *Service) whoami(ctx context.Context, secret string) (v keyView, err error) {
	p, err := requireTenant(ctx)
	if err != nil {
		return v, err
	}
	now := time.Now()
	err = s.deps.Store.View(ctx, func(tx kv.Reader) error {
		key, err := s.tables.keyBySecret(tx, p, secret, actionReadKey)
		if err != nil {
			return err
		}
		v, err = s.tables.viewOf(tx, key, now)
		return err
	})
	return v, err
}

// keyList is which of an API's keys are asked for.
type keyList struct {
	method     string // full name of the RPC
	api        string
	externalID string // of all identities when empty
	limit      int    // rows a page; 0 for the usual number
	cursor     string
	decrypt    bool
	counted    bool // whether the total is asked for
}

// keyPage is a page of keys, oldest first.
type keyPage struct {
	keys   []keyView
	cursor string // of the next page; empty on the last one
	total  int64  // how many keys the API has
}

// listKeys audits, before the answer leaves, which keys themselves are in it.
func (s *Service) listKeys(ctx context.Context, l keyList) (*keyPage, error) {
	actions := []string{actionReadKey, actionReadAPI}
	if l.decrypt {
		actions = append(actions, actionDecryptKey)
	}
	p, err := requireAPI(ctx, l.api, actions...)
	if err != nil {
		return nil, err
	}
	list := page.Scope{Method: l.method, Tenant: string(p.Tenant), Filter: []string{l.api, l.externalID}}
	after, err := s.deps.Cursors.Decode(list, l.cursor)
	if err != nil {
		return nil, err
	}
	var found *keyPage
	var next []byte
	now := time.Now()
	read := func(tx kv.Reader) (err error) {
		found, next, err = s.tables.keyPage(tx, p, l, after, now)
		return err
	}
	if l.decrypt {
		shown := audit.Event(ctx, eventDecrypt, l.api)
		err = s.deps.Store.Update(ctx, func(tx kv.Writer) error {
			if err := read(tx); err != nil {
				return err
			}
			return s.tables.recordDecryption(tx, p, found, shown)
		})
	} else {
		err = s.deps.Store.View(ctx, read)
	}
	if err != nil {
		return nil, err
	}
	found.cursor, err = s.deps.Cursors.Encode(list, next)
	return found, err
}

// recordDecryption has the keys of a page shown themselves, and audits which.
func (t *tables) recordDecryption(tx kv.Writer, p *auth.Principal, found *keyPage, shown audit.Entry) error {
	var ids []string
	for i, v := range found.keys {
		if v.GetPlaintext() != "" {
			found.keys[i].plain = true
			ids = append(ids, v.GetId())
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return t.audit.Write(tx, table.Of(p.Tenant), shown.With("keys", strings.Join(ids, " ")))
}

func (t *tables) keyPage(tx kv.Reader, p *auth.Principal, l keyList, after []byte, now time.Time) (*keyPage, []byte, error) {
	if _, err := t.api(tx, p.Tenant, l.api); err != nil {
		return nil, nil, err
	}
	index, values := byAPI, []string{l.api}
	if l.externalID != "" {
		who, err := t.identities.Find(tx, table.Of(p.Tenant), byExternalID, l.externalID)
		if errors.Is(err, kv.ErrNotFound) {
			return &keyPage{}, nil, nil
		}
		if err != nil {
			return nil, nil, err
		}
		index, values = byOwner, []string{l.api, who.GetId()}
	}
	limit := cmp.Or(l.limit, page.DefaultSize)
	rows := t.keys.Each(tx, table.Of(p.Tenant), table.Page{After: after, Limit: limit + 1}, index, values...)
	keys, next, err := t.keys.Take(rows, limit)
	if err != nil {
		return nil, nil, err
	}
	found := &keyPage{}
	if l.counted {
		if found.total, err = t.keys.Under(tx, table.Of(p.Tenant), byAPI, l.api); err != nil {
			return nil, nil, err
		}
	}
	more, err := t.viewsOf(tx, found, keys, now)
	if more != nil {
		next = more
	}
	return found, next, err
}

// answerBytes ends a page early, so that it does not outgrow a message: what keys may do
// and whose they are is not in their own rows.
const answerBytes = 2 << 20

// viewsOf adds keys to a page. It returns where the next page starts when not all fit.
func (t *tables) viewsOf(tx kv.Reader, found *keyPage, keys []*storev1.Key, now time.Time) (next []byte, err error) {
	bytes := 0
	for _, key := range keys {
		v, err := t.viewOf(tx, key, now)
		if err != nil {
			return nil, err
		}
		if bytes += v.size(); bytes > answerBytes && len(found.keys) > 0 {
			return t.keys.Position(found.keys[len(found.keys)-1].Key), nil
		}
		found.keys = append(found.keys, v)
	}
	return nil, nil
}

// size is about how many bytes the key takes in an answer.
func (v keyView) size() int {
	n := proto.Size(v.Key) + proto.Size(v.owner)
	for _, slug := range v.grants.slugs {
		n += len(slug) + 3
	}
	for _, r := range v.grants.roles {
		n += len(r.GetName()) + 3
	}
	return n
}
