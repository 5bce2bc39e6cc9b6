package main

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
)

// apisCmd keeps a tenant's APIs of a running server from being deleted.
type apisCmd struct {
	List      apisListCmd      `cmd:"" help:"List a tenant's APIs."`
	Protect   apisProtectCmd   `cmd:"" help:"Keep an API from being deleted. Its keys can be."`
	Unprotect apisUnprotectCmd `cmd:"" help:"Let an API be deleted again."`
}

type apisListCmd struct {
	tenantFlag
	operatorFlags
}

func (c *apisListCmd) Run(ctx context.Context, t *terminal) error {
	return c.call(ctx, func(ctx context.Context, conn grpc.ClientConnInterface) error {
		client := identityv1.NewApiAdminServiceClient(conn)
		var all []*identityv1.Api
		for token := ""; ; {
			r, err := client.ListApis(ctx, &identityv1.ListApisRequest{Tenant: c.Tenant, PageSize: 1000, PageToken: token})
			if err != nil {
				return err
			}
			all = append(all, r.GetApis()...)
			if token = r.GetNextPageToken(); token == "" {
				break
			}
		}
		if c.JSON {
			return printJSON(t, all...)
		}
		return printTable(t, "ID\tNAME\tMADE\tPROTECTED", func(line func(string, ...any)) {
			for _, m := range all {
				line("%s\t%s\t%s\t%t", m.GetId(), m.GetName(), day(timestamppb.New(time.UnixMilli(m.GetCreatedAtMs()))), m.GetDeleteProtected())
			}
		})
	})
}

type apisProtectCmd struct {
	ID string `arg:"" help:"Id of the API."`
	tenantFlag
	operatorFlags
}

func (c *apisProtectCmd) Run(ctx context.Context, t *terminal) error {
	return protectAPI(ctx, t, &c.operatorFlags, c.Tenant, c.ID, true)
}

type apisUnprotectCmd struct {
	ID string `arg:"" help:"Id of the API."`
	tenantFlag
	operatorFlags
}

func (c *apisUnprotectCmd) Run(ctx context.Context, t *terminal) error {
	return protectAPI(ctx, t, &c.operatorFlags, c.Tenant, c.ID, false)
}

func protectAPI(ctx context.Context, t *terminal, f *operatorFlags, tenant, id string, protected bool) error {
	return f.call(ctx, func(ctx context.Context, conn grpc.ClientConnInterface) error {
		r, err := identityv1.NewApiAdminServiceClient(conn).ProtectApi(ctx, &identityv1.ProtectApiRequest{
			Tenant: tenant, ApiId: id, Protected: protected,
		})
		if err != nil {
			return err
		}
		if f.JSON {
			return printJSON(t, r)
		}
		state := "can be deleted"
		if protected {
			state = "can't be deleted until it is unprotected"
		}
		_, err = fmt.Fprintf(t.out, "API %s %s.\n", id, state)
		return err
	})
}
