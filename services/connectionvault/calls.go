package connectionvault

import (
	"context"
	"time"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
	"github.com/holdplane/holdplane/pkg/table"
)

// callsKept is how long days are remembered.
const callsKept = 400 * 24 * time.Hour

// dayOf is a time's day, days since 1970.
func dayOf(t time.Time) int64 { return t.Unix() / (24 * 3600) }

// callsBetween counts a consumer's calls on the days from one time to another, both included,
// and tells when the last one was, Unix milliseconds.
func (t *tables) callsBetween(tx kv.Reader, c *caller, consumer string, from, to time.Time) (calls, last int64, err error) {
	app := c.application.GetId()
	page := table.Page{}
	if day := dayOf(from); day > 0 {
		page.After = key.New(app, consumer, uint64(day-1))
	}
	for m, err := range t.calls.Below(tx, scope(c.tenant), page, app, consumer) {
		if err != nil {
			return 0, 0, err
		}
		if m.GetDay() > dayOf(to) {
			break
		}
		calls, last = calls+m.GetCalls(), max(last, m.GetLastMs())
	}
	return calls, last, nil
}

// addCalls adds this month's calls to a view.
func (t *tables) addCalls(tx kv.Reader, c *caller, view *connectionvaultv1.Consumer, now time.Time) error {
	now = now.UTC()
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	calls, last, err := t.callsBetween(tx, c, view.GetConsumerId(), month, now)
	if err != nil {
		return err
	}
	view.AggregatedRequestCount, view.RequestCounts.Vault = calls, calls
	if last > 0 {
		view.RequestCountUpdated = new(iso(last))
	}
	return nil
}

// GetConsumerStats counts whole days.
func (h customers) GetConsumerStats(ctx context.Context, r *connectionvaultv1.GetConsumerStatsRequest) (*connectionvaultv1.GetConsumerStatsResponse, error) {
	from, err := moment("start_datetime", r.GetStartDatetime())
	if err != nil {
		return nil, err
	}
	to, err := moment("end_datetime", r.GetEndDatetime())
	if err != nil {
		return nil, err
	}
	if to.Before(from) {
		return nil, invalid("end_datetime", "timestamp.gte", "must not be before start_datetime")
	}
	answer := &connectionvaultv1.GetConsumerStatsResponse{
		ConsumerId: r.GetConsumerId(), StartDatetime: r.GetStartDatetime(), EndDatetime: r.GetEndDatetime(),
	}
	err = h.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		c, m, err := h.s.consumer(ctx, tx, r)
		if err != nil {
			return err
		}
		answer.ApplicationId = m.GetApplication()
		calls, _, err := h.s.tables.callsBetween(tx, c, m.GetId(), from, to)
		answer.AggregatedRequestCount, answer.RequestCounts = calls, &connectionvaultv1.RequestCounts{Vault: calls}
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// moment reads a time that must be given, as RFC 3339 has it, or a date.
func moment(field, text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, invalid(field, "timestamp", "must be a time such as 2026-01-31T13:30:00Z")
}
