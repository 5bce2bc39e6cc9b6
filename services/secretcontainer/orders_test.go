package secretcontainer_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

func TestOrdersThatAreRefused(t *testing.T) {
	inOrders(t, "at once, as they are no orders", func(t *testing.T, w *world) {
		ann := w.user(acme, "ann", "creator")
		for _, c := range []struct {
			name, reason string
			change       func(*secretcontainerv1.CreateOrderRequest)
		}{
			{"of no type", fault.ReasonInvalid, func(r *secretcontainerv1.CreateOrderRequest) { r.Type = "" }},
			{"for a certificate", fault.ReasonInvalid, func(r *secretcontainerv1.CreateOrderRequest) { r.Type = "certificate" }},
			{"without meta", fault.ReasonInvalid, func(r *secretcontainerv1.CreateOrderRequest) { r.Meta = nil }},
			{"without an algorithm", fault.ReasonInvalid, func(r *secretcontainerv1.CreateOrderRequest) { r.Meta.Algorithm = "" }},
			{"without a length", fault.ReasonInvalid, func(r *secretcontainerv1.CreateOrderRequest) { r.Meta.BitLength = 0 }},
			{"with part of a byte", "ORDER_META", func(r *secretcontainerv1.CreateOrderRequest) { r.Meta.BitLength = 129 }},
			{"that ends now", "EXPIRATION_PAST", func(r *secretcontainerv1.CreateOrderRequest) { r.Meta.Expiration = timestamppb.Now() }},
			{"that ends before the beginning", "ORDER_META", func(r *secretcontainerv1.CreateOrderRequest) {
				r.Meta.Expiration = &timestamppb.Timestamp{Seconds: -1 << 60}
			}},
			{"that ends after the end", "ORDER_META", func(r *secretcontainerv1.CreateOrderRequest) {
				r.Meta.Expiration = &timestamppb.Timestamp{Seconds: 1 << 60}
			}},
		} {
			r := keyOrder("aes", 256, "")
			c.change(r)
			_, err := w.orders.CreateOrder(ann, r)
			expect(t, err, codes.InvalidArgument)
			if f := fault.From(err); f != nil && f.Reason != c.reason {
				t.Errorf("%s: %s, want %s", c.name, f.Reason, c.reason)
			}
		}
		if r, err := w.orders.ListOrders(ann, &secretcontainerv1.ListOrdersRequest{}); err != nil || r.GetTotal() != 0 || len(r.GetOrders()) != 0 {
			t.Errorf("there are %v, %v", r, err)
		}
	})
}

