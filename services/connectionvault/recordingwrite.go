package connectionvault

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// write puts a batch into the log, the calls of each tenant in a transaction of their own. It
// returns the end of the store, and no other trouble with it.
func (s *Service) write(ctx context.Context, batch []call) error {
	byTenant := map[tenant.ID][]call{}
	for _, c := range batch {
		byTenant[c.tenant] = append(byTenant[c.tenant], c)
	}
	for of, calls := range byTenant {
		err := s.deps.Store.Update(ctx, func(tx kv.Writer) error { return s.tables.writeCalls(tx, scope(of), calls) })
		switch {
		case ctx.Err() != nil:
			return nil
		case kv.Over(err):
			return err
		case err != nil && !errors.Is(err, kv.ErrDestroyed):
			s.deps.Log.WarnContext(ctx, "calls were not logged", "calls", len(calls), "error", err)
		}
	}
	return nil
}

// writeCalls leaves out those of applications that are not there. Calls of consumers that
// are not there are not counted: anybody could make up as many as they like.
func (t *tables) writeCalls(tx kv.Writer, of table.Scope, calls []call) error {
	there := map[string]bool{}
	counts := map[daily]*storev1.VaultCalls{}
	for _, c := range calls {
		row, err := t.attributed(tx, of, c)
		if err != nil || row == nil {
			if err != nil {
				return err
			}
			continue
		}
		known, seen := there[row.GetApplication()]
		if !seen {
			m, err := orNone(t.applications.Get(tx, of, row.GetApplication()))
			if err != nil {
				return err
			}
			known = m != nil
			there[row.GetApplication()] = known
		}
		if !known {
			continue
		}
		if err := t.logs.Insert(tx, of, row); err != nil {
			return err
		}
		countCall(counts, row)
	}
	return t.addCounts(tx, of, counts)
}

// attributed is a call's row; of a session, that of its application and consumer. Nil for
// a session that has ended.
func (t *tables) attributed(tx kv.Reader, of table.Scope, c call) (*storev1.VaultLog, error) {
	if c.session == "" {
		return c.row, nil
	}
	m, err := orNone(t.sessions.Get(tx, of, c.session))
	if err != nil || m == nil {
		return nil, err
	}
	row := proto.CloneOf(c.row)
	row.Application, row.Consumer = m.GetApplication(), m.GetConsumer()
	return row, nil
}

// daily is a consumer's day.
type daily struct {
	application, consumer string
	day                   int64
}

func countCall(counts map[daily]*storev1.VaultCalls, row *storev1.VaultLog) {
	if row.GetConsumer() == "" {
		return
	}
	at := time.UnixMilli(row.GetTimeMs())
	d := daily{row.GetApplication(), row.GetConsumer(), dayOf(at)}
	m := counts[d]
	if m == nil {
		m = &storev1.VaultCalls{Application: d.application, Consumer: d.consumer, Day: d.day, ExpiresAtMs: at.Truncate(24 * time.Hour).Add(callsKept).UnixMilli()}
		counts[d] = m
	}
	m.Calls++
	m.LastMs = max(m.GetLastMs(), row.GetTimeMs())
}

func (t *tables) addCounts(tx kv.Writer, of table.Scope, counts map[daily]*storev1.VaultCalls) error {
	for d, m := range counts {
		who, err := orNone(t.customers.Get(tx, of, d.application, d.consumer))
		if err != nil {
			return err
		}
		if who == nil {
			continue
		}
		old, err := orNone(t.calls.Get(tx, of, d.application, d.consumer, uint64(d.day)))
		if err != nil {
			return err
		}
		if old == nil {
			if err := t.calls.Insert(tx, of, m); err != nil {
				return err
			}
			continue
		}
		m.Calls += old.GetCalls()
		m.LastMs = max(m.GetLastMs(), old.GetLastMs())
		if err := t.calls.Replace(tx, of, old, m); err != nil {
			return err
		}
	}
	return nil
}
