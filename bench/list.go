package main

import (
	"context"
	"fmt"

	"github.com/holdplane/holdplane/bench/ratio"
)

// list compares a page near the end of a large store with its first.
func list(ctx context.Context, b *bench) (err error) {
	s, srv, err := b.large(ctx)
	if err != nil {
		return err
	}
	defer srv.stopInto(&err)
	cursor, depth, err := b.deep(ctx, newAPI(srv, s))
	if err != nil {
		return err
	}
	last := target{srv, always(request(listPath(cursor), s.rootKey))}
	first := target{srv, always(request(listPath(""), s.rootKey))}
	what := fmt.Sprintf("list page after %d rows; the first page", depth)
	return b.compare(ctx, what, last, first, ratio.AtMost(1.1))
}

// large starts a server on the large store, which the first run fills.
func (b *bench) large(ctx context.Context) (*site, *server, error) {
	s, err := b.site(ctx, b.cache, fmt.Sprint("large-", b.n))
	if err != nil {
		return nil, nil, err
	}
	srv, err := b.whole(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	if err := b.fill(ctx, srv, s, b.n); err != nil {
		srv.stopInto(&err)
		return nil, nil, err
	}
	return s, srv, nil
}

// deep walks to the last whole page before 99.9 % of the rows.
func (b *bench) deep(ctx context.Context, a *api) (cursor string, depth int, err error) {
	p, err := a.page(ctx, "")
	if err != nil {
		return "", 0, err
	}
	wanted := min(p.Total-p.Total/1000, p.Total-pageRows)
	b.say("walking to row %d", wanted)
	for depth = len(p.Identities); ; depth += len(p.Identities) {
		if p.Cursor == "" {
			return "", 0, fmt.Errorf("the list ends after %d of %d rows", depth, p.Total)
		}
		if depth+pageRows > wanted {
			return p.Cursor, depth, nil
		}
		if p, err = a.page(ctx, p.Cursor); err != nil {
			return "", 0, err
		}
	}
}
