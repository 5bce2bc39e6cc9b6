package useradmin_test

import (
	"testing"
	"time"

	operationsv1 "github.com/holdplane/holdplane/gen/holdplane/operations/v1"
	"github.com/holdplane/holdplane/services/useradmin"
)

// records are a tenant's audit records as the operator reads them, newest first.
func (w *world) records(of string) []*operationsv1.AuditRecord {
	w.t.Helper()
	r, err := operationsv1.NewAuditServiceClient(w.internal).ListAuditRecords(w.t.Context(), &operationsv1.ListAuditRecordsRequest{
		Service: useradmin.Name, Tenant: of, PageSize: 1000,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return r.GetRecords()
}

// wantAudits counts the records of an event on an object.
func wantAudits(t *testing.T, w *world, of, event, object string, want int) {
	t.Helper()
	got := 0
	for _, r := range w.records(of) {
		if r.GetEvent() == event && r.GetObject() == object {
			got++
		}
	}
	if got != want {
		t.Errorf("%d records of %s on %q, want %d", got, event, object, want)
	}
}

// eventually waits for what happens in the background.
func eventually(t *testing.T, holds func() bool) {
	t.Helper()
	late := time.After(10 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-late:
			t.Fatal("not within 10 s")
		case <-tick.C:
		}
	}
}
