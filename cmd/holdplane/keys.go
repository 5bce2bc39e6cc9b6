package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
)

// keysCmd keeps the root keys of a running server, and takes over its tenants' keys.
type keysCmd struct {
	Create keysCreateCmd `cmd:"" help:"Issue a root key and print its secret, once."`
	List   keysListCmd   `cmd:"" help:"List a tenant's root keys."`
	Revoke keysRevokeCmd `cmd:"" help:"End a root key."`
	Rotate keysRotateCmd `cmd:"" help:"Issue a root key in the place of an old one, which works on for a while."`
	Import keysImportCmd `cmd:"" help:"Take over the keys of a tenant's users from elsewhere, by their SHA-256."`
}

// tenantFlag names whose keys they are.
type tenantFlag struct {
	Tenant string `required:"" help:"Id of the tenant."`
}

type keysCreateCmd struct {
	Name       string         `help:"Name for people."`
	Permission []string       `required:"" help:"What the key may do, such as identity.*.read_identity; '*' for everything of the identity service. Repeatable."`
	Expires    *time.Duration `help:"How long the key works, such as 720h. Default: for ever."`
	tenantFlag
	operatorFlags
}

func (c *keysCreateCmd) Run(ctx context.Context, t *terminal) error {
	r := &identityv1.CreateRootKeyRequest{Tenant: c.Tenant, Name: c.Name, Permissions: c.Permission}
	if c.Expires != nil {
		r.ExpiresAt = timestamppb.New(time.Now().Add(*c.Expires))
	}
	return c.call(ctx, func(ctx context.Context, conn grpc.ClientConnInterface) error {
		made, err := identityv1.NewAccessServiceClient(conn).CreateRootKey(ctx, r)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(t, made)
		}
		_, err = fmt.Fprintf(t.out, "Made root key %s of tenant %s. This is its secret; it is not shown again:\n%s\n", made.GetKey().GetId(), c.Tenant, made.GetSecret())
		return err
	})
}

type keysListCmd struct {
	tenantFlag
	operatorFlags
}

func (c *keysListCmd) Run(ctx context.Context, t *terminal) error {
	return c.call(ctx, func(ctx context.Context, conn grpc.ClientConnInterface) error {
		all, err := allRootKeys(ctx, identityv1.NewAccessServiceClient(conn), c.Tenant)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(t, all...)
		}
		return printTable(t, "ID\tNAME\tSTART\tMADE\tENDS\tSTATE\tPERMISSIONS", func(line func(string, ...any)) {
			for _, k := range all {
				line("%s\t%s\t%s\t%s\t%s\t%s\t%s", k.GetId(), k.GetName(), k.GetStart(), day(k.GetCreatedAt()),
					day(k.GetExpiresAt()), keyState(k), strings.Join(k.GetPermissions(), " "))
			}
		})
	})
}

func allRootKeys(ctx context.Context, client identityv1.AccessServiceClient, tenant string) (all []*identityv1.RootKey, err error) {
	for token := ""; ; {
		r, err := client.ListRootKeys(ctx, &identityv1.ListRootKeysRequest{Tenant: tenant, PageSize: 1000, PageToken: token})
		if err != nil {
			return nil, err
		}
		all = append(all, r.GetKeys()...)
		if token = r.GetNextPageToken(); token == "" {
			return all, nil
		}
	}
}

func keyState(k *identityv1.RootKey) string {
	switch {
	case k.GetRevokedAt() != nil:
		return "revoked"
	case k.GetExpiresAt() != nil && k.GetExpiresAt().AsTime().Before(time.Now()):
		return "ended"
	}
	return "active"
}

type keysRevokeCmd struct {
	ID string `arg:"" help:"Id of the key."`
	tenantFlag
	operatorFlags
}

func (c *keysRevokeCmd) Run(ctx context.Context, t *terminal) error {
	return c.call(ctx, func(ctx context.Context, conn grpc.ClientConnInterface) error {
		r, err := identityv1.NewAccessServiceClient(conn).RevokeRootKey(ctx, &identityv1.RevokeRootKeyRequest{Tenant: c.Tenant, Id: c.ID})
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(t, r)
		}
		_, err = fmt.Fprintf(t.out, "Revoked root key %s; every process knows within 5 seconds.\n", c.ID)
		return err
	})
}

type keysRotateCmd struct {
	ID      string        `arg:"" help:"Id of the old key."`
	Overlap time.Duration `default:"24h" help:"How long the old key still works."`
	tenantFlag
	operatorFlags
}

func (c *keysRotateCmd) Run(ctx context.Context, t *terminal) error {
	return c.call(ctx, func(ctx context.Context, conn grpc.ClientConnInterface) error {
		r, err := identityv1.NewAccessServiceClient(conn).RotateRootKey(ctx, &identityv1.RotateRootKeyRequest{
			Tenant: c.Tenant, Id: c.ID, OverlapMs: c.Overlap.Milliseconds(),
		})
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(t, r)
		}
		_, err = fmt.Fprintf(t.out, "Made root key %s; %s works until %s. This is the new secret; it is not shown again:\n%s\n",
			r.GetKey().GetId(), c.ID, day(r.GetOldExpiresAt()), r.GetSecret())
		return err
	})
}
