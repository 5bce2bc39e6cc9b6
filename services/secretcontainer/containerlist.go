package secretcontainer

import (
	"context"
	"iter"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
)

// fewConsumers is how many consumers a list of containers tells of one that has many.
const fewConsumers = 100

func (c containers) ListContainers(ctx context.Context, r *secretcontainerv1.ListContainersRequest) (*secretcontainerv1.ListContainersResponse, error) {
	p, err := require(ctx, mayList)
	if err != nil {
		return nil, err
	}
	t := &c.s.tables
	var answer *secretcontainerv1.ListContainersResponse
	err = c.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		answer = &secretcontainerv1.ListContainersResponse{}
		var page []*storev1.SecretContainer
		var err error
		if r.GetName() == "" && r.GetType() == "" {
			page, answer.Total, err = t.containerPage(tx, p, r)
		} else {
			page, answer.Total, err = t.containerMatches(tx, p, r)
		}
		if err != nil {
			return err
		}
		room := newPageRoom()
		for _, m := range page {
			shown, err := t.containerView(tx, m, fewConsumers)
			if err == nil {
				err = room.take(shown)
			}
			if err != nil {
				return err
			}
			answer.Containers = append(answer.Containers, shown)
		}
		return nil
	})
	return answer, err
}

// containerPage is a page of all containers of a project, and how many those are.
func (t *tables) containerPage(tx kv.Reader, p *auth.Principal, r *secretcontainerv1.ListContainersRequest) (page []*storev1.SecretContainer, total int64, err error) {
	total, err = t.containers.Count(tx, scope(p.Tenant))
	if err != nil || r.GetOffset() >= total {
		return nil, total, err
	}
	page, err = collect(t.containers.All(tx, scope(p.Tenant), table.Page{Skip: int(r.GetOffset()), Limit: sizeOf(r.GetLimit())}))
	return page, total, err
}

// containerMatches is a page of the containers that a filter lets through, and how many those
// are.
func (t *tables) containerMatches(tx kv.Reader, p *auth.Principal, r *secretcontainerv1.ListContainersRequest) (page []*storev1.SecretContainer, total int64, err error) {
	for m, err := range matching(t.containers.All(tx, scope(p.Tenant), every), r) {
		if err != nil {
			return nil, 0, err
		}
		if total >= r.GetOffset() && len(page) < sizeOf(r.GetLimit()) {
			page = append(page, m)
		}
		total++
	}
	return page, total, nil
}

func matching(rows iter.Seq2[*storev1.SecretContainer, error], r *secretcontainerv1.ListContainersRequest) iter.Seq2[*storev1.SecretContainer, error] {
	name := newPattern(r.GetName())
	return func(yield func(*storev1.SecretContainer, error) bool) {
		for m, err := range rows {
			switch {
			case err != nil:
			case r.GetType() != "" && m.GetType() != r.GetType():
				continue
			case !name.matches(m.Name):
				continue
			}
			if !yield(m, err) {
				return
			}
		}
	}
}
