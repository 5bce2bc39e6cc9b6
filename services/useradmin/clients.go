package useradmin

import (
	"context"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/kv"
)

// clients serves ClientService. The client is there from its first use on, whoever makes it.
type clients struct {
	useradminv1.UnimplementedClientServiceServer
	s *Service
}

func (c clients) GetClient(ctx context.Context, _ *useradminv1.GetClientRequest) (*useradminv1.GetClientResponse, error) {
	p, err := require(ctx, permReadClient)
	if err != nil {
		return nil, err
	}
	fresh, done := newAccount(p.Tenant, nil), audit.Event(ctx, "client.read", "")
	var m *storev1.Account
	err = c.s.deps.Store.Update(ctx, func(tx kv.Writer) (err error) {
		m, err = c.s.tables.readAccount(tx, p.Tenant, fresh, done)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &useradminv1.GetClientResponse{
		TenantId: m.GetTenantId(), CustomerId: m.GetCustomerId(), Id: m.GetId(), ClientId: m.GetClientId(), Secret: m.GetClientSecret(),
	}, nil
}

// GenerateClientSecret touches no session: they are the users', not the client's.
func (c clients) GenerateClientSecret(ctx context.Context, _ *useradminv1.GenerateClientSecretRequest) (*useradminv1.GenerateClientSecretResponse, error) {
	p, err := require(ctx, permUpdateClient)
	if err != nil {
		return nil, err
	}
	fresh, secret := newAccount(p.Tenant, nil), uuid.NewString()
	done := audit.Event(ctx, "client.rotate", "")
	var m *storev1.Account
	err = c.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		old, err := c.s.tables.accountOr(tx, p.Tenant, fresh)
		if err != nil {
			return err
		}
		m = proto.CloneOf(old)
		m.ClientSecret = secret
		if err := c.s.tables.accounts.Replace(tx, scope(p.Tenant), old, m); err != nil {
			return err
		}
		return c.s.tables.audit.Write(tx, scope(p.Tenant), done.On(m.GetClientId()))
	})
	if err != nil {
		return nil, err
	}
	return &useradminv1.GenerateClientSecretResponse{TenantId: m.GetTenantId(), CustomerId: m.GetCustomerId(), Secret: secret}, nil
}
