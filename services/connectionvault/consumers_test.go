package connectionvault_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

func (w *world) addConsumer(ctx context.Context, id string, who *connectionvaultv1.ConsumerMetadata) error {
	_, err := w.customers.CreateConsumer(ctx, &connectionvaultv1.CreateConsumerRequest{ApplicationId: shop, ConsumerId: id, Metadata: who})
	return err
}

func (w *world) consumer(ctx context.Context, id string) (*connectionvaultv1.Consumer, error) {
	r, err := w.customers.GetConsumer(ctx, &connectionvaultv1.GetConsumerRequest{ApplicationId: shop, ConsumerId: id})
	return r.GetConsumer(), err
}

func TestConsumers(t *testing.T) {
	w, ctx := newShop(t, "copper", "pipedrive")
	_, err := w.consumer(ctx, jane)
	expect(t, err, codes.NotFound)
	w.get(ctx, "crm", "copper")
	_, err = w.consumer(ctx, jane)
	expect(t, err, codes.NotFound) // reading makes nobody
	w.mustSet(ctx, "crm", "copper", `{"email":"a@example.com"}`)
	w.mustSet(ctx, "lead", "copper", `{"email":"a@example.com"}`)
	m, err := w.consumer(ctx, jane)
	if err != nil || len(m.GetConnections()) != 2 || strings.Join(m.GetServices(), ",") != "copper" {
		t.Fatalf("got %v, %v", m, err)
	}
	if c := m.GetConnections()[0]; c.GetId() != "crm+copper" || c.GetState() != "added" || c.GetConsumerId() != jane || c.GetCreatedAt() == "" {
		t.Errorf("connection %v", c)
	}
	expect(t, w.addConsumer(ctx, jane, nil), codes.AlreadyExists)
	r, err := w.customers.UpdateConsumer(ctx, &connectionvaultv1.UpdateConsumerRequest{
		ApplicationId: shop, ConsumerId: jane, Metadata: &connectionvaultv1.ConsumerMetadata{AccountName: new("Acme"), Email: new("")},
	})
	if err != nil || r.GetConsumer().GetMetadata().GetAccountName() != "Acme" || r.GetConsumer().GetMetadata().Email == nil || r.GetConsumer().GetMetadata().Image != nil {
		t.Errorf("got %v, %v", r, err)
	}
}

func TestDeleteConsumerLeavesNothing(t *testing.T) {
	w, ctx := newShop(t, "copper", "pipedrive")
	w.bring(ctx, "crm", "pipedrive", &connectionvaultv1.ImportedCredentials{AccessToken: new("a")})
	session := w.session(ctx, nil)
	w.mustSet(session, "crm", "copper", `{"email":"a@example.com","api_key":"k"}`)
	_, err := w.consents.RecordConsent(ctx, &connectionvaultv1.RecordConsentRequest{ApplicationId: shop, ConsumerId: jane, UnifiedApi: "crm", ServiceId: "copper", Granted: true})
	expect(t, err, codes.OK)
	if err := w.service.WriteLogs(t.Context()); err != nil {
		t.Fatal(err)
	}
	r, err := w.customers.DeleteConsumer(ctx, &connectionvaultv1.DeleteConsumerRequest{ApplicationId: shop, ConsumerId: jane})
	if err != nil || r.GetConsumerId() != jane {
		t.Fatalf("got %v, %v", r, err)
	}
	_, err = w.set(session, "crm", "copper", `{"email":"b@example.com"}`)
	expect(t, err, codes.Unauthenticated)
	if got := w.list(ctx, func(r *connectionvaultv1.ListConnectionsRequest) { r.Api = "crm" }); strings.Join(got, ",") != "crm+copper available,crm+pipedrive available" {
		t.Errorf("connections %v", got)
	}
	_, err = w.customers.DeleteConsumer(ctx, &connectionvaultv1.DeleteConsumerRequest{ApplicationId: shop, ConsumerId: jane})
	expect(t, err, codes.NotFound)
	expect(t, w.addConsumer(ctx, jane, nil), codes.OK)
	if m, err := w.consumer(ctx, jane); err != nil || m.GetAggregatedRequestCount() != 0 || len(m.GetConnections()) != 0 {
		t.Errorf("the next one has %v, %v", m, err)
	}
}

func TestListConsumersInPages(t *testing.T) {
	w, ctx := newShop(t)
	for i := range 7 {
		if err := w.addConsumer(ctx, fmt.Sprintf("c%d", i), &connectionvaultv1.ConsumerMetadata{UserName: new(fmt.Sprintf("Name %d", i%2))}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.addConsumer(ctx, "d", nil); err != nil {
		t.Fatal(err)
	}
	page := func(cursor string, change func(*connectionvaultv1.ListConsumersRequest)) (string, *connectionvaultv1.ListConsumersResponse) {
		t.Helper()
		r := &connectionvaultv1.ListConsumersRequest{ApplicationId: shop, Limit: new(int32(3)), Cursor: cursor}
		change(r)
		answer, err := w.customers.ListConsumers(ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, m := range answer.GetConsumers() {
			ids = append(ids, m.GetConsumerId())
		}
		return strings.Join(ids, " "), answer
	}
	tests := []struct {
		name   string
		change func(*connectionvaultv1.ListConsumersRequest)
		want   []string
		total  int64
	}{
		{"all", func(*connectionvaultv1.ListConsumersRequest) {}, []string{"c0 c1 c2", "c3 c4 c5", "c6 d"}, 8},
		{"by prefix", func(r *connectionvaultv1.ListConsumersRequest) { r.IdPrefix = "c" }, []string{"c0 c1 c2", "c3 c4 c5", "c6"}, 7},
		{"by name", func(r *connectionvaultv1.ListConsumersRequest) { r.Search = "nAME 1" }, []string{"c1 c3 c5"}, 3},
		{"by nothing there is", func(r *connectionvaultv1.ListConsumersRequest) { r.Search = "x" }, []string{""}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var answers []*connectionvaultv1.ListConsumersResponse
			cursor := ""
			for i, want := range tt.want {
				got, answer := page(cursor, tt.change)
				if got != want || answer.GetTotal() != tt.total || (answer.GetPreviousCursor() == "") != (i == 0) || answer.GetCurrentCursor() != cursor {
					t.Fatalf("page %d: got %q, %v, want %q", i, got, answer, want)
				}
				answers, cursor = append(answers, answer), answer.GetNextCursor()
			}
			if cursor != "" {
				t.Error("the last page has a next one")
			}
			for i := len(tt.want) - 1; i > 0; i-- {
				if got, _ := page(answers[i].GetPreviousCursor(), tt.change); got != tt.want[i-1] {
					t.Errorf("before page %d: got %q, want %q", i, got, tt.want[i-1])
				}
			}
		})
	}
	_, answer := page("", func(*connectionvaultv1.ListConsumersRequest) {})
	_, err := w.customers.ListConsumers(ctx, &connectionvaultv1.ListConsumersRequest{ApplicationId: shop, Search: "x", Cursor: answer.GetNextCursor()})
	expect(t, err, codes.InvalidArgument)
}
