package secretcontainer_test

import (
	"context"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// stage is what the matrix' calls are about: a container with a secret and a consumer, and
// another secret of its project.
type stage struct {
	w                                  *world
	container, inside, other, consumer string
}

func newStage(w *world, owner context.Context, projectAccess bool) stage {
	s := stage{w: w, inside: w.plant(acme, 0), other: w.plant(acme, 0)}
	s.container = w.contain(owner, ref("in", s.inside))
	w.register(owner, s.container, "ours", "1")
	s.consumer = w.page(owner, s.container, 0, 1).GetConsumers()[0].GetConsumerId()
	for _, id := range []string{s.container, s.other} {
		w.share(acme, id, projectAccess, "named")
	}
	return s
}

// calls are all of the three services, in the matrix' order. Of lists one sees one's own.
var calls = []func(context.Context, stage) error{
	func(ctx context.Context, s stage) error {
		_, err := s.w.containers.CreateContainer(ctx, &secretcontainerv1.CreateContainerRequest{Type: "generic"})
		return err
	},
	func(ctx context.Context, s stage) error {
		_, err := s.w.containers.ListContainers(ctx, &secretcontainerv1.ListContainersRequest{})
		return err
	},
	func(ctx context.Context, s stage) error {
		_, err := s.w.containers.GetContainer(ctx, &secretcontainerv1.GetContainerRequest{ContainerId: s.container})
		return err
	},
	func(ctx context.Context, s stage) error { return s.w.add(ctx, s.container, "x", s.other) },
	func(ctx context.Context, s stage) error { return s.w.remove(ctx, s.container, "in", s.inside) },
	func(ctx context.Context, s stage) error {
		_, err := s.w.consumers.ListConsumers(ctx, &secretcontainerv1.ListConsumersRequest{ContainerId: s.container})
		return err
	},
	func(ctx context.Context, s stage) error {
		_, err := s.w.consumers.GetConsumer(ctx, &secretcontainerv1.GetConsumerRequest{ContainerId: s.container, ConsumerId: s.consumer})
		return err
	},
	func(ctx context.Context, s stage) error {
		_, err := s.w.tryRegister(ctx, s.container, "own", "1")
		return err
	},
	func(ctx context.Context, s stage) error {
		_, err := s.w.tryUnregister(ctx, s.container, "own", "1")
		return err
	},
	func(ctx context.Context, s stage) error { _, err := s.w.uses(ctx, s.other, 0, 0); return err },
	func(ctx context.Context, s stage) error { _, err := s.w.use(ctx, s.other, "image", "1"); return err },
	func(ctx context.Context, s stage) error { _, err := s.w.unuse(ctx, s.other, "image", "1"); return err },
	func(ctx context.Context, s stage) error {
		_, err := s.w.containers.DeleteContainer(ctx, &secretcontainerv1.DeleteContainerRequest{ContainerId: s.container})
		return err
	},
}

// containerMatrix is who may make which of the calls: create, list, get, add and remove a secret; list,
// get, register, unregister a consumer; list, register, unregister a secret's; delete.
var containerMatrix = []struct {
	project, user, role, shared, private string
}{
	{acme, "boss", "admin", "yyyyy yyyy yyy y", "yyyyy yyyy yyy y"},
	{acme, "owner", "creator", "yyyyy yyyy yyy y", "yyyyy yyyy ... y"}, // the secrets are another's
	{acme, "peer", "creator", "yyyyy yyyy yyy .", "yy... .... ... ."},
	{acme, "mate", "member", "yyyyy yyyy yyy y", "yy... .... ... ."},
	{acme, "watcher", "observer", ".yy.. yyyy yyy .", ".y... .... ... ."},
	{acme, "auditor", "audit", "..y.. yyyy yyy .", "..... .... ... ."},
	{acme, "steward", "key-manager:service-admin", "..y.. yyyy yyy .", "..... .... ... ."},
	{acme, "reader", "reader", "..... .... ... .", "..... .... ... ."},
	{acme, "nobody", "other", "..... .... ... .", "..... .... ... ."},
	{acme, "named", "reader", "..y.. yyyy yyy .", "..y.. yyyy yyy ."},
	{rival, "stranger", "admin", "yy... .... ... .", "yy... .... ... ."},
	{rival, "named", "creator", "yyy.. yyyy yyy .", "yyy.. yyyy yyy ."},
}

func TestWhoMayDoWhat(t *testing.T) {
	w := newIdleWorld(t)
	owner := w.user(acme, "owner", "creator")
	for _, who := range containerMatrix {
		for access, want := range map[bool]string{true: who.shared, false: who.private} {
			name := map[bool]string{true: "shared", false: "private"}[access]
			t.Run(strings.Join([]string{who.role, who.user, name}, " "), func(t *testing.T) {
				s := newStage(w, owner, access)
				ctx := w.user(who.project, who.user, who.role)
				want = strings.ReplaceAll(want, " ", "")
				for i, call := range calls {
					err := call(ctx, s)
					allowed := codes.OK
					if want[i] != 'y' {
						allowed = codes.PermissionDenied
					}
					if expect(t, err, allowed); err != nil && fault.From(err).Reason != fault.ReasonPermission {
						t.Errorf("call %d: %v", i, err)
					}
				}
			})
		}
	}
}
