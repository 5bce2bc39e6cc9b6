package operations_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	operationsv1 "github.com/holdplane/holdplane/gen/holdplane/operations/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv/key"
	"github.com/holdplane/holdplane/pkg/kv/sealedkv"
	"github.com/holdplane/holdplane/pkg/tenant"
)

func TestOnlyTheOperatorComesIn(t *testing.T) {
	s := newService(t, "one")
	s.fill(t, "a", 1)
	asTenant := func(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		return handler(auth.With(ctx, auth.Principal{Kind: auth.KindRootKey, Tenant: "a"}.Grant("*")), req)
	}
	conn := connect(asTenant, s)
	_, err := operationsv1.NewAuditServiceClient(conn).ListAuditRecords(t.Context(), &operationsv1.ListAuditRecordsRequest{Service: "one", Tenant: "a"})
	expectCode(t, err, codes.PermissionDenied)
	_, err = operationsv1.NewTenantDataServiceClient(conn).DeleteTenantData(t.Context(), &operationsv1.DeleteTenantDataRequest{Service: "one", Tenant: "a"})
	expectCode(t, err, codes.PermissionDenied)
	if s.left(t, key.New("t", "a")) == 0 {
		t.Error("data is gone all the same")
	}
}

func TestUnknownServiceNamesTheKnown(t *testing.T) {
	conn := connect(auth.AsOperator, newService(t, "two"), newService(t, "one"))
	_, err := operationsv1.NewAuditServiceClient(conn).ListAuditRecords(t.Context(), &operationsv1.ListAuditRecordsRequest{Service: "three"})
	expectCode(t, err, codes.NotFound)
	if !strings.Contains(fault.From(err).Message, "one, two") {
		t.Errorf("got %v, want the services named", err)
	}
	_, err = operationsv1.NewTenantDataServiceClient(conn).DeleteTenantData(t.Context(), &operationsv1.DeleteTenantDataRequest{Service: "three", Tenant: "a"})
	expectCode(t, err, codes.NotFound)
}

