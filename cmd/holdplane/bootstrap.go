package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"go.yaml.in/yaml/v3"
	"google.golang.org/grpc/codes"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/services/identity"
)

// bootstrap is what a server should find on its first start. It creates what is
// missing; it never changes, revives or deletes.
type bootstrap struct {
	Tenants []bootstrapTenant `yaml:"tenants"`
}

type bootstrapTenant struct {
	ID       text               `yaml:"id"`
	Name     text               `yaml:"name"`
	RootKeys []bootstrapRootKey `yaml:"root_keys"`
}

type bootstrapRootKey struct {
	Name        text   `yaml:"name"`
	Key         secret `yaml:"key"`
	Permissions []text `yaml:"permissions"`
}

// bootstrap reads the file of --bootstrap. A nil result means there is none.
func (f *serverFlags) bootstrap(secrets literals) (*bootstrap, error) {
	if f.Bootstrap == "" {
		return &bootstrap{}, nil
	}
	b, err := readBootstrap(f.Bootstrap, secrets)
	if err != nil {
		return nil, fmt.Errorf("bootstrap %s: %w", f.Bootstrap, err)
	}
	return b, nil
}

// literals says whether secrets may stand in a file that others can read.
type literals bool

const (
	anyFile  literals = true  // dev
	fromFile literals = false // serve
)

func readBootstrap(path string, secrets literals) (*bootstrap, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return nil, err
	}
	b := &bootstrap{}
	if len(root.Content) == 0 {
		return b, nil
	}
	if err := checkKeys(root.Content[0], b); err != nil {
		return nil, err
	}
	if err := root.Decode(b); err != nil {
		return nil, err
	}
	if secrets == fromFile {
		if err := checkReadable(path, b); err != nil {
			return nil, err
		}
	}
	return b, b.check()
}

// checkReadable refuses secrets that stand in a file which other users can read.
func checkReadable(path string, b *bootstrap) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	for _, t := range b.Tenants {
		for _, k := range t.RootKeys {
			if k.Key.literal {
				return fmt.Errorf("it holds a root key and other users can read it (mode %04o); close it with: chmod 600 %s, or give the key as {env: NAME} or {file: PATH}", info.Mode().Perm(), path)
			}
		}
	}
	return nil
}

func (b *bootstrap) check() error {
	for i, t := range b.Tenants {
		if t.ID == "" {
			return fmt.Errorf("tenants[%d] has no id", i)
		}
		for j, k := range t.RootKeys {
			if k.Key.text == "" || len(k.Permissions) == 0 {
				return fmt.Errorf("tenants[%d].root_keys[%d] needs key and permissions", i, j)
			}
		}
	}
	return nil
}

// apply creates what is missing in the services of this process, and reports what is
// there but different.
func (b *bootstrap) apply(ctx context.Context, p *process) error {
	if p.instances[identity.Name] == nil {
		return nil
	}
	conn := p.internalConn(identity.Name)
	tenants, access := identityv1.NewTenantServiceClient(conn), identityv1.NewAccessServiceClient(conn)
	for _, t := range b.Tenants {
		_, err := tenants.CreateTenant(ctx, &identityv1.CreateTenantRequest{Id: string(t.ID), Name: string(t.Name)})
		if err != nil && fault.From(err).Code != codes.AlreadyExists {
			return fmt.Errorf("bootstrap tenant %s: %w", t.ID, err)
		}
		for _, k := range t.RootKeys {
			err := b.applyRootKey(ctx, access, string(t.ID), k)
			var differs difference
			if errors.As(err, &differs) {
				p.log.WarnContext(ctx, "bootstrap leaves a difference alone", "tenant", t.ID, "root_key", k.Name, "difference", differs.Error())
			} else if err != nil {
				return fmt.Errorf("bootstrap root key %s of tenant %s: %w", k.Name, t.ID, err)
			}
		}
	}
	return nil
}

// difference is between what is asked for and what is there.
type difference string

func (d difference) Error() string { return string(d) }

func (b *bootstrap) applyRootKey(ctx context.Context, access identityv1.AccessServiceClient, tenant string, k bootstrapRootKey) error {
	permissions := make([]string, len(k.Permissions))
	for i, p := range k.Permissions {
		permissions[i] = string(p)
	}
	_, err := access.CreateRootKey(ctx, &identityv1.CreateRootKeyRequest{
		Tenant: tenant, Name: string(k.Name), Permissions: permissions, Secret: k.Key.text,
	})
	switch code := fault.From(err); {
	case err == nil:
		return nil
	case code.Code == codes.NotFound || code.Code == codes.FailedPrecondition:
		return difference("the tenant was deleted; its id can't be used again")
	case code.Code != codes.AlreadyExists:
		return err
	}
	digest := auth.DigestOf(k.Key.text)
	there, err := access.VerifyCredential(ctx, &identityv1.VerifyCredentialRequest{Digest: digest[:]})
	switch {
	case err != nil && fault.From(err).Code == codes.Unauthenticated:
		return difference("the key was revoked or has ended; it is not revived")
	case err != nil:
		return err
	case there.GetTenant() != tenant:
		return difference("the key belongs to another tenant")
	case !sameSet(there.GetPermissions(), permissions):
		return difference("the key has other permissions")
	}
	return nil
}

func sameSet(a, b []string) bool {
	set := map[string]bool{}
	for _, s := range a {
		set[s] = true
	}
	for _, s := range b {
		if !set[s] {
			return false
		}
		delete(set, s)
	}
	return len(set) == 0
}
