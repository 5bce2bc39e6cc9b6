package operations

import (
	"cmp"
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
	after, err := store.Cursors.Decode(list, r.GetPageToken())
	if err != nil {
		return nil, err
	}
	var records []*storev1.AuditRecord
	var next []byte
	err = store.KV.View(ctx, func(tx kv.Reader) (err error) {
		records, next, err = store.Audit.List(tx, table.Of(tenant.ID(r.GetTenant())), after, cmp.Or(int(r.GetPageSize()), page.DefaultSize))
		return err
	})
	if err != nil {
		return nil, err
	}
	answer := &operationsv1.ListAuditRecordsResponse{}
	for _, m := range records {
		answer.Records = append(answer.Records, shown(m))
	}
	answer.NextPageToken, err = store.Cursors.Encode(list, next)
	return answer, err
}

func shown(m *storev1.AuditRecord) *operationsv1.AuditRecord {
	return &operationsv1.AuditRecord{
		Id: m.GetId(), Time: timestamppb.New(time.UnixMilli(m.GetTimeMs())), Event: m.GetEvent(), Actor: m.GetActor(),
		Object: m.GetObject(), RequestId: m.GetRequestId(), Details: m.GetDetails(),
	}
}
