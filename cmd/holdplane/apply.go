package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/rpc"
	"github.com/holdplane/holdplane/services/connectionvault"
	"github.com/holdplane/holdplane/services/identity"
	"github.com/holdplane/holdplane/services/useradmin"
)

// apply creates what is missing in the services of this process, and reports what is
// there but different. It does nothing at all when a part can't be valid.
func (b *bootstrap) apply(ctx context.Context, p *process) error {
	if len(p.instances) == 0 {
		return nil
	}
	for i := range b.Tenants {
		if err := b.Tenants[i].fit(p.catalog); err != nil {
			return fmt.Errorf("bootstrap %s: tenants[%d].%w", b.path, i, err)
		}
	}
	if err := b.validate(p.valid); err != nil {
		return fmt.Errorf("bootstrap %s: %w", b.path, err)
	}
	a := newApplier(p)
	for _, t := range b.Tenants {
		if err := a.tenant(ctx, t); err != nil {
			return fmt.Errorf("bootstrap tenant %s: %w", t.ID, err)
		}
	}
	return nil
}

// validate checks the requests to come.
func (b *bootstrap) validate(rules *rpc.Validator) error {
	for i, t := range b.Tenants {
		if err := rules.Check(t.request()); err != nil {
			return fmt.Errorf("tenants[%d]: %s", i, fault.From(err).Message)
		}
		for j, k := range t.RootKeys {
			if err := rules.Check(k.request(t.ID)); err != nil {
				return fmt.Errorf("tenants[%d].root_keys[%d]: %s", i, j, fault.From(err).Message)
			}
		}
		for _, requests := range []iter.Seq2[string, proto.Message]{t.userRequests(), t.appRequests()} {
			for at, r := range requests {
				if err := rules.Check(r); err != nil {
					return fmt.Errorf("tenants[%d]: %s: %s", i, at, fault.From(err).Message)
				}
			}
		}
	}
	return nil
}

func (t *bootstrapTenant) request() *identityv1.CreateTenantRequest {
	r := &identityv1.CreateTenantRequest{Id: string(t.ID), Name: string(t.Name)}
	if n := t.Quota.RequestsPerMinute; n != nil {
		r.RequestsPerMinute = *n
	}
	return r
}

func (k *bootstrapRootKey) request(tenant text) *identityv1.CreateRootKeyRequest {
	return &identityv1.CreateRootKeyRequest{Tenant: string(tenant), Name: string(k.Name), Permissions: plain(k.Permissions), Secret: k.Key.text}
}

// applier creates what is missing.
type applier struct {
	tenants identityv1.TenantServiceClient
	access  identityv1.AccessServiceClient          // nil where identity is elsewhere
	users   useradminv1.OperatorServiceClient       // nil where user-admin is
	apps    connectionvaultv1.OperatorServiceClient // nil where connection-vault is
	log     *slog.Logger

	known map[string]*identityv1.Tenant // nil until one of them is there already
}

func newApplier(p *process) *applier {
	a := &applier{tenants: identityv1.NewTenantServiceClient(p.internalConn(identity.Name)), log: p.log}
	if p.instances[identity.Name] != nil {
		a.access = identityv1.NewAccessServiceClient(p.internal)
	}
	if p.instances[useradmin.Name] != nil {
		a.users = useradminv1.NewOperatorServiceClient(p.internal)
	}
	if p.instances[connectionvault.Name] != nil {
		a.apps = connectionvaultv1.NewOperatorServiceClient(p.internal)
	}
	return a
}

// difference is between what is asked for and what is there. It names no values: it is
// for the log.
type difference string

func (d difference) Error() string { return string(d) }

// tenant makes a tenant whichever service needs it: the others may start before identity has
// come to it. Differences are identity's to report.
func (a *applier) tenant(ctx context.Context, t bootstrapTenant) error {
	err := a.createTenant(ctx, t.request())
	if err != nil && fault.From(err).Code == codes.AlreadyExists {
		err = a.compareTenant(ctx, t)
	}
	if err := a.report(ctx, err, "tenant", t.ID); err != nil {
		return err
	}
	if a.access != nil {
		for _, k := range t.RootKeys {
			if err := a.report(ctx, a.rootKey(ctx, t.ID, k), "tenant", t.ID, "root_key", k.Name); err != nil {
				return fmt.Errorf("root key %s: %w", k.Name, err)
			}
		}
	}
	if a.users != nil {
		if err := a.people(ctx, t); err != nil {
			return err
		}
	}
	if a.apps != nil {
		return a.applications(ctx, t)
	}
	return nil
}

