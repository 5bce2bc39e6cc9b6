package connectionvault

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/table"
)

// logs serves LogService.
type logs struct {
	connectionvaultv1.UnimplementedLogServiceServer
	s *Service
}

// ListLogs shows sessions that may see logs those of their own consumer.
func (h logs) ListLogs(ctx context.Context, r *connectionvaultv1.ListLogsRequest) (*connectionvaultv1.ListLogsResponse, error) {
	filter, err := newLogFilter(r)
	if err != nil {
		return nil, err
	}
	answer := &connectionvaultv1.ListLogsResponse{}
	err = h.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		c, err := h.s.caller(ctx, tx, r)
		if err != nil {
			return err
		}
		if !c.limits.showLogs {
			if err := c.requireApplication(); err != nil {
				return err
			}
		}
		filter.consumer, filter.sees = c.consumer, c.sees
		list := page.Scope{
			Method: connectionvaultv1.LogService_ListLogs_FullMethodName, Tenant: string(c.tenant), Filter: []string{c.application.GetId(), c.consumer},
		}
		position, way, err := h.s.cursor(list, r)
		if err != nil {
			return err
		}
		rows, of := h.s.tables.logs, scope(c.tenant)
		l, err := readPage(rows, r, position, way, true, func(p table.Page) iter.Seq2[*storev1.VaultLog, error] {
			return rows.Below(tx, of, p, c.application.GetId())
		}, filter.wants)
		if err != nil {
			return err
		}
		answer.Logs = nil
		for _, m := range l.rows {
			answer.Logs = append(answer.Logs, h.s.logView(m))
		}
		cs, err := h.s.cursors(list, r, l.previous, l.next)
		answer.PreviousCursor, answer.CurrentCursor, answer.NextCursor = cs.previous, cs.current, cs.next
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// logFilter says which calls are asked for.
type logFilter struct {
	r        *connectionvaultv1.ListLogsRequest
	consumer string
	sees     func(api string) bool // whether a unified API is the caller's
	from, to int64                 // Unix milliseconds; 0 for no bound
	without  []string
}

func newLogFilter(r *connectionvaultv1.ListLogsRequest) (*logFilter, error) {
	f := &logFilter{r: r}
	for _, bound := range []struct {
		field, text string
		to          *int64
	}{{"start_date", r.GetStartDate(), &f.from}, {"end_date", r.GetEndDate(), &f.to}} {
		if bound.text == "" {
			continue
		}
		at, err := moment(bound.field, bound.text)
		if err != nil {
			return nil, err
		}
		*bound.to = at.UnixMilli()
		if len(bound.text) == len(time.DateOnly) && bound.to == &f.to {
			f.to += (24 * time.Hour).Milliseconds() - 1 // a day is meant with all of it
		}
	}
	if r.GetExcludeUnifiedApis() != "" {
		f.without = strings.Split(r.GetExcludeUnifiedApis(), ",")
	}
	return f, nil
}

func (f *logFilter) wants(m *storev1.VaultLog) bool {
	r := f.r
	return matches(m.GetPath(), r.GetPath(), r.GetPathMatchMode()) && (f.consumer == "" || f.consumer == m.GetConsumer()) &&
		(m.GetApi() == "" || f.sees(m.GetApi())) &&
		(r.GetConnectorId() == "" || r.GetConnectorId() == m.GetService()) &&
		(len(r.GetHttpMethods()) == 0 || slices.Contains(r.GetHttpMethods(), m.GetMethod())) &&
		(len(r.GetStatusCodes()) == 0 || slices.Contains(r.GetStatusCodes(), m.GetStatus())) &&
		(f.from == 0 || m.GetTimeMs() >= f.from) && (f.to == 0 || m.GetTimeMs() <= f.to) &&
		!slices.Contains(f.without, unifiedAPI(m))
}

// unifiedAPI is what a call was about, as logs have it.
func unifiedAPI(m *storev1.VaultLog) string {
	if m.GetApi() == "" {
		return anyAPI
	}
	return m.GetApi()
}

func (s *Service) logView(m *storev1.VaultLog) *connectionvaultv1.Log {
	took := float64(m.GetDurationUs()) / 1000
	view := &connectionvaultv1.Log{
		Id: m.GetId(), ApiStyle: "REST", BaseUrl: s.deps.PublicURL, ConsumerId: m.GetConsumer(), Duration: took, Latency: took,
		Execution: int32(m.GetDurationUs() / 1000), HttpMethod: m.GetMethod(), Path: m.GetPath(), StatusCode: m.GetStatus(), Success: m.GetStatus() < 400,
		Operation: &connectionvaultv1.LoggedOperation{Id: m.GetOperation(), Name: m.GetOperation()},
		Timestamp: iso(m.GetTimeMs()), UnifiedApi: unifiedAPI(m), SourceIp: orNil(m.GetSource()),
	}
	if f := s.faces[m.GetService()]; f != nil {
		view.Service = &connectionvaultv1.LoggedService{Id: f.ServiceID, Name: f.Name}
	}
	return view
}

// matches compares a path with what is asked for, as a mode says.
func matches(path, asked, mode string) bool {
	switch {
	case asked == "":
		return true
	case mode == "EXACT":
		return path == asked
	case mode == "STARTS_WITH":
		return strings.HasPrefix(path, asked)
	case mode == "ENDS_WITH":
		return strings.HasSuffix(path, asked)
	}
	return strings.Contains(path, asked)
}
