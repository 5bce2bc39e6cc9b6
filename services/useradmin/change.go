package useradmin

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"google.golang.org/grpc/metadata"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/requestid"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// Kinds of what changes, and what happens to it.
const (
	kindUser = "user"
	kindRole = "role"

	actionCreated = "CREATED"
	actionUpdated = "UPDATED"
	actionDeleted = "DELETED"
)

// traceKey is the metadata key under which clients send a trace id.
const traceKey = "x-trace-id"

// newChange starts an entry of Contabo's audits: ctx's caller did action to an object. It is
// made before the transaction that writes it.
func newChange(ctx context.Context, kind, action string) *storev1.Change {
	p := auth.From(ctx)
	now := time.Now().UnixMilli()
	c := &storev1.Change{
		Id: changeID(now), Kind: kind, Action: action, TimeMs: now,
		Actor: p.Subject, Username: p.Subject, RequestId: requestid.From(ctx),
	}
	if trace := metadata.ValueFromIncomingContext(ctx, traceKey); len(trace) == 1 {
		c.TraceId = trace[0]
	}
	return c
}

// changed makes ids of one millisecond ascend in this process.
var changed = func() *atomic.Uint32 {
	var n atomic.Uint32
	n.Store(rand.Uint32())
	return &n
}()

// changeID is the time and 12 bits more: below 2^53, as clients hold numbers in doubles.
func changeID(ms int64) int64 { return ms<<12 | int64(changed.Add(1)&0xfff) }

// writeChange adds the entry for an object, with the fields that differ. Values are JSON
// objects of what the wire shows, without secrets; nil for an object that is not there.
func (t *tables) writeChange(tx kv.Writer, of tenant.ID, c *storev1.Change, object string, before, after map[string]any) error {
	row := &storev1.Change{
		Id: c.GetId(), Kind: c.GetKind(), Action: c.GetAction(), TimeMs: c.GetTimeMs(), Actor: c.GetActor(),
		Username: c.GetUsername(), RequestId: c.GetRequestId(), TraceId: c.GetTraceId(), Object: object,
	}
	if u, err := t.users.Get(tx, scope(of), c.GetActor()); err == nil {
		row.Username = u.GetEmail()
	}
	var err error
	if row.Before, row.After, err = differing(before, after); err != nil {
		return err
	}
	return t.changes.Insert(tx, scope(of), row)
}

// differing leaves out what is the same before and after.
func differing(before, after map[string]any) (string, string, error) {
	was, is := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	for from, to := range map[*map[string]any]map[string]json.RawMessage{&before: was, &after: is} {
		for name, value := range *from {
			text, err := json.Marshal(value)
			if err != nil {
				return "", "", err
			}
			to[name] = text
		}
	}
	for name, text := range was {
		if same, ok := is[name]; ok && string(same) == string(text) {
			delete(was, name)
			delete(is, name)
		}
	}
	w, err := json.Marshal(was)
	if err != nil {
		return "", "", err
	}
	i, err := json.Marshal(is)
	return string(w), string(i), err
}
