package useradmin

import (
	"cmp"
	"errors"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// defaultTenantID is tenantId on Contabo's wire where the operator names none.
const defaultTenantID = "HP"

// newAccount is what a tenant is called when nobody says otherwise, and its client. It is
// made before the transaction that may need it.
func newAccount(of tenant.ID, like *storev1.Account) *storev1.Account {
	m := &storev1.Account{
		Tenant: string(of), Name: cmp.Or(like.GetName(), string(of)),
		TenantId: cmp.Or(like.GetTenantId(), defaultTenantID), CustomerId: cmp.Or(like.GetCustomerId(), string(of)),
		Id: uuid.NewString(), ClientSecret: cmp.Or(like.GetClientSecret(), uuid.NewString()),
		RedirectUrls: like.GetRedirectUrls(), CreatedAtMs: time.Now().UnixMilli(),
	}
	m.ClientId = cmp.Or(like.GetClientId(), m.GetTenantId()+"-"+m.GetCustomerId())
	return m
}

// account returns a tenant's account; kv.ErrNotFound when nothing has made it yet.
func (t *tables) account(tx kv.Reader, of tenant.ID) (*storev1.Account, error) {
	return t.accounts.Get(tx, scope(of), accountID)
}

// accountOr returns a tenant's account, and adds fresh as such where there is none.
func (t *tables) accountOr(tx kv.Writer, of tenant.ID, fresh *storev1.Account) (*storev1.Account, error) {
	m, err := t.account(tx, of)
	if !errors.Is(err, kv.ErrNotFound) {
		return m, err
	}
	m = fresh
	// The operator may have given another tenant's client the name that this one's would have.
	_, err = t.accounts.Find(tx, table.Global, byClient, fresh.GetClientId())
	if err == nil {
		m = proto.CloneOf(fresh)
		m.ClientId += "-" + m.GetId()
	} else if !errors.Is(err, kv.ErrNotFound) {
		return nil, err
	}
	return m, t.accounts.Insert(tx, scope(of), m)
}

// readAccount is accountOr for who is shown the client's secret, which goes on record.
func (t *tables) readAccount(tx kv.Writer, of tenant.ID, fresh *storev1.Account, done audit.Entry) (*storev1.Account, error) {
	m, err := t.accountOr(tx, of, fresh)
	if err != nil {
		return nil, err
	}
	return m, t.audit.Write(tx, scope(of), done.On(m.GetClientId()))
}

// accountShown is a tenant's account for answers: of a tenant that has none yet, what it
// would be called.
func (t *tables) accountShown(tx kv.Reader, of tenant.ID) (*storev1.Account, error) {
	m, err := t.account(tx, of)
	if errors.Is(err, kv.ErrNotFound) {
		return &storev1.Account{Tenant: string(of), Name: string(of), TenantId: defaultTenantID, CustomerId: string(of)}, nil
	}
	return m, err
}

// gone takes the faults of a tenant that is deleted for done: its data goes, too.
func gone(err error) error {
	if errors.Is(err, kv.ErrDestroyed) {
		return nil
	}
	if f := fault.From(err); f != nil && (f.Code == codes.NotFound || f.Code == codes.FailedPrecondition) {
		return nil
	}
	return err
}