func TestListAuditRecords(t *testing.T) {
	s, other := newService(t, "one"), newService(t, "two")
	s.fill(t, "a", 5)
	s.fill(t, "b", 1)
	other.fill(t, "a", 1)
	client := operationsv1.NewAuditServiceClient(connect(auth.AsOperator, s, other))
	seen := map[string]bool{}
	request := &operationsv1.ListAuditRecordsRequest{Service: "one", Tenant: "a", PageSize: 2}
	pages := 0
	for {
		r, err := client.ListAuditRecords(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		pages++
		for _, record := range r.GetRecords() {
			seen[record.GetObject()] = true
			if record.GetEvent() != "subject.add" || record.GetActor() != "operator" || record.GetTime().AsTime().IsZero() {
				t.Errorf("got %v", record)
			}
		}
		if request.PageToken = r.GetNextPageToken(); request.PageToken == "" {
			break
		}
	}
	if pages != 3 || len(seen) != 5 || !seen["a-0"] || !seen["a-4"] {
		t.Errorf("got %v on %d pages, want a-0 to a-4 on 3", seen, pages)
	}
}

func TestPageTokensWorkForTheirListOnly(t *testing.T) {
	s := newService(t, "one")
	s.fill(t, "a", 2)
	s.fill(t, "b", 2)
	client := operationsv1.NewAuditServiceClient(connect(auth.AsOperator, s))
	r, err := client.ListAuditRecords(t.Context(), &operationsv1.ListAuditRecordsRequest{Service: "one", Tenant: "a", PageSize: 1})
	if err != nil || r.GetNextPageToken() == "" {
		t.Fatalf("got %v, %v; want a page with a next one", r, err)
	}
	for _, request := range []*operationsv1.ListAuditRecordsRequest{
		{Service: "one", Tenant: "b", PageToken: r.GetNextPageToken()},
		{Service: "one", PageToken: r.GetNextPageToken()},
		{Service: "one", Tenant: "a", PageToken: r.GetNextPageToken() + "A"},
		{Service: "one", Tenant: "a", PageToken: "x"},
	} {
		_, err := client.ListAuditRecords(t.Context(), request)
		expectCode(t, err, codes.InvalidArgument)
	}
}

func TestDeleteTenantData(t *testing.T) {
	s := newService(t, "one")
	s.fill(t, "a", 300)
	s.fill(t, "b", 3)
	s.fill(t, tenant.None, 2)
	client := operationsv1.NewTenantDataServiceClient(connect(auth.AsOperator, s))
	for range 2 { // repeating it is not an error
		if _, err := client.DeleteTenantData(t.Context(), &operationsv1.DeleteTenantDataRequest{Service: "one", Tenant: "a"}); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.left(t, key.New("t", "a")); n != 0 {
		t.Errorf("%d entries of the tenant are left", n)
	}
	// Three subjects, their records, and the count.
	if n := s.left(t, key.New("t", "b")); n != 7 {
		t.Errorf("the other tenant has %d entries, want 7", n)
	}
	if err := s.add("a", "late"); !errors.Is(err, sealedkv.ErrDestroyed) {
		t.Errorf("a late row: got %v, want ErrDestroyed", err)
	}
	// The deleted tenant's values of global indexes are free again.
	if err := s.add("b", "a-0"); err != nil {
		t.Error(err)
	}
}

// What a service has elsewhere it can only find while the rows are there.
func TestDeleteTenantDataLeavesFirst(t *testing.T) {
	s := newService(t, "one")
	s.fill(t, "a", 3)
	rows, away := s.left(t, key.New("t", "a")), errors.New("away")
	var met []string
	s.Leave = func(_ context.Context, of tenant.ID) error {
		met = append(met, fmt.Sprint(of, " ", s.left(t, key.New("t", "a")) == rows))
		return away
	}
	client := operationsv1.NewTenantDataServiceClient(connect(auth.AsOperator, s))
	for _, want := range []error{away, nil} {
		away = want
		_, err := client.DeleteTenantData(t.Context(), &operationsv1.DeleteTenantDataRequest{Service: "one", Tenant: "a"})
		if (err == nil) != (want == nil) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	if n := s.left(t, key.New("t", "a")); n != 0 || fmt.Sprint(met) != "[a true a true]" {
		t.Errorf("%d entries are left, and Leave met %v", n, met)
	}
}

// The scope of no tenant is the installation's own: emptying it would delete everything
// that is found without a tenant.
func TestDeleteTenantDataRefusesNoTenant(t *testing.T) {
	s := newService(t, "one")
	s.fill(t, tenant.None, 2)
	before := s.left(t, nil)
	client := operationsv1.NewTenantDataServiceClient(connect(auth.AsOperator, s))
	_, err := client.DeleteTenantData(t.Context(), &operationsv1.DeleteTenantDataRequest{Service: "one"})
	expectCode(t, err, codes.InvalidArgument)
	if after := s.left(t, nil); after != before {
		t.Errorf("%d entries of %d are left", after, before)
	}
}

func TestRowsThatRaceTheDeletionAreNotLeft(t *testing.T) {
	s := newService(t, "one")
	s.fill(t, "a", 50)
	client := operationsv1.NewTenantDataServiceClient(connect(auth.AsOperator, s))
	var refused atomic.Int32
	done := make(chan struct{})
	for w := range 4 {
		go func() {
			defer func() { done <- struct{}{} }()
			for i := 0; ; i++ {
				if err := s.add("a", fmt.Sprintf("w%d-%d", w, i)); err != nil {
					if errors.Is(err, sealedkv.ErrDestroyed) {
						refused.Add(1)
					}
					return
				}
			}
		}()
	}
	_, err := client.DeleteTenantData(t.Context(), &operationsv1.DeleteTenantDataRequest{Service: "one", Tenant: "a"})
	for range 4 {
		<-done
	}
	if err != nil || refused.Load() != 4 {
		t.Fatalf("got %v, and %d writers of 4 were refused", err, refused.Load())
	}
	if n := s.left(t, key.New("t", "a")); n != 0 {
		t.Errorf("%d entries are left", n)
	}
	if n := s.left(t, key.New("g")); n != 0 {
		t.Errorf("%d global entries are left", n)
	}
}