// identityPatience is how long a start waits for identity, which may be starting elsewhere.
const identityPatience = 30 * time.Second

func (a *applier) createTenant(ctx context.Context, r *identityv1.CreateTenantRequest) error {
	patient, cancel := context.WithTimeout(ctx, identityPatience)
	defer cancel()
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for first := true; ; first = false {
		_, err := a.tenants.CreateTenant(patient, r)
		if err == nil || fault.From(err).Code != codes.Unavailable {
			return err
		}
		if first {
			a.log.InfoContext(ctx, "bootstrap waits for identity")
		}
		select {
		case <-again.C:
		case <-patient.Done():
			return cmp.Or(ctx.Err(), fmt.Errorf("identity has not answered for %v; start it, and see --internal-peer", identityPatience))
		}
	}
}

// report logs a difference and returns any other error.
func (a *applier) report(ctx context.Context, err error, what ...any) error {
	var d difference
	if !errors.As(err, &d) {
		return err
	}
	a.log.WarnContext(ctx, "bootstrap leaves a difference alone", append(what, "difference", string(d))...)
	return nil
}

func (a *applier) compareTenant(ctx context.Context, t bootstrapTenant) error {
	if a.access == nil {
		return nil
	}
	if a.known == nil {
		all, err := allTenants(ctx, a.tenants)
		if err != nil {
			return err
		}
		a.known = map[string]*identityv1.Tenant{}
		for _, x := range all {
			a.known[x.GetId()] = x
		}
	}
	there := a.known[string(t.ID)]
	if there == nil || there.GetDeleting() {
		return difference("the tenant was deleted; its id can't be used again")
	}
	var other []string
	if t.Name != "" && there.GetName() != string(t.Name) {
		other = append(other, "another name")
	}
	if n := t.Quota.RequestsPerMinute; n != nil && there.GetRequestsPerMinute() != *n {
		other = append(other, "another quota")
	}
	if len(other) > 0 {
		return difference("the tenant has " + strings.Join(other, " and "))
	}
	return nil
}

func (a *applier) rootKey(ctx context.Context, tenant text, k bootstrapRootKey) error {
	request := k.request(tenant)
	_, err := a.access.CreateRootKey(ctx, request)
	if err == nil {
		return nil
	}
	switch fault.From(err).Code {
	case codes.NotFound, codes.FailedPrecondition:
		return difference("the key's tenant was deleted")
	case codes.AlreadyExists:
		return a.compareRootKey(ctx, request)
	}
	return err
}

func (a *applier) compareRootKey(ctx context.Context, want *identityv1.CreateRootKeyRequest) error {
	digest := auth.DigestOf(want.GetSecret())
	there, err := a.access.VerifyCredential(ctx, &identityv1.VerifyCredentialRequest{Digest: digest[:]})
	switch {
	case err != nil && fault.From(err).Code == codes.Unauthenticated:
		return difference("the key was revoked or has ended; it is not revived")
	case err != nil:
		return err
	case there.GetTenant() != want.GetTenant():
		return difference("the key belongs to another tenant")
	case !sameSet(there.GetPermissions(), want.GetPermissions()):
		return difference("the key has other permissions")
	}
	keys, err := allRootKeys(ctx, a.access, want.GetTenant())
	for _, k := range keys {
		if k.GetId() == there.GetSubject() && k.GetName() != want.GetName() {
			return difference("the key has another name")
		}
	}
	return err
}

// sameSet compares without regard to order and repetition.
func sameSet(a, b []string) bool {
	set := func(all []string) []string { return slices.Compact(slices.Sorted(slices.Values(all))) }
	return slices.Equal(set(a), set(b))
}
