package connectionvault_test

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/rpc"
)

// Logs tell the statuses of Apideck's wire, those that gateway/apideck answers with.
func TestLogsHaveTheStatusesOfTheWire(t *testing.T) {
	w, ctx := newShop(t, "copper")
	w.mustSet(ctx, "crm", "copper", `{"email":"a@example.com"}`)
	copper := &connectionvaultv1.DeleteConnectionRequest{ApplicationId: shop, ConsumerId: jane, UnifiedApi: "crm", ServiceId: "copper"}
	mapping := &connectionvaultv1.DeleteMappingRequest{ApplicationId: shop, ConsumerId: jane, UnifiedApi: "crm", ServiceId: "copper", TargetFieldId: "crm+leads+a"}
	tests := []struct {
		name string
		call func() error
		code codes.Code
		want int32
	}{
		{"a webhook is made", func() error { return second(w.webhooks.CreateWebhook(ctx, anyWebhook())) }, codes.OK, 201},
		{"a mapping is made", func() error {
			return second(w.resources.CreateMapping(ctx, &connectionvaultv1.CreateMappingRequest{
				ApplicationId: shop, ConsumerId: jane, UnifiedApi: "crm", ServiceId: "copper", TargetFieldId: mapping.GetTargetFieldId(), Value: "$.a",
			}))
		}, codes.OK, 200},
		{"a mapping is deleted", func() error { return second(w.resources.DeleteMapping(ctx, mapping)) }, codes.OK, 204},
		{"a session does not allow it", func() error {
			limited := w.session(ctx, &connectionvaultv1.SessionSettings{AllowActions: []string{"disable"}})
			return second(w.connections.DeleteConnection(limited, copper))
		}, codes.PermissionDenied, 401},
		{"a consumer is there already", func() error { return w.addConsumer(ctx, jane, nil) }, codes.AlreadyExists, 409},
		{"a token without OAuth", func() error {
			return second(w.connections.AuthorizeConnection(ctx, &connectionvaultv1.AuthorizeConnectionRequest{
				ApplicationId: shop, ConsumerId: jane, UnifiedApi: "crm", ServiceId: "copper",
			}))
		}, codes.FailedPrecondition, 422},
		{"a connection is deleted", func() error { return second(w.connections.DeleteConnection(ctx, copper)) }, codes.OK, 204},
		{"a connection that is not there", func() error { return second(w.connections.DeleteConnection(ctx, copper)) }, codes.NotFound, 404},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			expect(t, tt.call(), tt.code)
			if m := w.logged(ctx, func(*connectionvaultv1.ListLogsRequest) {})[0]; m.GetStatusCode() != tt.want || m.GetSuccess() != (tt.want < 400) {
				t.Errorf("got %v, want %d", m, tt.want)
			}
		})
	}
}

// second is the error of an answer that does not matter.
func second[T any](_ T, err error) error { return err }

func anyWebhook() *connectionvaultv1.CreateWebhookRequest {
	return &connectionvaultv1.CreateWebhookRequest{
		ApplicationId: shop, UnifiedApi: "vault", Status: "enabled", DeliveryUrl: "https://example.com/", Events: []string{"*"},
	}
}

func TestLogsSayWhereACallCameFrom(t *testing.T) {
	w, ctx := newShop(t, "copper")
	w.get(metadata.AppendToOutgoingContext(ctx, rpc.ClientKey, "203.0.113.9"), "crm", "copper")
	w.get(ctx, "crm", "copper") // by a program on this machine
	var got []string
	for _, m := range w.logged(ctx, func(*connectionvaultv1.ListLogsRequest) {}) {
		got = append(got, fmt.Sprintf("%v %s", m.SourceIp != nil, m.GetSourceIp()))
	}
	if all := strings.Join(got, ", "); all != "false , true 203.0.113.9" {
		t.Errorf("got %s", all)
	}
}
