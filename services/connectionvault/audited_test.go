package connectionvault_test

import (
	operationsv1 "github.com/holdplane/holdplane/gen/holdplane/operations/v1"
	"github.com/holdplane/holdplane/services/connectionvault"
)

// audited is how many records of an event acme has.
func (w *world) audited(event string) (n int) {
	w.t.Helper()
	r, err := operationsv1.NewAuditServiceClient(w.internal).ListAuditRecords(w.t.Context(), &operationsv1.ListAuditRecordsRequest{
		Service: connectionvault.Name, Tenant: acme,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, record := range r.GetRecords() {
		if record.GetEvent() == event {
			n++
		}
	}
	return n
}
