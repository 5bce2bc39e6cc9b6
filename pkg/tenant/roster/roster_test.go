package roster_test

import (
	"context"
	"errors"
	"testing"

	"google.golang.org/grpc/codes"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/memkv"
	"github.com/holdplane/holdplane/pkg/rpc"
	"github.com/holdplane/holdplane/pkg/tenant/roster"
)

// identity knows acme and deletes fading.
type identity struct {
	identityv1.UnimplementedTenantServiceServer
}

func (identity) GetTenant(_ context.Context, r *identityv1.GetTenantRequest) (*identityv1.GetTenantResponse, error) {
	switch r.GetId() {
	case "acme", "fading":
		return &identityv1.GetTenantResponse{Tenant: &identityv1.Tenant{Id: r.GetId(), Deleting: r.GetId() == "fading"}}, nil
	case "busy":
		return nil, fault.Unavailable("identity is away")
	}
	return nil, fault.NotFound("TENANT_NOT_FOUND", "tenant %s does not exist", r.GetId())
}

func TestRoster(t *testing.T) {
	local := rpc.NewLocal()
	identityv1.RegisterTenantServiceServer(local, identity{})
	store := memkv.New()
	t.Cleanup(func() { store.Close() })
	all := roster.Roster{Tenants: identityv1.NewTenantServiceClient(local), Store: store}
	broken := errors.New("broken")
	tests := []struct {
		name, tenant string
		change       error
		want         codes.Code // of Change
		runs         bool
	}{
		{"a tenant", "acme", nil, codes.OK, true},
		{"one that is being deleted", "fading", nil, codes.NotFound, false},
		{"one that never was", "nobody", nil, codes.NotFound, false},
		{"an identity that is away", "busy", nil, codes.Unavailable, false},
		{"one whose keys went meanwhile", "acme", kv.ErrDestroyed, codes.NotFound, true},
		{"a change that fails", "acme", broken, codes.Internal, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ran := false
			err := all.Change(t.Context(), tt.tenant, func(kv.Writer) error { ran = true; return tt.change })
			if got := code(err); got != tt.want || ran != tt.runs {
				t.Errorf("got %v (%v), want %v; it ran: %v, want %v", got, err, tt.want, ran, tt.runs)
			}
			if tt.want == codes.NotFound && fault.From(err).Reason != "TENANT_NOT_FOUND" {
				t.Errorf("the reason is %s", fault.From(err).Reason)
			}
			if got := all.Require(t.Context(), tt.tenant); (got == nil) != tt.runs {
				t.Errorf("required: %v", got)
			}
		})
	}
}

func code(err error) codes.Code {
	if err == nil {
		return codes.OK
	}
	return fault.From(err).Code
}
