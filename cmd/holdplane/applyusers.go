package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"google.golang.org/grpc/codes"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/services/useradmin"
)

// people adds a tenant's account, roles, object storages and users: users last, so that they
// get their roles and S3 credentials at once.
func (a *applier) people(ctx context.Context, t bootstrapTenant) error {
	_, err := a.users.CreateAccount(ctx, t.accountRequest())
	if err := a.report(ctx, addition(err), "tenant", t.ID, "account", t.ID); err != nil {
		return fmt.Errorf("account: %w", err)
	}
	for _, r := range t.Roles {
		_, err := a.users.AddRole(ctx, r.request(t.ID))
		if err := a.report(ctx, addition(err), "tenant", t.ID, "role", r.ID); err != nil {
			return fmt.Errorf("role %d: %w", r.ID, err)
		}
	}
	for _, s := range t.ObjectStorages {
		_, err := a.users.AddObjectStorage(ctx, s.request(t.ID))
		if err := a.report(ctx, addition(err), "tenant", t.ID, "object_storage", s.ID); err != nil {
			return fmt.Errorf("object storage %s: %w", s.ID, err)
		}
	}
	for _, u := range t.Users {
		if err := a.user(ctx, t.ID, u); err != nil {
			return fmt.Errorf("user %s: %w", u.ID, err)
		}
	}
	return nil
}

func (a *applier) user(ctx context.Context, tenant text, u bootstrapUser) error {
	_, err := a.users.AddUser(ctx, u.request(tenant))
	if err == nil {
		return nil
	}
	if err := a.report(ctx, addition(err), "tenant", tenant, "user", u.ID); err != nil || u.Password.text == "" {
		return err
	}
	return a.report(ctx, a.comparePassword(ctx, tenant, u), "tenant", tenant, "user", u.ID)
}

func (a *applier) comparePassword(ctx context.Context, tenant text, u bootstrapUser) error {
	r, err := a.users.CheckPassword(ctx, &useradminv1.CheckPasswordRequest{Tenant: string(tenant), User: string(u.ID), Password: u.Password.text})
	switch {
	case err != nil && fault.From(err).Code == codes.NotFound:
		return nil // the difference is that nobody is there
	case err == nil && !r.GetMatches():
		return difference("has another password")
	}
	return err
}

// addition is what came of adding something: a difference where it is there, but otherwise,
// or can't be.
func addition(err error) error {
	f := fault.From(err)
	switch {
	case err == nil:
		return nil
	case f.Code == codes.NotFound:
		return difference("its tenant was deleted")
	case f.Code == codes.InvalidArgument || f.Code == codes.FailedPrecondition:
		return errors.New(f.Message)
	case f.Code != codes.AlreadyExists:
		return err
	}
	fields, comparable := f.Metadata[useradmin.MetadataDiffers]
	switch {
	case !comparable:
		return difference(f.Message)
	case fields != "":
		return difference("differs in " + strings.ReplaceAll(fields, ",", ", "))
	}
	return nil
}
