package main

import (
	"context"
	"fmt"

	"google.golang.org/grpc"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
)

// secretsCmd keeps the deleted secrets of a running server. Nothing here shows a payload.
type secretsCmd struct {
	Retention secretsRetentionCmd `cmd:"" help:"Show or set how long a tenant's deleted secrets are kept."`
	List      secretsListCmd      `cmd:"" help:"List a tenant's deleted secrets that are kept, the last one deleted first."`
	Undelete  secretsUndeleteCmd  `cmd:"" help:"Bring a deleted secret back, with its payload, metadata and access control list."`
	Purge     secretsPurgeCmd     `cmd:"" help:"End a deleted secret before its time, for good."`
}

type secretsRetentionCmd struct {
	Retention *retention `arg:"" optional:"" name:"duration|off" help:"How long secrets that are deleted from now on are kept, from 1h to 30d, or off for not at all. Default: show it."`
	tenantFlag
	operatorFlags
}

func (c *secretsRetentionCmd) Run(ctx context.Context, t *terminal) error {
	return c.call(ctx, func(ctx context.Context, conn grpc.ClientConnInterface) error {
		client := secretcontainerv1.NewOperatorServiceClient(conn)
		if c.Retention == nil {
			return c.show(ctx, t, client)
		}
		r, err := client.SetRetention(ctx, &secretcontainerv1.SetRetentionRequest{Tenant: c.Tenant, RetentionMs: c.Retention.ms()})
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(t, r)
		}
		_, err = fmt.Fprintf(t.out, "Secrets of tenant %s that are deleted from now on are %s.\n", c.Tenant, c.Retention.words())
		return err
	})
}

func (c *secretsRetentionCmd) show(ctx context.Context, t *terminal, client secretcontainerv1.OperatorServiceClient) error {
	r, err := client.GetRetention(ctx, &secretcontainerv1.GetRetentionRequest{Tenant: c.Tenant})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(t, r)
	}
	_, err = fmt.Fprintf(t.out, "Deleted secrets of tenant %s are %s.\n", c.Tenant, retentionOf(r.GetRetentionMs()).words())
	return err
}

type secretsListCmd struct {
	tenantFlag
	operatorFlags
}

func (c *secretsListCmd) Run(ctx context.Context, t *terminal) error {
	return c.call(ctx, func(ctx context.Context, conn grpc.ClientConnInterface) error {
		all, err := allDeletedSecrets(ctx, secretcontainerv1.NewOperatorServiceClient(conn), c.Tenant)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(t, all...)
		}
		return printTable(t, "ID\tNAME\tTYPE\tCREATOR\tMADE\tDELETED\tBY\tENDS", func(line func(string, ...any)) {
			for _, m := range all {
				line("%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s", m.GetSecretId(), m.GetName(), m.GetSecretType(), m.GetCreatorId(),
					day(m.GetCreated()), day(m.GetDeleted()), m.GetDeletedBy(), day(m.GetPurged()))
			}
		})
	})
}

func allDeletedSecrets(ctx context.Context, client secretcontainerv1.OperatorServiceClient, tenant string) (all []*secretcontainerv1.DeletedSecret, err error) {
	for token := ""; ; {
		r, err := client.ListDeletedSecrets(ctx, &secretcontainerv1.ListDeletedSecretsRequest{Tenant: tenant, PageSize: 1000, PageToken: token})
		if err != nil {
			return nil, err
		}
		all = append(all, r.GetSecrets()...)
		if token = r.GetNextPageToken(); token == "" {
			return all, nil
		}
	}
}

type secretsUndeleteCmd struct {
	ID string `arg:"" help:"Id of the secret."`
	tenantFlag
	operatorFlags
}

func (c *secretsUndeleteCmd) Run(ctx context.Context, t *terminal) error {
	return c.call(ctx, func(ctx context.Context, conn grpc.ClientConnInterface) error {
		r, err := secretcontainerv1.NewOperatorServiceClient(conn).UndeleteSecret(ctx, &secretcontainerv1.UndeleteSecretRequest{
			Tenant: c.Tenant, SecretId: c.ID,
		})
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(t, r)
		}
		_, err = fmt.Fprintf(t.out, "Brought secret %s back; it is in no container, and has no consumers.\n", printable(c.ID))
		return err
	})
}

type secretsPurgeCmd struct {
	ID string `arg:"" help:"Id of the secret."`
	tenantFlag
	operatorFlags
}

func (c *secretsPurgeCmd) Run(ctx context.Context, t *terminal) error {
	return c.call(ctx, func(ctx context.Context, conn grpc.ClientConnInterface) error {
		r, err := secretcontainerv1.NewOperatorServiceClient(conn).PurgeSecret(ctx, &secretcontainerv1.PurgeSecretRequest{
			Tenant: c.Tenant, SecretId: c.ID,
		})
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(t, r)
		}
		_, err = fmt.Fprintf(t.out, "Ended secret %s for good.\n", printable(c.ID))
		return err
	})
}
