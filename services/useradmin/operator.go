package useradmin

import (
	"context"
	"errors"
	"fmt"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

const reasonAccountTaken = "ACCOUNT_EXISTS"

// operator serves OperatorService.
type operator struct {
	useradminv1.UnimplementedOperatorServiceServer
	s *Service
}

func (o operator) CreateAccount(ctx context.Context, r *useradminv1.CreateAccountRequest) (*useradminv1.CreateAccountResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	for i, text := range r.GetRedirectUrls() {
		if err := checkRedirect(fmt.Sprintf("redirect_urls[%d]", i), text); err != nil {
			return nil, err
		}
	}
	of := tenant.ID(r.GetTenant())
	m := newAccount(of, &storev1.Account{
		Name: r.GetName(), TenantId: r.GetTenantId(), CustomerId: r.GetCustomerId(),
		ClientId: r.GetClientId(), ClientSecret: r.GetClientSecret(), RedirectUrls: r.GetRedirectUrls(),
	})
	done := audit.Event(ctx, "account.create", m.GetClientId())
	err := o.s.tenants.Change(ctx, r.GetTenant(), func(tx kv.Writer) error {
		there, err := o.s.tables.account(tx, of)
		if err == nil {
			return compareAccount(r, there)
		}
		if !errors.Is(err, kv.ErrNotFound) {
			return err
		}
		if err := o.s.tables.accounts.Insert(tx, scope(of), m); err != nil {
			return err
		}
		return o.s.tables.audit.Write(tx, scope(of), done)
	})
	if errors.Is(err, table.ErrExists) {
		err = fault.AlreadyExists(reasonAccountTaken, "client %s is another tenant's", m.GetClientId())
	}
	if err != nil {
		return nil, err
	}
	return &useradminv1.CreateAccountResponse{Account: accountView(m), ClientSecret: m.GetClientSecret()}, nil
}

func compareAccount(r *useradminv1.CreateAccountRequest, there *storev1.Account) error {
	var d differences
	d.text("name", r.GetName(), there.GetName())
	d.text("tenant_id", r.GetTenantId(), there.GetTenantId())
	d.text("customer_id", r.GetCustomerId(), there.GetCustomerId())
	d.text("client_id", r.GetClientId(), there.GetClientId())
	d.text("client_secret", r.GetClientSecret(), there.GetClientSecret())
	d.add("redirect_urls", len(r.GetRedirectUrls()) > 0 && !sameSet(r.GetRedirectUrls(), there.GetRedirectUrls()))
	return d.exists(fault.AlreadyExists(reasonAccountTaken, "tenant %s has an account already", there.GetTenant()))
}

func (o operator) GetAccount(ctx context.Context, r *useradminv1.GetAccountRequest) (*useradminv1.GetAccountResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	of := tenant.ID(r.GetTenant())
	fresh, done := newAccount(of, nil), audit.Event(ctx, "account.read", "")
	var m *storev1.Account
	err := o.s.tenants.Change(ctx, r.GetTenant(), func(tx kv.Writer) (err error) {
		m, err = o.s.tables.readAccount(tx, of, fresh, done)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &useradminv1.GetAccountResponse{Account: accountView(m), ClientSecret: m.GetClientSecret()}, nil
}

func accountView(m *storev1.Account) *useradminv1.Account {
	return &useradminv1.Account{
		Tenant: m.GetTenant(), Name: m.GetName(), TenantId: m.GetTenantId(), CustomerId: m.GetCustomerId(),
		ClientId: m.GetClientId(), RedirectUrls: m.GetRedirectUrls(),
	}
}
