package operations_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/testing/protocmp"

	operationsv1 "github.com/holdplane/holdplane/gen/holdplane/operations/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// verified is what calls for pages of a size find, and how many calls there are.
func verified(t *testing.T, client operationsv1.VerifyServiceClient, size int32) (found []*operationsv1.Finding, checked, calls int) {
	t.Helper()
	for token := ""; calls == 0 || token != ""; calls++ {
		r, err := client.VerifyStore(t.Context(), &operationsv1.VerifyStoreRequest{Service: "one", PageSize: size, PageToken: token})
		if err != nil {
			t.Fatal(err)
		}
		found, checked, token = append(found, r.GetFindings()...), checked+int(r.GetChecked()), r.GetNextPageToken()
	}
	return found, checked, calls
}

// plant writes below the tables.
func (s *service) plant(t *testing.T, parts ...any) {
	t.Helper()
	if err := s.KV.Update(t.Context(), func(tx kv.Writer) error { return tx.Put(key.New(parts...), nil) }); err != nil {
		t.Fatal(err)
	}
}

func TestVerifyStore(t *testing.T) {
	s, other := newService(t, "one"), newService(t, "two")
	s.fill(t, "a", 20)
	s.fill(t, "b", 3)
	other.plant(t, "t", "a", "note", "x")
	client := operationsv1.NewVerifyServiceClient(connect(auth.AsOperator, s, other))
	if found, checked, _ := verified(t, client, 0); len(found) > 0 || checked != s.left(t, nil) {
		t.Errorf("found %v in %d keys of %d", found, checked, s.left(t, nil))
	}
	s.plant(t, "g", "subject/global", "a-0")
	s.plant(t, "t", "b", "note", "x")
	want := []*operationsv1.Finding{
		{Service: "one", Problem: "wrong entry", Table: "subject", Id: "a-0", Detail: "index global to no row of the table"},
		{Service: "one", Problem: "unknown key", Table: "note", Tenant: "b", Id: "x", Detail: "no such table"},
	}
	for _, size := range []int32{1, 7, 0} {
		found, checked, calls := verified(t, client, size)
		if !cmp.Equal(found, want, protocmp.Transform()) {
			t.Errorf("by %d: %s", size, cmp.Diff(want, found, protocmp.Transform()))
		}
		if checked != s.left(t, nil) || size == 1 && calls <= checked-1 || size == 0 && calls != 1 {
			t.Errorf("by %d: %d keys in %d calls", size, checked, calls)
		}
	}
}

// Much that is found comes in several answers, and what comes next may be too long for a
// token.
func TestVerifyStoreBoundsItsAnswers(t *testing.T) {
	s := newService(t, "one")
	err := s.KV.Update(t.Context(), func(tx kv.Writer) error {
		for i := range 2500 {
			if err := tx.Put(key.New("g", "note", fmt.Sprintf("%04d", i)), nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		s.plant(t, "g", "note", fmt.Sprint(i)+strings.Repeat("x", 1000))
	}
	client := operationsv1.NewVerifyServiceClient(connect(auth.AsOperator, s))
	found, checked, calls := verified(t, client, 0)
	if len(found) != 2504 || checked != 2504 || calls != 3 {
		t.Errorf("%d findings in %d keys by %d calls, want 2504 by 3", len(found), checked, calls)
	}
	if found, checked, _ := verified(t, client, 1); len(found) != 2504 || checked != 2504 {
		t.Errorf("key by key: %d findings in %d keys", len(found), checked)
	}
}

func TestVerifyStoreRefuses(t *testing.T) {
	s, other := newService(t, "one"), newService(t, "two")
	s.fill(t, "a", 2)
	client := operationsv1.NewVerifyServiceClient(connect(auth.AsOperator, s, other))
	r, err := client.VerifyStore(t.Context(), &operationsv1.VerifyStoreRequest{Service: "one", PageSize: 1})
	if err != nil || r.GetNextPageToken() == "" {
		t.Fatalf("got %v, %v; want a page with a next one", r, err)
	}
	for name, c := range map[string]struct {
		request *operationsv1.VerifyStoreRequest
		want    codes.Code
	}{
		"a service elsewhere":     {&operationsv1.VerifyStoreRequest{Service: "three"}, codes.NotFound},
		"another service's token": {&operationsv1.VerifyStoreRequest{Service: "two", PageToken: r.GetNextPageToken()}, codes.InvalidArgument},
		"a token of nothing":      {&operationsv1.VerifyStoreRequest{Service: "one", PageToken: "x"}, codes.InvalidArgument},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := client.VerifyStore(t.Context(), c.request)
			expectCode(t, err, c.want)
		})
	}
	asTenant := func(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		return handler(auth.With(ctx, auth.Principal{Kind: auth.KindRootKey, Tenant: "a"}.Grant("*")), req)
	}
	_, err = operationsv1.NewVerifyServiceClient(connect(asTenant, s)).VerifyStore(t.Context(), &operationsv1.VerifyStoreRequest{Service: "one"})
	expectCode(t, err, codes.PermissionDenied)
}

// Rows come and go while the walk goes on, and none of them is a finding.
func TestVerifyStoreUnderWriters(t *testing.T) {
	s := newService(t, "one")
	s.fill(t, "a", 100)
	client := operationsv1.NewVerifyServiceClient(connect(auth.AsOperator, s))
	stop, done := make(chan struct{}), make(chan error, 1)
	go func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				done <- nil
				return
			default:
			}
			if err := s.churn("a", fmt.Sprint("churn-", i)); err != nil {
				done <- err
				return
			}
		}
	}()
	for range 5 {
		if found, _, _ := verified(t, client, 10); len(found) > 0 {
			t.Errorf("found %v", found)
			break
		}
	}
	close(stop)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// churn adds a subject, and removes it.
func (s *service) churn(of tenant.ID, id string) error {
	if err := s.add(of, id); err != nil {
		return err
	}
	return s.KV.Update(context.Background(), func(tx kv.Writer) error {
		return s.subjects.Delete(tx, table.Of(of), &storev1.Subject{Id: id})
	})
}
