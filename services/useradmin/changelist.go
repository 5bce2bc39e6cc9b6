package useradmin

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// changeFilter is what lists of changes are searched by.
type changeFilter interface {
	paged
	GetRequestId() string
	GetChangedBy() string
	GetStartDate() string
	GetEndDate() string
}

// changesOf returns the page of a tenant's changes that a request asks for, and the account
// to show with them. An object, if one is given, is whose changes they are.
func (s *Service) changesOf(ctx context.Context, of tenant.ID, kind, object string, r changeFilter) (rows []*storev1.Change, page *useradminv1.Page, account *storev1.Account, err error) {
	fits, err := fitsChange(r)
	if err != nil {
		return nil, nil, nil, err
	}
	order, reverse := changeOrder(r.GetOrderBy(), changeFields(kind))
	err = s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		all := s.tables.changes.Each(tx, scope(of), table.Page{Reverse: reverse}, byKind, kind)
		if object != "" {
			all = s.tables.changes.Each(tx, scope(of), table.Page{Reverse: reverse}, byObject, kind, object)
		}
		if rows, page, err = pick(all, fits, order, r); err != nil {
			return err
		}
		account, err = s.tables.accountShown(tx, of)
		return err
	})
	return rows, page, account, err
}

// fitsChange tells whether a change is asked for. Days are those of UTC, the last included.
func fitsChange(r changeFilter) (func(*storev1.Change) bool, error) {
	start, err := dayOf("start_date", r.GetStartDate())
	if err != nil {
		return nil, err
	}
	end, err := dayOf("end_date", r.GetEndDate())
	if err != nil {
		return nil, err
	}
	return func(c *storev1.Change) bool {
		at := time.UnixMilli(c.GetTimeMs())
		return (start.IsZero() || !at.Before(start)) && (end.IsZero() || at.Before(end.AddDate(0, 0, 1))) &&
			asked(r.GetRequestId(), c.GetRequestId()) && asked(r.GetChangedBy(), c.GetActor())
	}, nil
}

// dayOf is when a day begins; zero for none.
func dayOf(field, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}, fault.Invalid(fault.Violation{Field: field, Rule: "string.date", Message: "must be a date, YYYY-MM-DD"})
	}
	return day, nil
}

// changeFields are what changes of a kind can be ordered by.
func changeFields(kind string) fields[*storev1.Change] {
	by := fields[*storev1.Change]{
		"id":        func(a, b *storev1.Change) int { return cmp.Compare(a.GetId(), b.GetId()) },
		"timestamp": func(a, b *storev1.Change) int { return cmp.Compare(a.GetTimeMs(), b.GetTimeMs()) },
		"action":    byText((*storev1.Change).GetAction),
		"changedBy": byText((*storev1.Change).GetActor),
		"username":  byText((*storev1.Change).GetUsername),
		"requestId": byText((*storev1.Change).GetRequestId),
		"traceId":   byText((*storev1.Change).GetTraceId),
	}
	switch kind {
	case kindUser:
		by["userId"] = byText((*storev1.Change).GetObject)
	case kindRole:
		by["roleId"] = func(a, b *storev1.Change) int { return cmp.Compare(roleOf(a), roleOf(b)) }
	}
	return by
}

// changeOrder is the order that is asked for, and whether to read the newest first. Nearly
// everybody asks for an order of time: changes are kept in it, so that takes no sorting.
func changeOrder(names []string, by fields[*storev1.Change]) (order func(a, b *storev1.Change) int, reverse bool) {
	for _, text := range names {
		name, direction, _ := strings.Cut(text, ":")
		if by[name] == nil {
			continue
		}
		if name == "id" || name == "timestamp" {
			return nil, strings.EqualFold(direction, "desc")
		}
		break
	}
	return orderOf(names, by), true
}

// pick returns the page of the rows that fit. Where the rows come in the order asked for it
// keeps no others in memory; all are read, because the page tells how many there are.
func pick[M any](rows iter.Seq2[M, error], fits func(M) bool, order func(a, b M) int, r paged) ([]M, *useradminv1.Page, error) {
	page := pageOf(r)
	from := int64(page.GetPage()-1) * int64(page.GetSize())
	var kept []M
	var total int64
	for m, err := range rows {
		if err != nil {
			return nil, nil, err
		}
		if !fits(m) {
			continue
		}
		if order != nil || from <= total && total < from+int64(page.GetSize()) {
			kept = append(kept, m)
		}
		total++
	}
	if order != nil {
		slices.SortStableFunc(kept, order)
		kept = kept[min(from, total):min(from+int64(page.GetSize()), total)]
	}
	return kept, counted(page, total), nil
}
