package useradmin

import (
	"context"
	"strconv"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

// history serves HistoryService.
type history struct {
	useradminv1.UnimplementedHistoryServiceServer
	s *Service
}

func (h history) ListUserAudits(ctx context.Context, r *useradminv1.ListUserAuditsRequest) (*useradminv1.ListUserAuditsResponse, error) {
	p, err := require(ctx, permReadUserAudits)
	if err != nil {
		return nil, err
	}
	rows, page, account, err := h.s.changesOf(ctx, p.Tenant, kindUser, r.GetUserId(), r)
	if err != nil {
		return nil, err
	}
	answer := &useradminv1.ListUserAuditsResponse{Page: page}
	for _, c := range rows {
		answer.Audits = append(answer.Audits, &useradminv1.UserAudit{
			Id: c.GetId(), UserId: c.GetObject(), Action: c.GetAction(), Timestamp: timestamppb.New(time.UnixMilli(c.GetTimeMs())),
			TenantId: account.GetTenantId(), CustomerId: account.GetCustomerId(), ChangedBy: c.GetActor(), Username: c.GetUsername(),
			RequestId: c.GetRequestId(), TraceId: c.GetTraceId(), Changes: changesText(c),
		})
	}
	return answer, nil
}

func (h history) ListRoleAudits(ctx context.Context, r *useradminv1.ListRoleAuditsRequest) (*useradminv1.ListRoleAuditsResponse, error) {
	p, err := require(ctx, permReadRoleAudits)
	if err != nil {
		return nil, err
	}
	var role string
	if r.RoleId != nil {
		role = strconv.FormatInt(r.GetRoleId(), 10)
	}
	rows, page, account, err := h.s.changesOf(ctx, p.Tenant, kindRole, role, r)
	if err != nil {
		return nil, err
	}
	answer := &useradminv1.ListRoleAuditsResponse{Page: page}
	for _, c := range rows {
		answer.Audits = append(answer.Audits, &useradminv1.RoleAudit{
			Id: c.GetId(), RoleId: roleOf(c), Action: c.GetAction(), Timestamp: timestamppb.New(time.UnixMilli(c.GetTimeMs())),
			TenantId: account.GetTenantId(), CustomerId: account.GetCustomerId(), ChangedBy: c.GetActor(), Username: c.GetUsername(),
			RequestId: c.GetRequestId(), TraceId: c.GetTraceId(), Changes: changesText(c),
		})
	}
	return answer, nil
}

// changesText is what differs, as the wire has it.
func changesText(c *storev1.Change) string {
	return `{"prev":` + c.GetBefore() + `,"new":` + c.GetAfter() + `}`
}

// roleOf is the id of the role that was changed.
func roleOf(c *storev1.Change) int64 {
	id, err := strconv.ParseInt(c.GetObject(), 10, 64)
	if err != nil {
		return 0 // of no role
	}
	return id
}
