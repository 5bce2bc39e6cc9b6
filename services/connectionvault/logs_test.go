package connectionvault_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
)

// logged are the calls of shop that a request asks for, the last one first.
func (w *world) logged(ctx context.Context, change func(*connectionvaultv1.ListLogsRequest)) []*connectionvaultv1.Log {
	w.t.Helper()
	if err := w.service.WriteLogs(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	r := &connectionvaultv1.ListLogsRequest{ApplicationId: shop}
	change(r)
	answer, err := w.logs.ListLogs(ctx, r)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer.GetLogs()
}

func told(all []*connectionvaultv1.Log) string {
	var texts []string
	for _, m := range all {
		texts = append(texts, m.GetOperation().GetId())
	}
	return strings.Join(texts, " ")
}

func TestCallsAreLogged(t *testing.T) {
	w, ctx := newShop(t, "copper")
	rivals := w.addApp(acme, "other", &connectionvaultv1.NewIntegration{ServiceId: "copper"})
	w.mustSet(ctx, "crm", "copper", `{"email":"a@example.com","api_key":"secret-of-jane"}`)
	w.list(ctx, func(r *connectionvaultv1.ListConnectionsRequest) { r.ConsumerId = "joe" })
	_, err := w.set(ctx, "crm", "nothing", "{}")
	expect(t, err, codes.NotFound)
	_, err = w.set(rivals, "crm", "copper", "{}")
	expect(t, err, codes.Unauthenticated) // nothing of it shows up in the log of shop
	w.get(w.session(ctx, nil), "crm", "copper")

	tests := []struct {
		name   string
		change func(*connectionvaultv1.ListLogsRequest)
		want   string
	}{
		{"all", func(*connectionvaultv1.ListLogsRequest) {},
			"vault.connectionsOne vault.sessionsCreate vault.connectionsUpdate vault.connectionsAll vault.connectionsUpdate"},
		{"of a consumer", func(r *connectionvaultv1.ListLogsRequest) { r.ConsumerId = "joe" }, "vault.connectionsAll"},
		{"of a service", func(r *connectionvaultv1.ListLogsRequest) { r.ConnectorId = "copper" }, "vault.connectionsOne vault.connectionsUpdate"},
		{"of a method", func(r *connectionvaultv1.ListLogsRequest) { r.HttpMethods = []string{"POST"} }, "vault.sessionsCreate"},
		{"of a path", func(r *connectionvaultv1.ListLogsRequest) { r.Path, r.PathMatchMode = "/vault/connections", "EXACT" }, "vault.connectionsAll"},
		{"below a path", func(r *connectionvaultv1.ListLogsRequest) {
			r.Path, r.PathMatchMode = "/vault/connections/crm/n", "STARTS_WITH"
		}, "vault.connectionsUpdate"},
		{"of a status", func(r *connectionvaultv1.ListLogsRequest) { r.StatusCodes = []int32{404, 500} }, "vault.connectionsUpdate"},
		{"without a unified API", func(r *connectionvaultv1.ListLogsRequest) { r.ExcludeUnifiedApis = "crm,lead" }, "vault.sessionsCreate vault.connectionsAll"},
		{"of yesterday", func(r *connectionvaultv1.ListLogsRequest) { r.EndDate = "2020-01-01" }, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			without := func(r *connectionvaultv1.ListLogsRequest) {
				tt.change(r)
				r.Limit = new(int32(200))
			}
			var got []*connectionvaultv1.Log
			for _, m := range w.logged(ctx, without) {
				if m.GetOperation().GetId() != "vault.logsAll" {
					got = append(got, m)
				}
				if strings.Contains(m.String(), "secret-of-jane") {
					t.Error("a secret is in the log")
				}
			}
			if told(got) != tt.want {
				t.Errorf("got %s, want %s", told(got), tt.want)
			}
		})
	}
}

func TestALogSaysWhatWasCalled(t *testing.T) {
	w, ctx := newShop(t, "copper")
	_, err := w.connections.DeleteConnection(ctx, &connectionvaultv1.DeleteConnectionRequest{ApplicationId: shop, ConsumerId: jane, UnifiedApi: "crm", ServiceId: "copper"})
	expect(t, err, codes.NotFound)
	m := w.logged(ctx, func(*connectionvaultv1.ListLogsRequest) {})[0]
	if m.GetHttpMethod() != "DELETE" || m.GetPath() != "/vault/connections/crm/copper" || m.GetStatusCode() != 404 || m.GetSuccess() ||
		m.GetService().GetName() != "Copper" || m.GetUnifiedApi() != "crm" || m.GetConsumerId() != jane {
		t.Errorf("got %v", m)
	}
	for _, wrong := range []*connectionvaultv1.ListLogsRequest{
		{ApplicationId: shop, StartDate: "soon"}, {ApplicationId: shop, PathMatchMode: "like"}, {ApplicationId: shop, Cursor: "x"},
	} {
		_, err := w.logs.ListLogs(ctx, wrong)
		expect(t, err, codes.InvalidArgument)
	}
}

func TestLogsAreWrittenWithinSecondsAndCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		ctx := w.addApp(acme, shop, &connectionvaultv1.NewIntegration{ServiceId: "copper"})
		w.mustSet(ctx, "crm", "copper", `{"email":"a@example.com"}`)
		for range 9 {
			w.get(ctx, "crm", "copper")
		}
		time.Sleep(2500 * time.Millisecond) // between two batches
		r, err := w.logs.ListLogs(ctx, &connectionvaultv1.ListLogsRequest{ApplicationId: shop, Limit: new(int32(200))})
		if err != nil || len(r.GetLogs()) != 10 {
			t.Errorf("got %d, %v", len(r.GetLogs()), err)
		}
		m, err := w.consumer(ctx, jane)
		if err != nil || m.GetAggregatedRequestCount() != 10 || m.GetRequestCounts().GetVault() != 10 || m.GetRequestCountUpdated() == "" {
			t.Errorf("got %v, %v", m, err)
		}
		today := time.Now().UTC().Format(time.DateOnly)
		stats := func(from, to string) (*connectionvaultv1.GetConsumerStatsResponse, error) {
			return w.customers.GetConsumerStats(ctx, &connectionvaultv1.GetConsumerStatsRequest{ApplicationId: shop, ConsumerId: jane, StartDatetime: from, EndDatetime: to})
		}
		if s, err := stats(today, today); err != nil || s.GetAggregatedRequestCount() != 10 {
			t.Errorf("today: %v, %v", s, err)
		}
		if s, err := stats("1999-01-01", "1999-12-31"); err != nil || s.GetAggregatedRequestCount() != 0 {
			t.Errorf("before: %v, %v", s, err)
		}
		_, err = stats(today, "")
		expect(t, err, codes.InvalidArgument)
		_, err = stats(today, "1999-01-01")
		expect(t, err, codes.InvalidArgument)
	})
}
