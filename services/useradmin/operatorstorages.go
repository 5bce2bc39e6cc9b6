package useradmin

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/url"
	"time"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/tenant"
)

const (
	reasonStorageTaken = "OBJECT_STORAGE_EXISTS"

	driverVersityGW = "versitygw"
)

func (o operator) AddObjectStorage(ctx context.Context, r *useradminv1.AddObjectStorageRequest) (*useradminv1.AddObjectStorageResponse, error) {
	if err := auth.RequireOperator(ctx); err != nil {
		return nil, err
	}
	if err := checkStorage(r); err != nil {
		return nil, err
	}
	of := tenant.ID(r.GetTenant())
	m := newStorage(r)
	run, err := newRun(of, m.GetId(), "")
	if err != nil {
		return nil, err
	}
	done := audit.Event(ctx, "storage.create", m.GetId()).With("driver", m.GetDriver())
	err = o.s.changeTenant(ctx, r.GetTenant(), func(tx kv.Writer) error {
		_, err := o.s.tables.storages.Get(tx, scope(of), m.GetId())
		if err == nil {
			return fault.AlreadyExists(reasonStorageTaken, "there is an object storage %s already", m.GetId())
		}
		if !errors.Is(err, kv.ErrNotFound) {
			return err
		}
		if err := o.s.tables.storages.Insert(tx, scope(of), m); err != nil {
			return err
		}
		if err := o.s.tables.outbox.Queue(tx, run); err != nil {
			return err
		}
		return o.s.tables.audit.Write(tx, scope(of), done)
	})
	if err != nil {
		return nil, err
	}
	o.s.tables.outbox.Ring()
	return &useradminv1.AddObjectStorageResponse{Id: m.GetId()}, nil
}

func newStorage(r *useradminv1.AddObjectStorageRequest) *storev1.ObjectStorage {
	fresh := make([]byte, 16)
	rand.Read(fresh) // never fails: it ends the program instead
	return &storev1.ObjectStorage{
		Id: cmp.Or(r.GetId(), id.UUID()), Tenant: r.GetTenant(), Region: r.GetRegion(),
		DisplayName: cmp.Or(r.GetDisplayName(), r.GetRegion()), DataCenter: cmp.Or(r.GetDataCenter(), r.GetRegion()),
		S3Url: r.GetS3Url(), S3TenantId: cmp.Or(r.GetS3TenantId(), hex.EncodeToString(fresh)), SizeTb: r.GetSizeTb(), Driver: r.GetDriver(),
		AdminUrl: r.GetAdminUrl(), AdminAccessKey: r.GetAdminAccessKey(), AdminSecretKey: r.GetAdminSecretKey(),
		CreatedAtMs: time.Now().UnixMilli(),
	}
}

// checkStorage wants what the driver needs, and nothing that it would not use.
func checkStorage(r *useradminv1.AddObjectStorageRequest) error {
	managed := r.GetDriver() == driverVersityGW
	for _, f := range []struct {
		name, value string
		isURL       bool
		wanted      bool
	}{
		{"s3_url", r.GetS3Url(), true, true},
		{"admin_url", r.GetAdminUrl(), true, managed},
		{"admin_access_key", r.GetAdminAccessKey(), false, managed},
		{"admin_secret_key", r.GetAdminSecretKey(), false, managed},
	} {
		switch {
		case f.wanted && f.value == "":
			return fault.Invalid(fault.Violation{Field: f.name, Rule: "required", Message: "is needed by the driver " + r.GetDriver()})
		case !f.wanted && f.value != "":
			return fault.Invalid(fault.Violation{Field: f.name, Rule: "absent", Message: "is of no use to the driver " + r.GetDriver()})
		case f.isURL && f.value != "" && !isWebAddress(f.value):
			return fault.Invalid(fault.Violation{Field: f.name, Rule: "string.uri", Message: "must be an http or https address"})
		}
	}
	return nil
}

func isWebAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && u.User == nil && (u.Scheme == "https" || u.Scheme == "http")
}