func TestOrdersAreShown(t *testing.T) {
	inOrders(t, "as they were given", func(t *testing.T, w *world) {
		ann, r := w.user(acme, "ann", "creator"), pairOrder("RSA", 1024)
		r.Meta.Mode = proto.String("CBC")
		r.Meta.Expiration, r.Meta.PayloadContentType = timestamppb.New(time.Now().Add(time.Hour)), proto.String("text/plain")
		now := time.Now()
		id := w.order(ann, r)
		pass(time.Second)
		w.start()
		m := w.shown(ann, id)
		if !proto.Equal(m.GetMeta(), r.GetMeta()) || m.GetType() != "asymmetric" || m.GetOrderId() != id || m.GetCreatorId() != "ann" {
			t.Errorf("shown as %v", m)
		}
		if !m.GetCreated().AsTime().Equal(now) || !m.GetUpdated().AsTime().Equal(now.Add(4*time.Second)) { // three of which the answer waited
			t.Errorf("made at %v, carried out at %v", m.GetCreated().AsTime(), m.GetUpdated().AsTime())
		}
		bare := w.order(ann, &secretcontainerv1.CreateOrderRequest{Type: "key", Meta: &secretcontainerv1.OrderMeta{Algorithm: "aes", BitLength: 128}})
		if got := w.shown(ann, bare).GetMeta(); got.Name != nil || got.Mode != nil || got.Expiration != nil || got.PayloadContentType != nil {
			t.Errorf("what was not given is shown: %v", got)
		}
	})
	inOrders(t, "to their project only", func(t *testing.T, w *world) {
		adam, eve := w.user(acme, "adam", "admin"), w.user(rival, "eve", "admin")
		id := w.order(adam, keyOrder("aes", 256, ""))
		for name, id := range map[string]string{"another project's": id, "none": "00000000-0000-4000-8000-000000000000", "no UUID": "x", "empty": ""} {
			_, err := w.orders.GetOrder(eve, &secretcontainerv1.GetOrderRequest{OrderId: id})
			_, err2 := w.orders.DeleteOrder(eve, &secretcontainerv1.DeleteOrderRequest{OrderId: id})
			for _, err := range []error{err, err2} {
				if f := fault.From(err); f == nil || f.Code != codes.NotFound || f.Reason != "ORDER_NOT_FOUND" {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
		_, err := w.orders.DeleteOrder(adam, &secretcontainerv1.DeleteOrderRequest{OrderId: id})
		expect(t, err, codes.OK)
		_, err = w.orders.GetOrder(adam, &secretcontainerv1.GetOrderRequest{OrderId: id})
		expect(t, err, codes.NotFound)
		if w.audited(acme, "order.delete", "adam") != 1 || w.audited(rival, "order.delete", "eve") != 0 {
			t.Error("the audit log does not tell of the one order that was deleted")
		}
	})
}

func TestOrdersAreListed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newIdleWorld(t)
		ann := w.user(acme, "ann", "creator")
		var all []string
		for i := range 12 {
			r := keyOrder("aes", 256, "cbc")
			r.Meta.Name = proto.String(fmt.Sprintf(`Number "%d" of aaab`, i))
			if i%3 == 0 {
				r.Type, r.Meta.Algorithm, r.Meta.BitLength = "asymmetric", "rsa", 2048
			}
			all = append(all, w.order(ann, r))
			time.Sleep(time.Millisecond)
		}
		w.order(w.user(rival, "eve", "creator"), keyOrder("aes", 256, ""))
		for _, c := range []struct {
			name  string
			give  *secretcontainerv1.ListOrdersRequest
			want  []string
			total int64
		}{
			{"ten when nothing is said", &secretcontainerv1.ListOrdersRequest{}, all[:10], 12},
			{"a page", &secretcontainerv1.ListOrdersRequest{Offset: 3, Limit: 4}, all[3:7], 12},
			{"the last", &secretcontainerv1.ListOrdersRequest{Offset: 10, Limit: 100}, all[10:], 12},
			{"behind the last", &secretcontainerv1.ListOrdersRequest{Offset: 1 << 62, Limit: 100}, nil, 12},
			{"with rsa", &secretcontainerv1.ListOrdersRequest{Meta: "RSA"}, []string{all[0], all[3], all[6], all[9]}, 4},
			{"a page of those with rsa", &secretcontainerv1.ListOrdersRequest{Meta: "rsa", Offset: 1, Limit: 2}, []string{all[3], all[6]}, 4},
			{"with JSON", &secretcontainerv1.ListOrdersRequest{Meta: `"bit_length": 2048`}, []string{all[0], all[3], all[6], all[9]}, 4},
			{"with a name", &secretcontainerv1.ListOrdersRequest{Meta: `number \"7\"`}, all[7:8], 1},
			{"with what nearly stands before", &secretcontainerv1.ListOrdersRequest{Meta: "aab"}, all[:10], 12},
			{"with any character", &secretcontainerv1.ListOrdersRequest{Meta: `\"1_\" of`}, []string{all[10], all[11]}, 2},
			{"with any text", &secretcontainerv1.ListOrdersRequest{Meta: `name%\"1%cbc`}, []string{all[1], all[10], all[11]}, 3},
			{"with what none has", &secretcontainerv1.ListOrdersRequest{Meta: "ed25519"}, nil, 0},
			{"with what none has, between any texts", &secretcontainerv1.ListOrdersRequest{Meta: strings.Repeat("a%", 500) + "z"}, nil, 0},
		} {
			r, err := w.orders.ListOrders(ann, c.give)
			expect(t, err, codes.OK)
			var got []string
			for _, m := range r.GetOrders() {
				got = append(got, m.GetOrderId())
			}
			if !slices.Equal(got, c.want) || r.GetTotal() != c.total {
				t.Errorf("%s: %q of %d, want %q of %d", c.name, got, r.GetTotal(), c.want, c.total)
			}
		}
		_, err := w.orders.ListOrders(ann, &secretcontainerv1.ListOrdersRequest{Meta: strings.Repeat("%", 1025)})
		expect(t, err, codes.InvalidArgument)
	})
}

// orderCalls are OrderService's methods by name.
func (w *world) orderCalls(id string) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"create": func(ctx context.Context) error {
			_, err := w.orders.CreateOrder(ctx, keyOrder("aes", 256, ""))
			return err
		},
		"list": func(ctx context.Context) error {
			_, err := w.orders.ListOrders(ctx, &secretcontainerv1.ListOrdersRequest{})
			return err
		},
		"get": func(ctx context.Context) error {
			_, err := w.orders.GetOrder(ctx, &secretcontainerv1.GetOrderRequest{OrderId: id})
			return err
		},
		"delete": func(ctx context.Context) error {
			_, err := w.orders.DeleteOrder(ctx, &secretcontainerv1.DeleteOrderRequest{OrderId: "none"})
			return err
		},
	}
}

func TestWhoMayOrder(t *testing.T) {
	w := newIdleWorld(t)
	id := w.order(w.user(acme, "ann", "creator"), keyOrder("aes", 256, ""))
	for role, may := range map[string]string{
		"admin": "create list get delete", "creator": "create list get", "observer": "list get", "audit": "get",
		"member": "create list get delete", "reader": "", "key-manager:service-admin": "get", "other": "",
	} {
		as := w.user(acme, "user-"+strings.Split(role, ":")[0], role)
		for name, call := range w.orderCalls(id) {
			want := codes.PermissionDenied
			if slices.Contains(strings.Fields(may), name) {
				want = codes.OK
				if name == "delete" {
					want = codes.NotFound
				}
			}
			if err := call(as); fault.From(err) == nil && want != codes.OK || err != nil && fault.From(err).Code != want {
				t.Errorf("%s by %s: %v, want %v", name, role, err, want)
			}
		}
	}
	for name, call := range w.orderCalls(id) {
		if err := call(t.Context()); fault.From(err) == nil || fault.From(err).Code != codes.Unauthenticated {
			t.Errorf("%s by nobody: %v", name, err)
		}
	}
}
