package main

import (
	"context"
	"fmt"
	"strings"

	"google.golang.org/grpc"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

// usersCmd keeps the users of a running server.
type usersCmd struct {
	Create      usersCreateCmd      `cmd:"" help:"Make a user."`
	List        usersListCmd        `cmd:"" help:"List a tenant's users."`
	SetPassword usersSetPasswordCmd `cmd:"" name:"set-password" help:"Set a user's password, which ends the user's sessions."`
}

type usersCreateCmd struct {
	Email         string   `arg:"" help:"E-mail address, by which the user logs in."`
	ID            string   `name:"id" help:"Id of the user. Default: one is made."`
	Username      string   `help:"Name to log in with at Keystone. Default: the e-mail address."`
	FirstName     string   `name:"first-name" help:"First name."`
	LastName      string   `name:"last-name" help:"Last name."`
	Locale        string   `enum:"de-DE,de,en-US,en" default:"en" help:"Language of mails and pages: de-DE, de, en-US or en."`
	Owner         bool     `help:"Have the user own the tenant and all permissions; one can."`
	Disabled      bool     `help:"Keep the user from logging in."`
	TOTP          bool     `name:"totp" help:"Have every login need a one-time code."`
	Role          []int64  `help:"Id of a role. Repeatable."`
	OpenstackRole []string `name:"openstack-role" help:"Role at OpenStack's services, such as creator. Repeatable."`
	Mail          bool     `help:"Mail the user a link to set the password, instead of setting one."`
	passwordFlag
	tenantFlag
	operatorFlags
}

func (c *usersCreateCmd) Run(ctx context.Context, t *terminal) (err error) {
	r := &useradminv1.AddUserRequest{
		Tenant: c.Tenant, Id: c.ID, Username: c.Username, Email: c.Email, FirstName: c.FirstName, LastName: c.LastName,
		Owner: c.Owner, Disabled: c.Disabled, Totp: c.TOTP, Locale: c.Locale, Roles: c.Role, OpenstackRoles: c.OpenstackRole,
	}
	if !c.Mail {
		if r.Password, err = c.password(ctx, t); err != nil {
			return err
		}
	} else if c.PasswordFile != "" {
		return fmt.Errorf("--mail has the user set the password and --password-file sets it; leave one of them out")
	}
	return c.call(ctx, func(ctx context.Context, conn grpc.ClientConnInterface) error {
		made, err := useradminv1.NewOperatorServiceClient(conn).AddUser(ctx, r)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(t, made.GetUser())
		}
		how := "has the password that you gave"
		if c.Mail {
			how = "gets a mail to set a password"
		}
		_, err = fmt.Fprintf(t.out, "Made user %s of tenant %s, who logs in as %s and %s.\n",
			made.GetUser().GetId(), c.Tenant, printable(made.GetUser().GetUsername()), how)
		return err
	})
}

type usersListCmd struct {
	tenantFlag
	operatorFlags
}

func (c *usersListCmd) Run(ctx context.Context, t *terminal) error {
	return c.call(ctx, func(ctx context.Context, conn grpc.ClientConnInterface) error {
		all, err := allUsers(ctx, useradminv1.NewOperatorServiceClient(conn), c.Tenant)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(t, all...)
		}
		return printTable(t, "ID\tEMAIL\tUSERNAME\tMADE\tSTATE\tROLES", func(line func(string, ...any)) {
			for _, u := range all {
				line("%s\t%s\t%s\t%s\t%s\t%s", u.GetId(), u.GetEmail(), u.GetUsername(), day(u.GetCreatedAt()), userState(u), userRoles(u))
			}
		})
	})
}

func allUsers(ctx context.Context, client useradminv1.OperatorServiceClient, tenant string) (all []*useradminv1.OperatorUser, err error) {
	for token := ""; ; {
		r, err := client.ListAllUsers(ctx, &useradminv1.ListAllUsersRequest{Tenant: tenant, PageSize: 1000, PageToken: token})
		if err != nil {
			return nil, err
		}
		all = append(all, r.GetUsers()...)
		if token = r.GetNextPageToken(); token == "" {
			return all, nil
		}
	}
}

func userState(u *useradminv1.OperatorUser) string {
	switch {
	case !u.GetEnabled():
		return "disabled"
	case !u.GetPasswordSet():
		return "without password"
	}
	return "active"
}

// userRoles are what a user may do, the owner's everything first.
func userRoles(u *useradminv1.OperatorUser) string {
	var all []string
	if u.GetOwner() {
		all = append(all, "owner")
	}
	for _, id := range u.GetRoles() {
		all = append(all, fmt.Sprint(id))
	}
	return strings.Join(append(all, u.GetOpenstackRoles()...), " ")
}

type usersSetPasswordCmd struct {
	User string `arg:"" help:"Id, username or e-mail address of the user."`
	passwordFlag
	tenantFlag
	operatorFlags
}

func (c *usersSetPasswordCmd) Run(ctx context.Context, t *terminal) error {
	password, err := c.password(ctx, t)
	if err != nil {
		return err
	}
	return c.call(ctx, func(ctx context.Context, conn grpc.ClientConnInterface) error {
		r, err := useradminv1.NewOperatorServiceClient(conn).ChangePassword(ctx, &useradminv1.ChangePasswordRequest{
			Tenant: c.Tenant, User: c.User, Password: password,
		})
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(t, r)
		}
		_, err = fmt.Fprintf(t.out, "Set the password of %s; every process has ended the sessions within 5 seconds.\n", printable(c.User))
		return err
	})
}
