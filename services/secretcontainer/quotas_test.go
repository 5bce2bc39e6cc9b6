package secretcontainer_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// chief may set quotas, of a project without any.
func (w *world) chief() context.Context { return w.user(rival, "chief", "key-manager:service-admin") }

func (w *world) setQuotas(project string, q *secretcontainerv1.Quotas) error {
	_, err := w.quotas.SetProjectQuotas(w.chief(), &secretcontainerv1.SetProjectQuotasRequest{ProjectId: project, ProjectQuotas: q})
	return err
}

func TestQuotasOfOnesOwnProject(t *testing.T) {
	w := newIdleWorld(t)
	ann := w.user(acme, "ann", "reader")
	want := func(name string, secrets, orders, containers, consumers, cas int32) {
		t.Helper()
		r, err := w.quotas.GetQuotas(ann, &secretcontainerv1.GetQuotasRequest{})
		expect(t, err, codes.OK)
		if diff := cmp.Diff(&secretcontainerv1.Quotas{
			Secrets: &secrets, Orders: &orders, Containers: &containers, Consumers: &consumers, Cas: &cas,
		}, r.GetQuotas(), protocmp.Transform()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	want("none set", -1, -1, -1, -1, -1)
	expect(t, w.setQuotas(acme, &secretcontainerv1.Quotas{Secrets: proto.Int32(5), Orders: proto.Int32(0), Cas: proto.Int32(7)}), codes.OK)
	want("some set", 5, 0, -1, -1, 7)
	expect(t, w.setQuotas(rival, &secretcontainerv1.Quotas{Secrets: proto.Int32(1)}), codes.OK)
	want("another's set", 5, 0, -1, -1, 7)
}

func TestProjectQuotas(t *testing.T) {
	w := newIdleWorld(t)
	some := &secretcontainerv1.Quotas{Consumers: proto.Int32(-1), Orders: proto.Int32(3)}
	get := func(project string) (*secretcontainerv1.GetProjectQuotasResponse, error) {
		return w.quotas.GetProjectQuotas(w.chief(), &secretcontainerv1.GetProjectQuotasRequest{ProjectId: project})
	}
	drop := func(project string) error {
		_, err := w.quotas.DeleteProjectQuotas(w.chief(), &secretcontainerv1.DeleteProjectQuotasRequest{ProjectId: project})
		return err
	}
	unknown := func(name string, err error) {
		t.Helper()
		if f := fault.From(err); f == nil || f.Code != codes.NotFound || f.Reason != "PROJECT_QUOTAS_NOT_FOUND" {
			t.Errorf("%s: %v", name, err)
		}
	}
	longest := strings.Repeat("ü", 127) + "x"
	for _, project := range []string{acme, "a project that is not there yet", longest, "../%2f"} {
		_, err := get(project)
		unknown("got before they are set", err)
		unknown("deleted before they are set", drop(project))
		expect(t, w.setQuotas(project, &secretcontainerv1.Quotas{Secrets: proto.Int32(1)}), codes.OK)
		expect(t, w.setQuotas(project, some), codes.OK)
		r, err := get(project)
		expect(t, err, codes.OK)
		if diff := cmp.Diff(some, r.GetProjectQuotas(), protocmp.Transform()); diff != "" {
			t.Errorf("set anew: %s", diff)
		}
		expect(t, drop(project), codes.OK)
		unknown("deleted twice", drop(project))
	}
	if set, dropped := w.audited("", "project_quotas.set", "chief"), w.audited("", "project_quotas.delete", "chief"); set != 8 || dropped != 4 {
		t.Errorf("the audit log has quotas set %d and deleted %d times, want 8 and 4", set, dropped)
	}
	for name, project := range map[string]string{"empty": "", "a line break": "a\nb", "a zero": "a\x00", "256 bytes": strings.Repeat("ü", 128), "long": strings.Repeat("x", 9999)} {
		if err := w.setQuotas(project, some); fault.From(err) == nil || fault.From(err).Code != codes.InvalidArgument {
			t.Errorf("%s: %v", name, err)
		}
	}
	expect(t, w.setQuotas(acme, nil), codes.InvalidArgument)
	expect(t, w.setQuotas(acme, &secretcontainerv1.Quotas{Orders: proto.Int32(-2)}), codes.InvalidArgument)
}

func TestProjectQuotasAreListed(t *testing.T) {
	w := newIdleWorld(t)
	var all []string
	for i := range 12 {
		all = append(all, fmt.Sprintf("p%02d", i))
		expect(t, w.setQuotas(all[i], &secretcontainerv1.Quotas{Secrets: proto.Int32(int32(i))}), codes.OK)
	}
	_, err := w.quotas.DeleteProjectQuotas(w.chief(), &secretcontainerv1.DeleteProjectQuotasRequest{ProjectId: all[0]})
	expect(t, err, codes.OK)
	expect(t, w.setQuotas(all[0], &secretcontainerv1.Quotas{Secrets: proto.Int32(0)}), codes.OK)
	for _, c := range []struct {
		name string
		give *secretcontainerv1.ListProjectQuotasRequest
		want []string
	}{
		{"ten when nothing is said", &secretcontainerv1.ListProjectQuotasRequest{}, all[:10]},
		{"a page", &secretcontainerv1.ListProjectQuotasRequest{Offset: 2, Limit: 3}, all[2:5]},
		{"the last", &secretcontainerv1.ListProjectQuotasRequest{Offset: 11, Limit: 100}, all[11:]},
		{"behind the last", &secretcontainerv1.ListProjectQuotasRequest{Offset: 1 << 62}, nil},
	} {
		r, err := w.quotas.ListProjectQuotas(w.chief(), c.give)
		expect(t, err, codes.OK)
		var got []string
		for _, m := range r.GetProjectQuotas() {
			got = append(got, m.GetProjectId())
			if want := fmt.Sprintf("p%02d", m.GetProjectQuotas().GetSecrets()); want != m.GetProjectId() || m.GetProjectQuotas().Orders != nil {
				t.Errorf("%s has %v", m.GetProjectId(), m.GetProjectQuotas())
			}
		}
		if !slices.Equal(got, c.want) || r.GetTotal() != 12 {
			t.Errorf("%s: %q of %d, want %q of 12", c.name, got, r.GetTotal(), c.want)
		}
	}
}

func TestWhoMaySetQuotas(t *testing.T) {
	w := newIdleWorld(t)
	expect(t, w.setQuotas(acme, &secretcontainerv1.Quotas{}), codes.OK)
	own := func(ctx context.Context) error {
		_, err := w.quotas.GetQuotas(ctx, &secretcontainerv1.GetQuotasRequest{})
		return err
	}
	others := []func(context.Context) error{
		func(ctx context.Context) error {
			_, err := w.quotas.ListProjectQuotas(ctx, &secretcontainerv1.ListProjectQuotasRequest{})
			return err
		},
		func(ctx context.Context) error {
			_, err := w.quotas.GetProjectQuotas(ctx, &secretcontainerv1.GetProjectQuotasRequest{ProjectId: acme})
			return err
		},
		func(ctx context.Context) error {
			_, err := w.quotas.SetProjectQuotas(ctx, &secretcontainerv1.SetProjectQuotasRequest{ProjectId: acme, ProjectQuotas: &secretcontainerv1.Quotas{}})
			return err
		},
		func(ctx context.Context) error {
			_, err := w.quotas.DeleteProjectQuotas(ctx, &secretcontainerv1.DeleteProjectQuotasRequest{ProjectId: acme})
			return err
		},
	}
	for _, role := range []string{"admin", "creator", "observer", "audit", "member", "reader", "key-manager:service-admin", "other"} {
		as := w.user(acme, "user-"+strings.Split(role, ":")[0], role)
		mayAsk := codes.OK
		if role == "other" {
			mayAsk = codes.PermissionDenied
		}
		expect(t, own(as), mayAsk)
		for i, call := range others {
			err := call(as)
			if got := fault.From(err); (got == nil) != (role == "key-manager:service-admin") || got != nil && got.Code != codes.PermissionDenied {
				t.Errorf("method %d by %s: %v", i, role, err)
			}
		}
	}
}

func TestQuotasEndWithTheirProject(t *testing.T) {
	w := newIdleWorld(t)
	expect(t, w.setQuotas(acme, &secretcontainerv1.Quotas{Orders: proto.Int32(0)}), codes.OK)
	expect(t, w.service.Leave(t.Context(), acme), codes.OK)
	expect(t, w.service.Leave(t.Context(), acme), codes.OK)
	w.order(w.user(acme, "ann", "creator"), keyOrder("aes", 256, ""))
}

func TestOrdersKeepToTheQuota(t *testing.T) {
	for name, most := range map[string]int32{"none": 0, "some": 7, "any number": -1} {
		t.Run(name, func(t *testing.T) {
			w := newIdleWorld(t)
			expect(t, w.setQuotas(acme, &secretcontainerv1.Quotas{Orders: &most}), codes.OK)
			ann := w.user(acme, "ann", "creator")
			var made atomic.Int32
			var calls sync.WaitGroup
			for range 30 {
				calls.Go(func() {
					_, err := w.orders.CreateOrder(ann, keyOrder("aes", 256, ""))
					switch f := fault.From(err); {
					case f == nil:
						made.Add(1)
					case f.Code != codes.PermissionDenied || f.Reason != "PROJECT_QUOTA_REACHED" || f.Metadata["resource"] != "Order":
						t.Errorf("refused with %v", err)
					}
				})
			}
			calls.Wait()
			want := most
			if most < 0 {
				want = 30
			}
			if got := made.Load(); got != want {
				t.Errorf("%d orders are made, want %d", got, want)
			}
			w.order(w.user(rival, "eve", "creator"), keyOrder("aes", 256, "")) // who has another
		})
	}
}
