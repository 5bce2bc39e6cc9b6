package useradmin_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/testing/protocmp"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

func (w *world) storage(r *useradminv1.AddObjectStorageRequest) string {
	w.t.Helper()
	answer, err := w.operator.AddObjectStorage(w.t.Context(), r)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer.GetId()
}

func TestAddObjectStorage(t *testing.T) {
	w := newWorld(t)
	const s3, admin = "https://s3.example.com", "https://admin.example.com"
	for _, c := range []struct {
		name string
		give *useradminv1.AddObjectStorageRequest
		want codes.Code
	}{
		{"keys only", &useradminv1.AddObjectStorageRequest{Id: "eu", S3Url: s3, Driver: "record"}, codes.OK},
		{"the same id", &useradminv1.AddObjectStorageRequest{Id: "eu", S3Url: s3, Driver: "record"}, codes.AlreadyExists},
		{"a server with its keys", &useradminv1.AddObjectStorageRequest{S3Url: s3, Driver: "versitygw", AdminUrl: admin, AdminAccessKey: "a", AdminSecretKey: "s"}, codes.OK},
		{"a server without its address", &useradminv1.AddObjectStorageRequest{S3Url: s3, Driver: "versitygw", AdminAccessKey: "a", AdminSecretKey: "s"}, codes.InvalidArgument},
		{"a server without its secret", &useradminv1.AddObjectStorageRequest{S3Url: s3, Driver: "versitygw", AdminUrl: admin, AdminAccessKey: "a"}, codes.InvalidArgument},
		{"keys only, with a secret", &useradminv1.AddObjectStorageRequest{S3Url: s3, Driver: "record", AdminSecretKey: "s"}, codes.InvalidArgument},
		{"a server at a path", &useradminv1.AddObjectStorageRequest{S3Url: s3, Driver: "versitygw", AdminUrl: admin + "/admin", AdminAccessKey: "a", AdminSecretKey: "s"}, codes.InvalidArgument},
		{"another driver", &useradminv1.AddObjectStorageRequest{S3Url: s3, Driver: "ceph"}, codes.InvalidArgument},
		{"no driver", &useradminv1.AddObjectStorageRequest{S3Url: s3}, codes.InvalidArgument},
		{"an address of files", &useradminv1.AddObjectStorageRequest{S3Url: "file:///etc/passwd", Driver: "record"}, codes.InvalidArgument},
		{"an address with a password", &useradminv1.AddObjectStorageRequest{S3Url: "https://a:b@s3.example.com", Driver: "record"}, codes.InvalidArgument},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.give.Tenant, c.give.Region = acme, "European Union"
			_, err := w.operator.AddObjectStorage(t.Context(), c.give)
			expect(t, err, c.want)
		})
	}
}

// Who was there before an object storage gets a credential for it, too.
func TestAddObjectStorageProvides(t *testing.T) {
	w := newWorld(t)
	w.add(&useradminv1.AddUserRequest{Id: "ann", Owner: true})
	storage := w.storage(&useradminv1.AddObjectStorageRequest{Tenant: acme, Region: "EU", S3Url: "https://s3.example.com", Driver: "record"})
	w.add(&useradminv1.AddUserRequest{Id: "bob"})
	for _, user := range []string{"ann", "bob"} {
		eventually(t, func() bool {
			r, err := useradminv1.NewCredentialServiceClient(w.public).ListCredentials(w.contabo(acme, "ann"), &useradminv1.ListCredentialsRequest{UserId: user})
			if err != nil {
				t.Fatal(err)
			}
			return len(r.GetCredentials()) == 1 && r.GetCredentials()[0].GetObjectStorageId() == storage
		})
	}
}

