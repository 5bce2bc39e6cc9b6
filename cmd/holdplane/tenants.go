package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"google.golang.org/grpc"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
)

// tenantsCmd keeps the tenants of a running server.
type tenantsCmd struct {
	Create tenantsCreateCmd `cmd:"" help:"Make a tenant."`
	List   tenantsListCmd   `cmd:"" help:"List tenants."`
	Quota  tenantsQuotaCmd  `cmd:"" help:"Bound how many requests a tenant may make in a minute."`
	Delete tenantsDeleteCmd `cmd:"" help:"Delete a tenant and everything it has, for good."`
}

type tenantsCreateCmd struct {
	ID   string `arg:"" help:"Id of the tenant."`
	Name string `help:"Name for people. Default: the id."`
	operatorFlags
}

func (c *tenantsCreateCmd) Run(ctx context.Context, t *terminal) error {
	if c.ID == "" {
		return errors.New("the id is empty; name the tenant")
	}
	return c.call(ctx, func(ctx context.Context, conn grpc.ClientConnInterface) error {
		r, err := identityv1.NewTenantServiceClient(conn).CreateTenant(ctx, &identityv1.CreateTenantRequest{Id: c.ID, Name: c.Name})
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(t, r.GetTenant())
		}
		_, err = fmt.Fprintf(t.out, "Made tenant %s.\n", r.GetTenant().GetId())
		return err
	})
}

type tenantsListCmd struct {
	operatorFlags
}

func (c *tenantsListCmd) Run(ctx context.Context, t *terminal) error {
	return c.call(ctx, func(ctx context.Context, conn grpc.ClientConnInterface) error {
		all, err := allTenants(ctx, identityv1.NewTenantServiceClient(conn))
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(t, all...)
		}
		return printTable(t, "ID\tNAME\tMADE\tSTATE\tQUOTA", func(line func(string, ...any)) {
			for _, x := range all {
				state := "active"
				if x.GetDeleting() {
					state = "deleting"
				}
				line("%s\t%s\t%s\t%s\t%s", x.GetId(), x.GetName(), day(x.GetCreatedAt()), state, quota(x.GetRequestsPerMinute()))
			}
		})
	})
}

func allTenants(ctx context.Context, client identityv1.TenantServiceClient) (all []*identityv1.Tenant, err error) {
	for token := ""; ; {
		r, err := client.ListTenants(ctx, &identityv1.ListTenantsRequest{PageSize: 1000, PageToken: token})
		if err != nil {
			return nil, err
		}
		all = append(all, r.GetTenants()...)
		if token = r.GetNextPageToken(); token == "" {
			return all, nil
		}
	}
}

type tenantsQuotaCmd struct {
	ID                string `arg:"" help:"Id of the tenant."`
	RequestsPerMinute quota  `arg:"" name:"n|off" help:"Requests that all of the tenant's keys may make in a minute together, or off for any number."`
	operatorFlags
}

func (c *tenantsQuotaCmd) Run(ctx context.Context, t *terminal) error {
	return c.call(ctx, func(ctx context.Context, conn grpc.ClientConnInterface) error {
		r, err := identityv1.NewTenantServiceClient(conn).SetQuota(ctx, &identityv1.SetQuotaRequest{Id: c.ID, RequestsPerMinute: int32(c.RequestsPerMinute)})
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(t, r.GetTenant())
		}
		_, err = fmt.Fprintf(t.out, "The quota of tenant %s is %s; every process knows within 5 seconds.\n", c.ID, c.RequestsPerMinute)
		return err
	})
}

// quota is a number of requests a minute as an operator writes it; 0 is off.
type quota int32

// noQuota is how an operator writes that there is none.
const noQuota = "off"

// UnmarshalText implements encoding.TextUnmarshaler. 0 is no quota: some would mean that
// nothing may pass, others that everything may.
func (q *quota) UnmarshalText(text []byte) error {
	if string(text) == noQuota {
		*q = 0
		return nil
	}
	n, err := strconv.ParseInt(string(text), 10, 32)
	if err != nil || n < 1 {
		return fmt.Errorf("%q is no quota; expected a number from 1 to 2147483647, or %s", text, noQuota)
	}
	*q = quota(n)
	return nil
}

func (q quota) String() string {
	if q == 0 {
		return noQuota
	}
	return strconv.Itoa(int(q)) + "/min"
}

type tenantsDeleteCmd struct {
	ID  string `arg:"" help:"Id of the tenant."`
	Yes bool   `help:"Don't ask."`
	operatorFlags
}

func (c *tenantsDeleteCmd) Run(ctx context.Context, t *terminal) error {
	if !c.Yes {
		fmt.Fprintf(t.out, "This deletes tenant %s and everything it has in every service, for good. Type its id to go on: ", c.ID)
		var typed string
		if _, err := fmt.Fscanln(t.in, &typed); err != nil || typed != c.ID {
			return fmt.Errorf("nothing was deleted; type the id, or use --yes")
		}
	}
	return c.call(ctx, func(ctx context.Context, conn grpc.ClientConnInterface) error {
		r, err := identityv1.NewTenantServiceClient(conn).DeleteTenant(ctx, &identityv1.DeleteTenantRequest{Id: c.ID})
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(t, r)
		}
		if !r.GetComplete() {
			_, err = fmt.Fprintf(t.out, "Tenant %s is closed. Its data is still being deleted in: %s.\n", c.ID, strings.Join(r.GetPending(), ", "))
			return err
		}
		_, err = fmt.Fprintf(t.out, "Deleted tenant %s.\n", c.ID)
		return err
	})
}
