package operations_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/memkv"
	"github.com/holdplane/holdplane/pkg/kv/sealedkv"
	"github.com/holdplane/holdplane/pkg/operations"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/rpc"
	"github.com/holdplane/holdplane/pkg/seal"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// service is one with a single table of subjects.
type service struct {
	operations.Store
	subjects *table.Table[*storev1.Subject]
}

func newService(t *testing.T, name string) *service {
	t.Helper()
	master, err := seal.CreateMasterFile(filepath.Join(t.TempDir(), "master"))
	if err != nil {
		t.Fatal(err)
	}
	store, err := sealedkv.Open(t.Context(), memkv.New(), sealedkv.Options{Service: name, Master: master})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	s := &service{subjects: table.New(table.Spec[*storev1.Subject]{
		Name: "subject", ID: func(m *storev1.Subject) []any { return []any{m.GetId()} }, Counted: true,
		Indexes: []table.Index[*storev1.Subject]{{
			Name: "global", Global: true, Unique: true, Values: func(m *storev1.Subject) []string { return []string{m.GetId()} },
		}},
	}, store.Indexer())}
	log := audit.NewLog(store.Indexer())
	s.Store = operations.Store{
		Name: name, KV: store, Tables: table.Set{s.subjects, log.Table()}, Audit: log,
		Cursors: page.New(store.Sealer("cursors")), Destroy: sealedkv.DestroyTenant,
	}
	return s
}

// add inserts a subject with an audit record.
func (s *service) add(t tenant.ID, id string) error {
	done := audit.Event(auth.With(context.Background(), auth.Operator), "subject.add", id)
	return s.KV.Update(context.Background(), func(tx kv.Writer) error {
		if err := s.subjects.Insert(tx, table.Of(t), &storev1.Subject{Id: id}); err != nil {
			return err
		}
		return s.Audit.Write(tx, table.Of(t), done)
	})
}

func (s *service) fill(t *testing.T, owner tenant.ID, n int) {
	t.Helper()
	for i := range n {
		if err := s.add(owner, fmt.Sprintf("%s-%d", owner, i)); err != nil {
			t.Fatal(err)
		}
	}
}

// left counts the entries under a prefix, readable or not.
func (s *service) left(t *testing.T, prefix []byte) (n int) {
	t.Helper()
	err := s.KV.View(context.Background(), func(tx kv.Reader) error {
		r := kv.Prefix(prefix)
		r.KeysOnly = true
		for _, err := range tx.Scan(r) {
			if err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func connect(intercept grpc.UnaryServerInterceptor, services ...*service) *rpc.Local {
	local := rpc.NewLocal(intercept)
	stores := make([]operations.Store, len(services))
	for i, s := range services {
		stores[i] = s.Store
	}
	operations.New(stores...).Register(local)
	return local
}

func expectCode(t *testing.T, err error, want codes.Code) {
	t.Helper()
	if f := fault.From(err); f == nil || f.Code != want {
		t.Errorf("got %v, want %v", err, want)
	}
}
