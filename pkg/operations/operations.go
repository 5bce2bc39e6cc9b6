// Package operations is what every service owes its operator, once a process for all of
// the services in it: reading audit records, deleting what is a tenant's, and looking for
// what is damaged.
package operations

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"google.golang.org/grpc"

	operationsv1 "github.com/holdplane/holdplane/gen/holdplane/operations/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// Store is a service's store, as far as its operator is concerned.
type Store struct {
	// Name is the service's name.
	Name string
	// KV keeps the records.
	KV kv.Store
	// Tables are all tables in KV.
	Tables table.Set
	// Audit is the log in KV.
	Audit *audit.Log
	// Cursors makes the page tokens of lists.
	Cursors *page.Codec
	// Leave comes before the rows of a tenant are deleted, for what the service keeps for it
	// elsewhere. After an error the deletion has to be repeated. May be nil.
	Leave func(ctx context.Context, tenant tenant.ID) error
	// Destroy makes what is left of a tenant unreadable, and writing for it an error,
	// from tx's commit on. Repeating it is not an error.
	Destroy func(tx kv.Writer, tenant string, at time.Time) error
}

// ReasonServiceUnknown is the fault's reason for a service that runs in another process.
const ReasonServiceUnknown = "SERVICE_NOT_FOUND"

// Server serves AuditService, TenantDataService and VerifyService.
type Server struct {
	stores map[string]Store
}

// New returns a server for stores. When two have one name, the later one counts.
func New(stores ...Store) *Server {
	s := &Server{stores: make(map[string]Store, len(stores))}
	for _, store := range stores {
		s.stores[store.Name] = store
	}
	return s
}

// Register adds its services, for the internal listener.
func (s *Server) Register(r grpc.ServiceRegistrar) {
	operationsv1.RegisterAuditServiceServer(r, audits{s: s})
	operationsv1.RegisterTenantDataServiceServer(r, tenantData{s: s})
	operationsv1.RegisterVerifyServiceServer(r, verifying{s: s})
}

func (s *Server) store(name string) (Store, error) {
	store, ok := s.stores[name]
	if !ok {
		known := strings.Join(slices.Sorted(maps.Keys(s.stores)), ", ")
		return Store{}, fault.NotFound(ReasonServiceUnknown, "service %s does not run in this process; these do: %s", name, known)
	}
	return store, nil
}
