package secretcontainer_test

import (
	"fmt"
	"testing"

	"google.golang.org/grpc/codes"

	operationsv1 "github.com/holdplane/holdplane/gen/holdplane/operations/v1"
	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/services/secretcontainer"
)

// Each change is in the log of the project whose container or secret it is of, and nothing else
// is: neither what was refused nor what was there.
func TestContainersAreAudited(t *testing.T) {
	w := newIdleWorld(t)
	owner, guest := w.user(acme, "carla", "creator"), w.user(rival, "bob", "creator")
	s := w.plant(acme, 0)
	c := w.contain(owner)
	expect(t, w.add(owner, c, "s", s), codes.OK)
	expect(t, w.add(owner, c, "s", s), codes.AlreadyExists)
	expect(t, w.remove(owner, c, "s", s), codes.OK)
	w.share(acme, c, true, "bob")
	w.register(guest, c, "a", "1")
	w.register(owner, c, "a", "1")
	w.unregister(guest, c, "a", "1")
	for range 2 {
		_, err := w.use(owner, s, "image", "1")
		expect(t, err, codes.OK)
	}
	_, err := w.unuse(owner, s, "image", "1")
	expect(t, err, codes.OK)
	_, err = w.containers.DeleteContainer(guest, &secretcontainerv1.DeleteContainerRequest{ContainerId: c})
	expect(t, err, codes.PermissionDenied)
	_, err = w.containers.DeleteContainer(owner, &secretcontainerv1.DeleteContainerRequest{ContainerId: c})
	expect(t, err, codes.OK)

	log, err := operationsv1.NewAuditServiceClient(w.internal).ListAuditRecords(t.Context(),
		&operationsv1.ListAuditRecordsRequest{Service: secretcontainer.Name, Tenant: acme, PageSize: 100})
	expect(t, err, codes.OK)
	var got []string
	for _, m := range log.GetRecords() {
		what := map[string]string{c: "c", s: "s"}[m.GetObject()]
		got = append(got, m.GetActor()+" "+m.GetEvent()+" "+what)
	}
	want(t, "newest first", fmt.Sprintf("%q", got), fmt.Sprintf("%q", []string{
		"carla container.delete c", "carla secret.consumer.unregister s", "carla secret.consumer.register s",
		"bob consumer.unregister c", "bob consumer.register c",
		"carla container.secret.remove c", "carla container.secret.add c", "carla container.create c",
	}))
}
