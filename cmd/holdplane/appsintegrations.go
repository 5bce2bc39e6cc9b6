package main

import (
	"context"
	"fmt"

	"google.golang.org/grpc"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

type appsSetIntegrationCmd struct {
	ID         string   `arg:"" help:"Id of the application."`
	Service    string   `arg:"" help:"Id of the service, as the catalog has it."`
	ClientID   string   `name:"client-id" help:"Id of the OAuth client that the service knows the application by."`
	SecretFile string   `name:"secret-file" help:"File that holds the client's secret; - for stdin."`
	Scope      []string `help:"Scope to ask for. Repeatable. Default: the catalog's."`
	Disabled   bool     `help:"Keep customers from using it."`
	tenantFlag
	operatorFlags
}

func (c *appsSetIntegrationCmd) Run(ctx context.Context, t *terminal) (err error) {
	n := &connectionvaultv1.NewIntegration{ServiceId: c.Service, ClientId: c.ClientID, Scopes: c.Scope, Disabled: c.Disabled}
	if c.SecretFile != "" {
		if n.ClientSecret, err = readSecret(c.SecretFile, t); err != nil {
			return err
		}
	}
	r := &connectionvaultv1.SetIntegrationRequest{Tenant: c.Tenant, ApplicationId: c.ID, Integration: n}
	return c.call(ctx, func(ctx context.Context, conn grpc.ClientConnInterface) error {
		set, err := connectionvaultv1.NewOperatorServiceClient(conn).SetIntegration(ctx, r)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(t, set)
		}
		_, err = fmt.Fprintf(t.out, "Application %s of tenant %s integrates %s.\n", c.ID, c.Tenant, c.Service)
		return err
	})
}

type appsRemoveIntegrationCmd struct {
	ID      string `arg:"" help:"Id of the application."`
	Service string `arg:"" help:"Id of the service."`
	tenantFlag
	operatorFlags
}

func (c *appsRemoveIntegrationCmd) Run(ctx context.Context, t *terminal) error {
	r := &connectionvaultv1.RemoveIntegrationRequest{Tenant: c.Tenant, ApplicationId: c.ID, ServiceId: c.Service}
	return c.call(ctx, func(ctx context.Context, conn grpc.ClientConnInterface) error {
		gone, err := connectionvaultv1.NewOperatorServiceClient(conn).RemoveIntegration(ctx, r)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(t, gone)
		}
		_, err = fmt.Fprintf(t.out, "Application %s of tenant %s no longer integrates %s; its connections stay, and can't be used.\n", c.ID, c.Tenant, c.Service)
		return err
	})
}
