package operations

import (
	"cmp"
	"context"
	"time"

	operationsv1 "github.com/holdplane/holdplane/gen/holdplane/operations/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/table"
)

const (
	// verifiedAtOnce is how many keys are checked in a transaction: writers of some stores
	// wait for its end.
	verifiedAtOnce = 500
	// verifiedDefault is how many are checked in a call when nobody says.
	verifiedDefault = 10_000
	// foundAtOnce ends a call early, so that what it has found fits into a message.
	foundAtOnce = 1000
	// verifyTime ends it early, too.
	verifyTime = 2 * time.Second
)

// verifying serves VerifyService.
type verifying struct {
	operationsv1.UnimplementedVerifyServiceServer
	s *Server
}

func (v verifying) VerifyStore(ctx context.Context, r *operationsv1.VerifyStoreRequest) (*operationsv1.VerifyStoreResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	store, err := v.s.store(r.GetService())
	if err != nil {
		return nil, err
	}
	walk := page.Scope{Method: operationsv1.VerifyService_VerifyStore_FullMethodName, Filter: []string{store.Name}}
	from, err := store.Cursors.Decode(walk, r.GetPageToken())
	if err != nil {
		return nil, err
	}
	found, err := store.verify(ctx, from, cmp.Or(int(r.GetPageSize()), verifiedDefault))
	if err != nil {
		return nil, err
	}
	answer := &operationsv1.VerifyStoreResponse{Checked: int32(found.Checked)}
	for _, f := range found.Findings {
		answer.Findings = append(answer.Findings, &operationsv1.Finding{
			Service: store.Name, Tenant: string(f.Tenant), Table: f.Table, Problem: string(f.Problem), Id: f.ID, Detail: f.Detail,
		})
	}
	answer.NextPageToken, err = store.Cursors.Encode(walk, found.Next)
	return answer, err
}

// verify checks up to size keys from one on, in transactions of their own. It goes on past
// the size while what comes next is too long for a token.
func (s Store) verify(ctx context.Context, from []byte, size int) (all table.Report, err error) {
	for end := time.Now().Add(verifyTime); ; {
		var some table.Report
		err := s.KV.View(ctx, func(tx kv.Reader) (err error) {
			some, err = s.Tables.Verify(tx, from, max(1, min(verifiedAtOnce, size-all.Checked)))
			return err
		})
		if err != nil {
			return table.Report{}, err
		}
		from = some.Next
		all.Checked, all.Next, all.Findings = all.Checked+some.Checked, from, append(all.Findings, some.Findings...)
		enough := all.Checked >= size || len(all.Findings) >= foundAtOnce || time.Now().After(end)
		if from == nil || enough && len(from) <= page.MaxPositionLen {
			return all, nil
		}
	}
}
