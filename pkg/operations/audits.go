package operations

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	operationsv1 "github.com/holdplane/holdplane/gen/holdplane/operations/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// defaultPageSize is the rows a page has when nobody asks.
const defaultPageSize = 100

// audits serves AuditService.
type audits struct {
	operationsv1.UnimplementedAuditServiceServer
	s *Server
}

func (a audits) ListAuditRecords(ctx context.Context, r *operationsv1.ListAuditRecordsRequest) (*operationsv1.ListAuditRecordsResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	store, err := a.s.store(r.GetService())
	if err != nil {
		return nil, err
	}
	list := page.Scope{
		Method: operationsv1.AuditService_ListAuditRecords_FullMethodName,
		Tenant: r.GetTenant(), Filter: []string{store.Name},
	}
	var after []byte
	if r.GetPageToken() != "" {
		if after, err = store.Cursors.Decode(list, r.GetPageToken()); err != nil {
			return nil, err
		}
	}
	records, next, err := store.records(ctx, tenant.ID(r.GetTenant()), after, int(r.GetPageSize()))
	answer := &operationsv1.ListAuditRecordsResponse{}
	for _, m := range records {
		answer.Records = append(answer.Records, shown(m))
	}
	if err == nil && next != nil {
		answer.NextPageToken, err = store.Cursors.Encode(list, next)
	}
	return answer, err
}

// records returns a page, and where the next one starts; nil on the last page.
func (s Store) records(ctx context.Context, t tenant.ID, after []byte, size int) (rows []*storev1.AuditRecord, next []byte, err error) {
	if size == 0 {
		size = defaultPageSize
	}
	err = s.KV.View(ctx, func(tx kv.Reader) error {
		rows, next = nil, nil
		for m, err := range s.Audit.List(tx, table.Of(t), after, size+1) {
			if err != nil {
				return err
			}
			if len(rows) == size {
				next = s.Audit.Position(rows[size-1])
				return nil
			}
			rows = append(rows, m)
		}
		return nil
	})
	return rows, next, err
}

func shown(m *storev1.AuditRecord) *operationsv1.AuditRecord {
	return &operationsv1.AuditRecord{
		Id: m.GetId(), Time: timestamppb.New(time.UnixMilli(m.GetTimeMs())), Event: m.GetEvent(), Actor: m.GetActor(),
		Object: m.GetObject(), RequestId: m.GetRequestId(), Details: m.GetDetails(),
	}
}
