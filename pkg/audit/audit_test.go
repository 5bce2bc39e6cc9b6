package audit_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/testing/protocmp"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/memkv"
	"github.com/holdplane/holdplane/pkg/seal"
	"github.com/holdplane/holdplane/pkg/table"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newLog(t *testing.T) (*memkv.Store, *audit.Log) {
	s := memkv.New()
	t.Cleanup(func() { s.Close() })
	return s, audit.NewLog(seal.NewIndexer())
}

func write(t *testing.T, s kv.Store, l *audit.Log, scope table.Scope, e audit.Entry) {
	t.Helper()
	if err := s.Update(context.Background(), func(tx kv.Writer) error { return l.Write(tx, scope, e) }); err != nil {
		t.Fatal(err)
	}
}

func list(t *testing.T, s kv.Store, l *audit.Log, scope table.Scope, after []byte, size int) (records []*storev1.AuditRecord, next []byte) {
	t.Helper()
	err := s.View(context.Background(), func(tx kv.Reader) (err error) {
		records, next, err = l.List(tx, scope, after, size)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return records, next
}

func TestRecordTellsWhoDidWhat(t *testing.T) {
	s, l := newLog(t)
	ctx := auth.With(t.Context(), &auth.Principal{Kind: auth.KindRootKey, Tenant: "ws_1", Subject: "key_1"})
	ctx = metadata.NewIncomingContext(ctx, metadata.Pairs("x-request-id", "req_1"))
	before := time.Now().UnixMilli()
	write(t, s, l, table.Of("ws_1"), audit.Event(ctx, "identity.create", "id_1").With("a", "1").With("b", "2"))
	got, _ := list(t, s, l, table.Of("ws_1"), nil, 10)
	if len(got) != 1 || got[0].GetId() == "" || got[0].GetTimeMs() < before {
		t.Fatalf("got %v", got)
	}
	want := &storev1.AuditRecord{
		Event: "identity.create", Actor: "key_1", Object: "id_1", RequestId: "req_1", Details: map[string]string{"a": "1", "b": "2"},
	}
	if diff := cmp.Diff(want, got[0], protocmp.Transform(), protocmp.IgnoreFields(want, "id", "time_ms")); diff != "" {
		t.Error(diff)
	}
}

func TestRecordOfTheOperatorWithoutRequestID(t *testing.T) {
	s, l := newLog(t)
	write(t, s, l, table.Global, audit.Event(auth.With(t.Context(), auth.Operator), "tenant.create", "").On("ws_1"))
	got, _ := list(t, s, l, table.Global, nil, 10)
	if len(got) != 1 || got[0].GetActor() != "operator" || got[0].GetObject() != "ws_1" || got[0].GetRequestId() != "" {
		t.Errorf("got %v", got)
	}
}

func TestRecordIsThereWithTheChangeOrNotAtAll(t *testing.T) {
	s, l := newLog(t)
	broken := errors.New("the change failed")
	err := s.Update(t.Context(), func(tx kv.Writer) error {
		return errors.Join(l.Write(tx, table.Global, audit.Event(t.Context(), "e", "o")), broken)
	})
	if !errors.Is(err, broken) {
		t.Fatal(err)
	}
	if got, _ := list(t, s, l, table.Global, nil, 10); len(got) != 0 {
		t.Errorf("got %v, want no record", got)
	}
}

func TestListGoesBackInTimeWithinAScope(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, l := newLog(t)
		for i := range 5 {
			write(t, s, l, table.Of("a"), audit.Event(t.Context(), "e", fmt.Sprint(i)))
			time.Sleep(time.Millisecond)
		}
		write(t, s, l, table.Of("b"), audit.Event(t.Context(), "e", "another tenant's"))
		var objects []string
		for more, after := true, []byte(nil); more; more = after != nil {
			var records []*storev1.AuditRecord
			records, after = list(t, s, l, table.Of("a"), after, 2)
			for _, r := range records {
				objects = append(objects, r.GetObject())
			}
		}
		if diff := cmp.Diff([]string{"4", "3", "2", "1", "0"}, objects); diff != "" {
			t.Error(diff)
		}
	})
}
