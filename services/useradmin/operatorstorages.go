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

	// defaultAdminRegion is VersityGW's own default.
	defaultAdminRegion = "us-east-1"
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
	err = o.s.tenants.Change(ctx, r.GetTenant(), func(tx kv.Writer) error {
		there, err := o.s.tables.storages.Get(tx, scope(of), m.GetId())
		if err == nil {
			return compareStorage(r, there)
		}
		if !errors.Is(err, kv.ErrNotFound) {
			return err
		}
		return o.s.tables.addStorage(tx, m, run, done)
	})
	if err != nil {
		return nil, err
	}
	o.s.tables.principals.Ring()
	return &useradminv1.AddObjectStorageResponse{Id: m.GetId()}, nil
}

func compareStorage(r *useradminv1.AddObjectStorageRequest, there *storev1.ObjectStorage) error {
	var d differences
	d.text("region", r.GetRegion(), there.GetRegion())
	d.text("display_name", r.GetDisplayName(), there.GetDisplayName())
	d.text("s3_url", r.GetS3Url(), there.GetS3Url())
	d.text("s3_tenant_id", r.GetS3TenantId(), there.GetS3TenantId())
	d.text("data_center", r.GetDataCenter(), there.GetDataCenter())
	d.add("size_tb", r.GetSizeTb() != 0 && r.GetSizeTb() != there.GetSizeTb())
	d.text("driver", r.GetDriver(), there.GetDriver())
	d.text("admin_url", r.GetAdminUrl(), there.GetAdminUrl())
	d.text("admin_access_key", r.GetAdminAccessKey(), there.GetAdminAccessKey())
	d.text("admin_secret_key", r.GetAdminSecretKey(), there.GetAdminSecretKey())
	return d.exists(fault.AlreadyExists(reasonStorageTaken, "there is an object storage %s already", there.GetId()))
}

func newStorage(r *useradminv1.AddObjectStorageRequest) *storev1.ObjectStorage {
	fresh := make([]byte, 16)
	rand.Read(fresh) // never fails: it ends the program instead
	m := &storev1.ObjectStorage{
		Id: cmp.Or(r.GetId(), id.UUID()), Tenant: r.GetTenant(), Region: r.GetRegion(),
		DisplayName: cmp.Or(r.GetDisplayName(), r.GetRegion()), DataCenter: cmp.Or(r.GetDataCenter(), r.GetRegion()),
		S3Url: r.GetS3Url(), S3TenantId: cmp.Or(r.GetS3TenantId(), hex.EncodeToString(fresh)), SizeTb: r.GetSizeTb(), Driver: r.GetDriver(),
		AdminUrl: r.GetAdminUrl(), AdminAccessKey: r.GetAdminAccessKey(), AdminSecretKey: r.GetAdminSecretKey(),
		CreatedAtMs: time.Now().UnixMilli(),
	}
	if m.GetDriver() == driverVersityGW {
		m.AdminRegion = cmp.Or(r.GetAdminRegion(), defaultAdminRegion)
	}
	return m
}

// checkStorage wants what the driver needs, and nothing that it would not use.
func checkStorage(r *useradminv1.AddObjectStorageRequest) error {
	managed := r.GetDriver() == driverVersityGW
	for _, f := range []struct {
		name, value string
		wanted      bool
		words       string // what it must be; for addresses
		fits        func(*url.URL) bool
	}{
		{"s3_url", r.GetS3Url(), true, "must be an http or https address", isWebAddress},
		{"admin_url", r.GetAdminUrl(), managed, "must be http or https with a host and nothing else", isOrigin},
		{"admin_access_key", r.GetAdminAccessKey(), managed, "", nil},
		{"admin_secret_key", r.GetAdminSecretKey(), managed, "", nil},
	} {
		switch {
		case f.wanted && f.value == "":
			return fault.Invalid(fault.Violation{Field: f.name, Rule: "required", Message: "is needed by the driver " + r.GetDriver()})
		case !f.wanted && f.value != "":
			return fault.Invalid(fault.Violation{Field: f.name, Rule: "absent", Message: "is of no use to the driver " + r.GetDriver()})
		case f.fits == nil || f.value == "":
			continue
		}
		if u, err := url.Parse(f.value); err != nil || !f.fits(u) {
			return fault.Invalid(fault.Violation{Field: f.name, Rule: "string.uri", Message: f.words})
		}
	}
	return nil
}

func isWebAddress(u *url.URL) bool {
	return u.Hostname() != "" && u.User == nil && (u.Scheme == "https" || u.Scheme == "http")
}

// isOrigin is what drivers want: a path would be signed, and cut off on the way to some
// servers.
func isOrigin(u *url.URL) bool {
	return isWebAddress(u) && (u.Path == "" || u.Path == "/") && u.RawQuery == "" && u.Fragment == ""
}