func TestGetObjectStorage(t *testing.T) {
	w := newWorld(t)
	w.add(&useradminv1.AddUserRequest{Id: "ann", Roles: []int64{3}})
	w.add(&useradminv1.AddUserRequest{Id: "bob"})
	id := w.storage(&useradminv1.AddObjectStorageRequest{Tenant: acme, Region: "European Union", S3Url: "https://s3.example.com", Driver: "record", SizeTb: 1.5})
	theirs := w.storage(&useradminv1.AddObjectStorageRequest{Tenant: rival, Region: "European Union", S3Url: "https://s3.example.com", Driver: "record"})
	client := useradminv1.NewObjectStorageServiceClient(w.public)
	got, err := client.GetObjectStorage(w.contabo(acme, "ann"), &useradminv1.GetObjectStorageRequest{ObjectStorageId: id})
	if err != nil {
		t.Fatal(err)
	}
	want := &useradminv1.ObjectStorage{
		TenantId: "HP", CustomerId: acme, ObjectStorageId: id, AutoScaling: &useradminv1.AutoScaling{State: "disabled"},
		DataCenter: "European Union", TotalPurchasedSpaceTb: 1.5, S3Url: "https://s3.example.com",
		Status: "READY", Region: "European Union", DisplayName: "European Union",
	}
	if diff := cmp.Diff(want, got.GetObjectStorage(), protocmp.Transform(), protocmp.IgnoreFields(want, "created_date", "s3_tenant_id")); diff != "" {
		t.Error(diff)
	}
	if m := got.GetObjectStorage(); len(m.GetS3TenantId()) != 32 || time.Since(m.GetCreatedDate().AsTime()) > time.Minute {
		t.Errorf("got %v", m)
	}
	for _, c := range []struct {
		name, id string
		caller   context.Context
		want     codes.Code
	}{
		{"another tenant's", theirs, w.contabo(acme, "ann"), codes.NotFound},
		{"unknown", "nothing", w.contabo(acme, "ann"), codes.NotFound},
		{"none", "", w.contabo(acme, "ann"), codes.NotFound},
		{"without permission", id, w.contabo(acme, "bob"), codes.PermissionDenied},
		{"by a root key", id, w.rootKey(acme, "object-storages.read"), codes.OK},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := client.GetObjectStorage(c.caller, &useradminv1.GetObjectStorageRequest{ObjectStorageId: c.id})
			expect(t, err, c.want)
		})
	}
}

func TestListObjectStorages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.add(&useradminv1.AddUserRequest{Id: "ann", Owner: true})
		for _, m := range []*useradminv1.AddObjectStorageRequest{
			{Id: "z", Region: "European Union", DisplayName: "beta", DataCenter: "Hub 1", SizeTb: 2, S3Url: "https://eu.example.com"},
			{Id: "y", Region: "Asia (Singapore)", DisplayName: "Alpha", DataCenter: "Hub 2", SizeTb: 3, S3Url: "https://sg.example.com"},
			{Id: "x", Region: "European Union", DisplayName: "gamma", DataCenter: "Hub 2", SizeTb: 1, S3Url: "https://eu2.example.com"},
		} {
			m.Tenant, m.Driver = acme, "record"
			w.storage(m)
			time.Sleep(time.Millisecond) // they are made one after the other
		}
		w.storage(&useradminv1.AddObjectStorageRequest{Tenant: rival, Id: "a", Region: "European Union", S3Url: "https://x.example.com", Driver: "record"})
		two := int64(2)
		for _, c := range []struct {
			name  string
			give  *useradminv1.ListObjectStoragesRequest
			want  []string
			total int32
		}{
			{"all, oldest first", &useradminv1.ListObjectStoragesRequest{}, []string{"z", "y", "x"}, 3},
			{"of a region", &useradminv1.ListObjectStoragesRequest{Region: "European Union"}, []string{"z", "x"}, 2},
			{"of a region and a place", &useradminv1.ListObjectStoragesRequest{Region: "European Union", DataCenterName: "Hub 2"}, []string{"x"}, 1},
			{"of a name", &useradminv1.ListObjectStoragesRequest{DisplayName: "Alpha"}, []string{"y"}, 1},
			{"of no tenant in the storage", &useradminv1.ListObjectStoragesRequest{S3TenantId: "none"}, nil, 0},
			{"by name", &useradminv1.ListObjectStoragesRequest{OrderBy: []string{"displayName:asc"}}, []string{"y", "z", "x"}, 3},
			{"by size, largest first", &useradminv1.ListObjectStoragesRequest{OrderBy: []string{"totalPurchasedSpaceTB:DESC"}}, []string{"y", "z", "x"}, 3},
			{"by region, then by age", &useradminv1.ListObjectStoragesRequest{OrderBy: []string{"region:desc", "createdDate:desc"}}, []string{"x", "z", "y"}, 3},
			{"by what they lack", &useradminv1.ListObjectStoragesRequest{OrderBy: []string{"timestamp:desc"}}, []string{"z", "y", "x"}, 3},
			{"second page", &useradminv1.ListObjectStoragesRequest{Page: &two, Size: &two}, []string{"x"}, 3},
		} {
			r, err := useradminv1.NewObjectStorageServiceClient(w.public).ListObjectStorages(w.contabo(acme, "ann"), c.give)
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			var got []string
			for _, m := range r.GetObjectStorages() {
				got = append(got, m.GetObjectStorageId())
			}
			if !slices.Equal(got, c.want) || r.GetPage().GetTotalElements() != c.total {
				t.Errorf("%s: got %q of %d, want %q of %d", c.name, got, r.GetPage().GetTotalElements(), c.want, c.total)
			}
		}
	})
}
