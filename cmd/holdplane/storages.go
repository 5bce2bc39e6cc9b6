package main

import (
	"context"
	"fmt"

	"google.golang.org/grpc"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

// storagesCmd keeps the object storages of a running server.
type storagesCmd struct {
	Add storagesAddCmd `cmd:"" help:"Register an object storage; every user of the tenant gets S3 credentials for it."`
}

type storagesAddCmd struct {
	Region          string  `required:"" help:"Region, such as European Union."`
	S3URL           string  `name:"s3-url" required:"" help:"Address of its S3 API."`
	ID              string  `name:"id" help:"Id of the object storage. Default: one is made."`
	DisplayName     string  `name:"display-name" help:"Name for people. Default: the region."`
	DataCenter      string  `name:"data-center" help:"Where it stands. Default: the region."`
	S3TenantID      string  `name:"s3-tenant-id" help:"The tenant's id within the storage, 32 hexadecimal digits. Default: one is made."`
	SizeTB          float64 `name:"size-tb" help:"Size in terabytes."`
	Driver          string  `enum:"record,versitygw" default:"record" help:"How users get their keys: record makes keys and tells no server, versitygw keeps them in a VersityGW."`
	AdminURL        string  `name:"admin-url" help:"Address of the admin API, for versitygw."`
	AdminAccessKey  string  `name:"admin-access-key" help:"Access key of the admin API, for versitygw."`
	AdminSecretFile string  `name:"admin-secret-file" help:"File that holds the secret key of the admin API, for versitygw; - for stdin."`
	AdminRegion     string  `name:"admin-region" help:"Region that requests to the admin API are signed for. Default: us-east-1."`
	tenantFlag
	operatorFlags
}

func (c *storagesAddCmd) Run(ctx context.Context, t *terminal) (err error) {
	r := &useradminv1.AddObjectStorageRequest{
		Tenant: c.Tenant, Id: c.ID, Region: c.Region, DisplayName: c.DisplayName, DataCenter: c.DataCenter, S3Url: c.S3URL,
		S3TenantId: c.S3TenantID, SizeTb: c.SizeTB, Driver: c.Driver, AdminUrl: c.AdminURL, AdminAccessKey: c.AdminAccessKey, AdminRegion: c.AdminRegion,
	}
	if c.AdminSecretFile != "" {
		if r.AdminSecretKey, err = readSecret(c.AdminSecretFile, t); err != nil {
			return err
		}
	}
	return c.call(ctx, func(ctx context.Context, conn grpc.ClientConnInterface) error {
		made, err := useradminv1.NewOperatorServiceClient(conn).AddObjectStorage(ctx, r)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(t, made)
		}
		_, err = fmt.Fprintf(t.out, "Registered object storage %s of tenant %s; its users get their credentials by and by.\n", made.GetId(), c.Tenant)
		return err
	})
}
