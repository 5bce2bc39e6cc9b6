// Package audit records who did what, in the transaction that does it: a change and
// its record are on disk together or not at all.
package audit

import (
	"context"
	"time"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/requestid"
	"github.com/holdplane/holdplane/pkg/table"
)

// Log is a store's audit records.
type Log struct {
	records *table.Table[*storev1.AuditRecord]
}

// NewLog returns the log of the store that blind belongs to.
func NewLog(blind table.Blinder) *Log {
	return &Log{records: table.New(table.Spec[*storev1.AuditRecord]{
		Name: "audit",
		ID:   func(r *storev1.AuditRecord) []any { return []any{r.GetId()} },
	}, blind)}
}

// Table is the log's table, for the store's table.Set.
func (l *Log) Table() *table.Table[*storev1.AuditRecord] { return l.records }

// Entry is a record in the making. It is made before a transaction, because its id and
// time are, and written in it.
type Entry struct{ record *storev1.AuditRecord }

// Event starts a record: ctx's caller did event to object.
func Event(ctx context.Context, event, object string) Entry {
	return Entry{record: &storev1.AuditRecord{
		Id: id.New("aud"), TimeMs: time.Now().UnixMilli(),
		Event: event, Actor: auth.From(ctx).Subject, Object: object, RequestId: requestid.From(ctx),
	}}
}

// With adds a detail. Values of sensitive fields don't belong here.
func (e Entry) With(name, value string) Entry {
	if e.record.Details == nil {
		e.record.Details = map[string]string{}
	}
	e.record.Details[name] = value
	return e
}

// On sets the object, where it is known in the transaction only.
func (e Entry) On(object string) Entry {
	e.record.Object = object
	return e
}

// Write adds the record to a scope's log.
func (l *Log) Write(tx kv.Writer, s table.Scope, e Entry) error {
	return l.records.Insert(tx, s, e.record)
}

// List returns up to size of a scope's records, newest first, and where the rest goes
// on: what after is for the next page, and nil when there is no more.
func (l *Log) List(tx kv.Reader, s table.Scope, after []byte, size int) (rows []*storev1.AuditRecord, next []byte, err error) {
	return l.records.Take(l.records.All(tx, s, table.Page{After: after, Reverse: true, Limit: size + 1}), size)
}
