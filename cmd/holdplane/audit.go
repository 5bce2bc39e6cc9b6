package main

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"google.golang.org/grpc"

	operationsv1 "github.com/holdplane/holdplane/gen/holdplane/operations/v1"
)

// auditCmd shows audit records, newest first.
type auditCmd struct {
	Tenant  string `help:"Tenant whose records to show. Default: the installation's own, such as the making of tenants."`
	Service string `default:"identity" help:"Service that wrote the records: each keeps its own. Where it runs in another process, name that one's --internal-addr."`
	Limit   int    `default:"100" help:"How many records to show; 0 for all."`
	operatorFlags
}

func (c *auditCmd) Run(ctx context.Context, t *terminal) error {
	return c.call(ctx, func(ctx context.Context, conn grpc.ClientConnInterface) error {
		all, err := c.records(ctx, operationsv1.NewAuditServiceClient(conn))
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(t, all...)
		}
		return printTable(t, "TIME\tEVENT\tACTOR\tOBJECT\tDETAILS\tREQUEST", func(line func(string, ...any)) {
			for _, r := range all {
				line("%s\t%s\t%s\t%s\t%s\t%s", day(r.GetTime()), r.GetEvent(), r.GetActor(), r.GetObject(), details(r), r.GetRequestId())
			}
		})
	})
}

// details are a record's name=value pairs by name; a dash when there are none.
func details(r *operationsv1.AuditRecord) string {
	pairs := make([]string, 0, len(r.GetDetails()))
	for _, name := range slices.Sorted(maps.Keys(r.GetDetails())) {
		pairs = append(pairs, name+"="+quote(r.GetDetails()[name]))
	}
	return cmp.Or(strings.Join(pairs, " "), "-")
}

func (c *auditCmd) records(ctx context.Context, client operationsv1.AuditServiceClient) ([]*operationsv1.AuditRecord, error) {
	var all []*operationsv1.AuditRecord
	for token := ""; ; {
		r, err := client.ListAuditRecords(ctx, &operationsv1.ListAuditRecordsRequest{
			Service: c.Service, Tenant: c.Tenant, PageSize: 1000, PageToken: token,
		})
		if err != nil {
			return nil, err
		}
		all = append(all, r.GetRecords()...)
		if c.Limit > 0 && len(all) >= c.Limit {
			return all[:c.Limit], nil
		}
		if token = r.GetNextPageToken(); token == "" {
			return all, nil
		}
	}
}
