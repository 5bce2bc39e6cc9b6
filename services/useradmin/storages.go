package useradmin

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
)

const reasonStorageUnknown = "OBJECT_STORAGE_NOT_FOUND"

// storages serves ObjectStorageService.
type storages struct {
	useradminv1.UnimplementedObjectStorageServiceServer
	s *Service
}

// storageFields are what object storages can be ordered by.
var storageFields = fields[*storev1.ObjectStorage]{
	"objectStorageId": byText((*storev1.ObjectStorage).GetId),
	"createdDate": func(a, b *storev1.ObjectStorage) int {
		return cmp.Compare(a.GetCreatedAtMs(), b.GetCreatedAtMs())
	},
	"dataCenter": byText((*storev1.ObjectStorage).GetDataCenter),
	"totalPurchasedSpaceTB": func(a, b *storev1.ObjectStorage) int {
		return cmp.Compare(a.GetSizeTb(), b.GetSizeTb())
	},
	"s3Url":       byText((*storev1.ObjectStorage).GetS3Url),
	"s3TenantId":  byText((*storev1.ObjectStorage).GetS3TenantId),
	"region":      byText((*storev1.ObjectStorage).GetRegion),
	"displayName": byText((*storev1.ObjectStorage).GetDisplayName),
}

func (s storages) ListObjectStorages(ctx context.Context, r *useradminv1.ListObjectStoragesRequest) (*useradminv1.ListObjectStoragesResponse, error) {
	p, err := require(ctx, permReadStorages)
	if err != nil {
		return nil, err
	}
	var account *storev1.Account
	var rows []*storev1.ObjectStorage
	err = s.s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		rows = nil
		for m, err := range s.s.tables.storages.All(tx, scope(p.Tenant), table.Page{}) {
			if err != nil {
				return err
			}
			if fitsStorage(m, r) {
				rows = append(rows, m)
			}
		}
		account, err = s.s.tables.accountShown(tx, p.Tenant)
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(rows, storageFields["createdDate"])
	rows, page := cut(rows, r, storageFields)
	answer := &useradminv1.ListObjectStoragesResponse{Page: page}
	for _, m := range rows {
		answer.ObjectStorages = append(answer.ObjectStorages, storageView(account, m))
	}
	return answer, nil
}

func fitsStorage(m *storev1.ObjectStorage, r *useradminv1.ListObjectStoragesRequest) bool {
	return asked(r.GetDataCenterName(), m.GetDataCenter()) && asked(r.GetS3TenantId(), m.GetS3TenantId()) &&
		asked(r.GetRegion(), m.GetRegion()) && asked(r.GetDisplayName(), m.GetDisplayName())
}

// asked tells whether a filter lets a value through. An empty one is none.
func asked(filter, value string) bool { return filter == "" || filter == value }

func (s storages) GetObjectStorage(ctx context.Context, r *useradminv1.GetObjectStorageRequest) (*useradminv1.GetObjectStorageResponse, error) {
	p, err := require(ctx, permReadStorages)
	if err != nil {
		return nil, err
	}
	var account *storev1.Account
	var m *storev1.ObjectStorage
	err = s.s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		if m, err = s.s.tables.storages.Get(tx, scope(p.Tenant), r.GetObjectStorageId()); err != nil {
			return err
		}
		account, err = s.s.tables.accountShown(tx, p.Tenant)
		return err
	})
	if errors.Is(err, kv.ErrNotFound) {
		return nil, fault.NotFound(reasonStorageUnknown, "object storage not found")
	}
	if err != nil {
		return nil, err
	}
	return &useradminv1.GetObjectStorageResponse{ObjectStorage: storageView(account, m)}, nil
}

// storageView is an object storage as it is shown. All are the operator's: none is being
// made, grows or ends.
func storageView(account *storev1.Account, m *storev1.ObjectStorage) *useradminv1.ObjectStorage {
	return &useradminv1.ObjectStorage{
		TenantId: account.GetTenantId(), CustomerId: account.GetCustomerId(), ObjectStorageId: m.GetId(),
		CreatedDate: timestamppb.New(time.UnixMilli(m.GetCreatedAtMs())), AutoScaling: &useradminv1.AutoScaling{State: "disabled"},
		DataCenter: m.GetDataCenter(), TotalPurchasedSpaceTb: m.GetSizeTb(), S3Url: m.GetS3Url(), S3TenantId: m.GetS3TenantId(),
		Status: "READY", Region: m.GetRegion(), DisplayName: m.GetDisplayName(),
	}
}
