package secretcontainer

import (
	"context"
	"errors"
	"iter"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// deepest is an offset that no list reaches.
const deepest = 1 << 40

// ListSecrets lists the private secrets of others, too, as the peer does: what is in them
// their lists tell.
func (s secrets) ListSecrets(ctx context.Context, r *secretcontainerv1.ListSecretsRequest) (*secretcontainerv1.ListSecretsResponse, error) {
	p, err := require(ctx, mayList)
	if err != nil {
		return nil, err
	}
	t, most := &s.s.tables, 0
	if r.GetWithConsumers() {
		most = consumersListed
	}
	answer := &secretcontainerv1.ListSecretsResponse{}
	err = s.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		rows, total, err := t.secretPage(tx, p, r)
		if err != nil {
			return err
		}
		answer.Total = total
		room := newPageRoom()
		for _, m := range rows {
			v, err := t.secretView(tx, m, most)
			if err == nil {
				err = room.take(v)
			}
			if err != nil {
				return err
			}
			answer.Secrets = append(answer.Secrets, v)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// secretPage returns a page of what is asked for, and how much there is.
func (t *tables) secretPage(tx kv.Reader, p *auth.Principal, r *secretcontainerv1.ListSecretsRequest) ([]*storev1.Secret, int64, error) {
	offset, limit := int(min(r.GetOffset(), deepest)), sizeOf(r.GetLimit())
	filter, of := newSecretFilter(r), scope(p.Tenant)
	if !filter.all() || len(r.GetSort()) > 0 || r.GetAclOnly() {
		from := t.secrets.All(tx, of, table.Page{})
		if r.GetAclOnly() {
			from = t.lent(tx, p.Subject)
		}
		best := &first{sort: r.GetSort(), most: offset + limit}
		return t.selectSecrets(tx, from, filter, best, offset)
	}
	total, err := t.secrets.Count(tx, of)
	if err != nil || int64(offset) >= total {
		return nil, total, err
	}
	rows, err := collect(t.secrets.All(tx, of, table.Page{Skip: offset, Limit: limit}))
	return rows, total, err
}

// selectSecrets reads all secrets there are one by one, holding places only, and those of the
// page once more.
func (t *tables) selectSecrets(tx kv.Reader, from iter.Seq2[*storev1.Secret, error], filter secretFilter, best *first, offset int) ([]*storev1.Secret, int64, error) {
	total := int64(0)
	for m, err := range from {
		if err != nil {
			return nil, 0, err
		}
		if filter.matches(m) {
			total++
			best.add(m)
		}
	}
	var rows []*storev1.Secret
	for _, at := range best.page(offset) {
		m, err := t.secrets.Get(tx, scope(tenant.ID(at.tenant)), at.id)
		if errors.Is(err, kv.ErrNotFound) { // it has ended since
			total--
			continue
		}
		if err != nil {
			return nil, 0, err
		}
		rows = append(rows, m)
	}
	return rows, total, nil
}

// lent are the secrets of all projects whose access control lists name a user.
func (t *tables) lent(tx kv.Reader, user string) iter.Seq2[*storev1.Secret, error] {
	return func(yield func(*storev1.Secret, error) bool) {
		for reader, err := range t.readers.Each(tx, table.Global, table.Page{}, byUser, user) {
			var m *storev1.Secret
			if err == nil {
				m, err = t.secrets.Get(tx, scope(tenant.ID(reader.GetTenant())), reader.GetSecret())
			}
			if errors.Is(err, kv.ErrNotFound) {
				continue // it has ended since
			}
			if !yield(m, err) || err != nil {
				return
			}
		}
	}
}
