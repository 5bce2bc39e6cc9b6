package secretcontainer

import (
	"context"
	"errors"
	"strings"
	"unicode"

	"google.golang.org/protobuf/proto"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
)

// maxProjectBytes bounds the ids of projects: they stand in keys.
const maxProjectBytes = 255

// defaultQuotaPage is how many rows a page has when a caller doesn't say.
const defaultQuotaPage = 10

// quotas serves QuotaService. What projects may have is the installation's, and so is the
// audit log of its changes.
type quotas struct {
	secretcontainerv1.UnimplementedQuotaServiceServer
	s *Service
}

func (q quotas) GetQuotas(ctx context.Context, _ *secretcontainerv1.GetQuotasRequest) (*secretcontainerv1.GetQuotasResponse, error) {
	p, err := require(ctx, mayReadQuotas)
	if err != nil {
		return nil, err
	}
	m, err := q.read(ctx, string(p.Tenant))
	if errors.Is(err, kv.ErrNotFound) {
		m, err = &storev1.ProjectQuota{}, nil
	}
	if err != nil {
		return nil, err
	}
	return &secretcontainerv1.GetQuotasResponse{Quotas: &secretcontainerv1.Quotas{
		Secrets: proto.Int32(bound(m.Secrets)), Orders: proto.Int32(bound(m.Orders)), Containers: proto.Int32(bound(m.Containers)),
		Consumers: proto.Int32(bound(m.Consumers)), Cas: proto.Int32(bound(m.Cas)),
	}}, nil
}

// ListProjectQuotas reads them all for their number: the same project's may come and go and
// come again, which counted tables don't take.
func (q quotas) ListProjectQuotas(ctx context.Context, r *secretcontainerv1.ListProjectQuotasRequest) (*secretcontainerv1.ListProjectQuotasResponse, error) {
	if _, err := require(ctx, mayManageQuotas); err != nil {
		return nil, err
	}
	limit := int64(r.GetLimit())
	if limit == 0 {
		limit = defaultQuotaPage
	}
	var answer *secretcontainerv1.ListProjectQuotasResponse
	err := q.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		answer = &secretcontainerv1.ListProjectQuotasResponse{}
		for m, err := range q.s.tables.quotas.All(tx, table.Global, table.Page{}) {
			if err != nil {
				return err
			}
			if at := answer.Total - r.GetOffset(); at >= 0 && at < limit {
				answer.ProjectQuotas = append(answer.ProjectQuotas, &secretcontainerv1.ProjectQuotas{
					ProjectId: m.GetProject(), ProjectQuotas: quotasView(m),
				})
			}
			answer.Total++
		}
		return nil
	})
	return answer, err
}

func (q quotas) GetProjectQuotas(ctx context.Context, r *secretcontainerv1.GetProjectQuotasRequest) (*secretcontainerv1.GetProjectQuotasResponse, error) {
	if _, err := require(ctx, mayManageQuotas); err != nil {
		return nil, err
	}
	m, err := q.read(ctx, r.GetProjectId())
	if err != nil {
		return nil, quotasGone(err)
	}
	return &secretcontainerv1.GetProjectQuotasResponse{ProjectQuotas: quotasView(m)}, nil
}

func (q quotas) SetProjectQuotas(ctx context.Context, r *secretcontainerv1.SetProjectQuotasRequest) (*secretcontainerv1.SetProjectQuotasResponse, error) {
	if _, err := require(ctx, mayManageQuotas); err != nil {
		return nil, err
	}
	project, in := r.GetProjectId(), r.GetProjectQuotas()
	if project == "" || len(project) > maxProjectBytes || strings.ContainsFunc(project, unicode.IsControl) {
		return nil, fault.Invalid(fault.Violation{
			Field: "project_id", Rule: "string.project", Message: "ids of projects have 1 to 255 bytes and no control characters",
		})
	}
	m := &storev1.ProjectQuota{
		Project: project, Secrets: in.Secrets, Orders: in.Orders, Containers: in.Containers, Consumers: in.Consumers, Cas: in.Cas,
	}
	done := audit.Event(ctx, "project_quotas.set", project)
	err := q.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		if err := q.s.tables.putQuota(tx, m); err != nil {
			return err
		}
		return q.s.tables.audit.Write(tx, table.Global, done)
	})
	if err != nil {
		return nil, err
	}
	return &secretcontainerv1.SetProjectQuotasResponse{}, nil
}

func (q quotas) DeleteProjectQuotas(ctx context.Context, r *secretcontainerv1.DeleteProjectQuotasRequest) (*secretcontainerv1.DeleteProjectQuotasResponse, error) {
	if _, err := require(ctx, mayManageQuotas); err != nil {
		return nil, err
	}
	done := audit.Event(ctx, "project_quotas.delete", r.GetProjectId())
	err := q.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		m, err := q.s.tables.quotas.Get(tx, table.Global, r.GetProjectId())
		if err != nil {
			return err
		}
		if err := q.s.tables.quotas.Delete(tx, table.Global, m); err != nil {
			return err
		}
		return q.s.tables.audit.Write(tx, table.Global, done)
	})
	if err != nil {
		return nil, quotasGone(err)
	}
	return &secretcontainerv1.DeleteProjectQuotasResponse{}, nil
}

// read returns a project's own quotas, or kv.ErrNotFound.
func (q quotas) read(ctx context.Context, project string) (m *storev1.ProjectQuota, err error) {
	err = q.s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		m, err = q.s.tables.quotas.Get(tx, table.Global, project)
		return err
	})
	return m, err
}

func quotasView(m *storev1.ProjectQuota) *secretcontainerv1.Quotas {
	return &secretcontainerv1.Quotas{
		Secrets: m.Secrets, Orders: m.Orders, Containers: m.Containers, Consumers: m.Consumers, Cas: m.Cas,
	}
}

// quotasGone words that a project has no quotas of its own.
func quotasGone(err error) error {
	if errors.Is(err, kv.ErrNotFound) {
		return fault.NotFound(reasonQuotasUnknown, "the project has no quotas of its own")
	}
	return err
}
