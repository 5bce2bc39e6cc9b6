package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"google.golang.org/grpc"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

// appsCmd keeps the applications of a running server.
type appsCmd struct {
	List              appsListCmd              `cmd:"" help:"List a tenant's applications and what they integrate."`
	Add               appsAddCmd               `cmd:"" help:"Make an application, and show its key once."`
	RotateKey         appsRotateKeyCmd         `cmd:"" name:"rotate-key" help:"Give an application another key, and show it once. The old one stays valid until the next time."`
	SetIntegration    appsSetIntegrationCmd    `cmd:"" name:"set-integration" help:"Have an application integrate a service, or replace its OAuth client there."`
	RemoveIntegration appsRemoveIntegrationCmd `cmd:"" name:"remove-integration" help:"Have an application no longer integrate a service. Connections stay, and can't be used."`
}

type appsListCmd struct {
	tenantFlag
	operatorFlags
}

func (c *appsListCmd) Run(ctx context.Context, t *terminal) error {
	return c.call(ctx, func(ctx context.Context, conn grpc.ClientConnInterface) error {
		r, err := connectionvaultv1.NewOperatorServiceClient(conn).ListApplications(ctx, &connectionvaultv1.ListApplicationsRequest{Tenant: c.Tenant})
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(t, r.GetApplications()...)
		}
		return printTable(t, "ID\tNAME\tMADE\tCONFIRMS\tREDIRECTS\tINTEGRATES", func(line func(string, ...any)) {
			for _, a := range r.GetApplications() {
				line("%s\t%s\t%s\t%t\t%s\t%s", a.GetId(), printable(a.GetName()), day(a.GetCreatedAt()), a.GetConfirmConnections(),
					printable(strings.Join(a.GetRedirectUris(), " ")), integrated(a))
			}
		})
	})
}

// integrated are an application's services, each with what keeps it from being used.
func integrated(a *connectionvaultv1.Application) string {
	var all []string
	for _, i := range a.GetIntegrations() {
		service := i.GetServiceId()
		if i.GetDisabled() {
			service += " (off)"
		}
		all = append(all, service)
	}
	return strings.Join(all, ", ")
}

type appsAddCmd struct {
	ID                 string   `arg:"" help:"Id of the application: letters, digits, hyphens and underscores."`
	Name               string   `help:"Name for people, which customers see. Default: none."`
	KeyFile            string   `name:"key-file" help:"File that holds the key to have, sk_ or hp_root_ and 16 to 128 letters, digits, _ and -; - for stdin. Default: one is made."`
	RedirectURI        []string `name:"redirect-uri" help:"Address that browsers may be sent to in the end. Repeatable."`
	DefaultRedirectURI string   `name:"default-redirect-uri" help:"The one for who names none. Default: the first."`
	ConfirmConnections bool     `name:"confirm-connections" help:"Keep authorizations pending until the application confirms them."`
	tenantFlag
	operatorFlags
}

func (c *appsAddCmd) Run(ctx context.Context, t *terminal) (err error) {
	r := &connectionvaultv1.AddApplicationRequest{
		Tenant: c.Tenant, Id: c.ID, Name: c.Name, RedirectUris: c.RedirectURI,
		DefaultRedirectUri: c.DefaultRedirectURI, ConfirmConnections: c.ConfirmConnections,
	}
	if c.KeyFile != "" {
		if r.ApiKey, err = readSecret(c.KeyFile, t); err != nil {
			return err
		}
	}
	return c.call(ctx, func(ctx context.Context, conn grpc.ClientConnInterface) error {
		made, err := connectionvaultv1.NewOperatorServiceClient(conn).AddApplication(ctx, r)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(t, made)
		}
		if r.GetApiKey() != "" {
			_, err = fmt.Fprintf(t.out, "Made application %s of tenant %s, with the key that you gave.\n", made.GetId(), c.Tenant)
			return err
		}
		_, err = fmt.Fprintf(t.out, "Made application %s of tenant %s. Its key, shown only now:\n%s\n", made.GetId(), c.Tenant, made.GetApiKey())
		return err
	})
}

type appsRotateKeyCmd struct {
	ID      string        `arg:"" help:"Id of the application."`
	Overlap time.Duration `help:"How long the old key stays valid at most. Default: until the next rotation."`
	tenantFlag
	operatorFlags
}

func (c *appsRotateKeyCmd) Run(ctx context.Context, t *terminal) error {
	r := &connectionvaultv1.RotateApplicationKeyRequest{Tenant: c.Tenant, ApplicationId: c.ID, OverlapMs: c.Overlap.Milliseconds()}
	return c.call(ctx, func(ctx context.Context, conn grpc.ClientConnInterface) error {
		made, err := connectionvaultv1.NewOperatorServiceClient(conn).RotateApplicationKey(ctx, r)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(t, made)
		}
		_, err = fmt.Fprintf(t.out, "Webhooks of application %s are signed with this key from now on; it is shown only now:\n%s\n", c.ID, made.GetApiKey())
		return err
	})
}
