package secretcontainer_test

import (
	"fmt"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/pkg/id"
)

func TestWhatContainersHold(t *testing.T) {
	w := newIdleWorld(t)
	ctx := w.user(acme, "carla", "creator")
	a, b, c, foreign := w.plant(acme, 0), w.plant(acme, 0), w.plant(acme, 0), w.plant(rival, 0)
	type refs []*secretcontainerv1.ContainerSecret
	for _, tt := range []struct {
		name, kind          string
		refs                refs
		reason, meta, value string // of the fault; none when it is made
	}{
		{name: "a generic one without secrets", kind: "generic"},
		{name: "a generic one with any names", kind: "generic", refs: refs{ref("x", a), ref("private_key", b)}},
		{name: "a secret without a name", kind: "generic", refs: refs{{SecretId: a}}},
		{name: "two without a name", kind: "generic", refs: refs{{SecretId: a}, {SecretId: b}}, reason: "CONTAINED_NAMES", meta: "problem", value: "twice"},
		{name: "a name twice", kind: "generic", refs: refs{ref("x", a), ref("x", b)}, reason: "CONTAINED_NAMES", meta: "problem", value: "twice"},
		{name: "a secret twice", kind: "generic", refs: refs{ref("x", a), ref("y", a)}, reason: "CONTAINED_SECRET_TWICE"},
		{name: "a secret that isn't there", kind: "generic", refs: refs{ref("x", id.UUID())}, reason: "CONTAINED_SECRET_UNKNOWN", meta: "name", value: "x"},
		{name: "a secret of another project", kind: "generic", refs: refs{ref("x", a), ref("y", foreign)}, reason: "CONTAINED_SECRET_UNKNOWN", meta: "name", value: "y"},
		{name: "no id", kind: "generic", refs: refs{ref("x", "abc")}, reason: "CONTAINED_SECRET_UNKNOWN", meta: "name", value: "x"},
		{name: "an rsa one without secrets", kind: "rsa"},
		{name: "a key pair", kind: "rsa", refs: refs{ref("public_key", a), ref("private_key", b)}},
		{name: "a key pair with a passphrase", kind: "rsa", refs: refs{ref("public_key", a), ref("private_key", b), ref("private_key_passphrase", c)}},
		{name: "half a key pair", kind: "rsa", refs: refs{ref("public_key", a)}, reason: "CONTAINED_NAMES", meta: "problem", value: "rsa.missing"},
		{name: "a key pair and more", kind: "rsa", refs: refs{ref("public_key", a), ref("private_key", b), ref("x", c)}, reason: "CONTAINED_NAMES", meta: "problem", value: "rsa.others"},
		{name: "a key without a name", kind: "rsa", refs: refs{ref("public_key", a), {SecretId: b}}, reason: "CONTAINED_NAMES", meta: "problem", value: "rsa.others"},
		{name: "a certificate", kind: "certificate", refs: refs{ref("certificate", a)}},
		{name: "a certificate and its intermediates", kind: "certificate", refs: refs{ref("certificate", a), ref("intermediates", b)}},
		{name: "a key without its certificate", kind: "certificate", refs: refs{ref("private_key", a)}, reason: "CONTAINED_NAMES", meta: "problem", value: "certificate.missing"},
		{name: "a certificate and more", kind: "certificate", refs: refs{ref("certificate", a), ref("x", b)}, reason: "CONTAINED_NAMES", meta: "problem", value: "certificate.others"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := w.containers.CreateContainer(ctx, &secretcontainerv1.CreateContainerRequest{Type: tt.kind, Name: &tt.name, SecretRefs: tt.refs})
			if tt.reason != "" {
				wantReason(t, err, tt.reason, tt.meta, tt.value)
				return
			}
			expect(t, err, codes.OK)
			got := w.container(ctx, r.GetContainerId())
			want := &secretcontainerv1.Container{
				Created: got.GetCreated(), Updated: got.GetCreated(), Status: "ACTIVE", Name: &tt.name, Type: tt.kind,
				CreatorId: "carla", SecretRefs: tt.refs, ContainerId: r.GetContainerId(),
			}
			if !proto.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func TestContainerRequestsThatAreWrong(t *testing.T) {
	w := newIdleWorld(t)
	ctx := w.user(acme, "carla", "creator")
	long := fmt.Sprintf("%0256d", 0)
	for name, r := range map[string]*secretcontainerv1.CreateContainerRequest{
		"no type":           {},
		"an unknown type":   {Type: "dsa"},
		"a long name":       {Type: "generic", Name: &long},
		"a long ref's name": {Type: "generic", SecretRefs: []*secretcontainerv1.ContainerSecret{ref(long, id.UUID())}},
		"too many secrets":  {Type: "generic", SecretRefs: make([]*secretcontainerv1.ContainerSecret, 1001)},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.containers.CreateContainer(ctx, r)
			expect(t, err, codes.InvalidArgument)
		})
	}
	for container, reason := range map[string]string{"abc": "CONTAINER_ID_INVALID", id.UUID(): "CONTAINER_NOT_FOUND"} {
		_, err := w.containers.GetContainer(ctx, &secretcontainerv1.GetContainerRequest{ContainerId: container})
		wantReason(t, err, reason, "", "")
		_, err = w.containers.DeleteContainer(ctx, &secretcontainerv1.DeleteContainerRequest{ContainerId: container})
		wantReason(t, err, reason, "", "")
		_, err = w.consumers.ListConsumers(ctx, &secretcontainerv1.ListConsumersRequest{ContainerId: container})
		wantReason(t, err, reason, "", "")
	}
}

// listed are the names in a page of containers, and how many there are in all.
func (w *world) listed(t *testing.T, r *secretcontainerv1.ListContainersRequest, want string, total int64) {
	t.Helper()
	got, err := w.containers.ListContainers(w.user(acme, "carla", "creator"), r)
	if err != nil {
		t.Fatal(err)
	}
	names := ""
	for _, c := range got.GetContainers() {
		names += c.GetName() + " "
	}
	if names != want || got.GetTotal() != total {
		t.Errorf("got %q of %d, want %q of %d", names, got.GetTotal(), want, total)
	}
}

func TestContainersAreListed(t *testing.T) {
	w := newIdleWorld(t)
	ctx := w.user(acme, "carla", "creator")
	w.contain(w.user(rival, "rita", "creator"))
	w.listed(t, &secretcontainerv1.ListContainersRequest{}, "", 0)
	for i, name := range []string{"one", "Two", "t_o", "öre", "a%b", "ONE"} {
		kind := []string{"generic", "rsa"}[i%2]
		if _, err := w.containers.CreateContainer(ctx, &secretcontainerv1.CreateContainerRequest{Type: kind, Name: &name}); err != nil {
			t.Fatal(err)
		}
	}
	w.contain(ctx) // without a name
	for _, tt := range []struct {
		name  string
		r     *secretcontainerv1.ListContainersRequest
		want  string
		total int64
	}{
		{"all", &secretcontainerv1.ListContainersRequest{}, "one Two t_o öre a%b ONE  ", 7},
		{"the first", &secretcontainerv1.ListContainersRequest{Limit: 2}, "one Two ", 7},
		{"some", &secretcontainerv1.ListContainersRequest{Limit: 2, Offset: 3}, "öre a%b ", 7},
		{"none behind the last", &secretcontainerv1.ListContainersRequest{Offset: 1 << 62}, "", 7},
		{"by name", &secretcontainerv1.ListContainersRequest{Name: "one"}, "one ONE ", 2},
		{"by name, some", &secretcontainerv1.ListContainersRequest{Name: "one", Offset: 1}, "ONE ", 2},
		{"by the end of the name", &secretcontainerv1.ListContainersRequest{Name: "%O"}, "Two t_o ", 2},
		{"by what is in the name", &secretcontainerv1.ListContainersRequest{Name: "%n%"}, "one ONE ", 2},
		{"by characters", &secretcontainerv1.ListContainersRequest{Name: "_RE"}, "öre ", 1},
		{"by any name", &secretcontainerv1.ListContainersRequest{Name: "%"}, "one Two t_o öre a%b ONE ", 6},
		{"by type", &secretcontainerv1.ListContainersRequest{Type: "rsa"}, "Two öre ONE ", 3},
		{"by an unknown type", &secretcontainerv1.ListContainersRequest{Type: "banana"}, "", 0},
		{"by name and type", &secretcontainerv1.ListContainersRequest{Name: "t%", Type: "generic"}, "t_o ", 1},
	} {
		t.Run(tt.name, func(t *testing.T) { w.listed(t, tt.r, tt.want, tt.total) })
	}
}
