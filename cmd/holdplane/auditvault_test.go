package main

import (
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"

	operationsv1 "github.com/holdplane/holdplane/gen/holdplane/operations/v1"
	"github.com/holdplane/holdplane/services/connectionvault"
)

// TestVaultAudits makes every call of connection-vault that can succeed by itself: what
// changes anything, or hands a secret out, leaves one record, and what only reads leaves none.
func TestVaultAudits(t *testing.T) {
	w := newWorld(t)
	for _, m := range ownMethods() {
		r := rows[fullName(m)]
		if !isVaults(m) || r.right != codes.OK {
			continue
		}
		t.Run(string(m.FullName()), func(t *testing.T) {
			request, want := r.request(t, w), 1
			if reads(m) {
				want = 0
			}
			before := w.audits(t)
			conn := w.public
			if r.door == operator {
				conn = w.internal
			}
			if err := conn.Invoke(w.asOwner(t), fullName(m), request, dynamicpb.NewMessage(m.Output())); err != nil {
				t.Fatal(err)
			}
			if n := w.audits(t) - before; n != want {
				t.Errorf("%d records, want %d", n, want)
			}
		})
	}
}

// reads tells whether a method changes nothing and shows nothing secret. What a validation
// finds is a change only where it was not known.
func reads(m protoreflect.MethodDescriptor) bool {
	name := string(m.Name())
	for _, verb := range []string{"List", "Get", "Open", "Validate"} {
		if strings.HasPrefix(name, verb) {
			return name != "GetAccessToken"
		}
	}
	return false
}

// audits is how many records the owner has in connection-vault.
func (w *world) audits(t *testing.T) (n int) {
	t.Helper()
	for token := ""; ; {
		r, err := operationsv1.NewAuditServiceClient(w.internal).ListAuditRecords(t.Context(), &operationsv1.ListAuditRecordsRequest{
			Service: connectionvault.Name, Tenant: w.tenant, PageSize: 1000, PageToken: token,
		})
		if err != nil {
			t.Fatal(err)
		}
		if n, token = n+len(r.GetRecords()), r.GetNextPageToken(); token == "" {
			return n
		}
	}
}
