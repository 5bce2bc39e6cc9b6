package secretcontainer_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/key"
)

// keys counts what the store has of tables and their indexes, in whichever scope. Ends of rows
// are of the table "ttl", work to do of "outbox".
func (w *world) keys(tables ...string) (n int) {
	w.t.Helper()
	err := w.store.View(w.t.Context(), func(tx kv.Reader) error {
		for e, err := range tx.Scan(kv.Range{KeysOnly: true}) {
			if err != nil {
				return err
			}
			parts, err := key.Parse(e.Key)
			if err != nil {
				continue // the sealing's own
			}
			for _, part := range parts[1:min(3, len(parts))] {
				text, _ := part.(string)
				name, _, _ := strings.Cut(text, "/")
				for _, t := range tables {
					if t == name && !strings.HasSuffix(text, "/count") {
						n++
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func TestDeletedContainersLeaveNothing(t *testing.T) {
	for _, n := range []int{0, 3, 1100} {
		t.Run(fmt.Sprint(n, " consumers"), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				ctx := w.user(acme, "carla", "creator")
				s := w.plant(acme, 0)
				c := w.crowd(ctx, n)
				expect(t, w.add(ctx, c, "s", s), codes.OK)
				for i := 0; i < n; i += 3 {
					w.unregister(ctx, c, fmt.Sprintf("c%04d", i), "u")
				}
				_, err := w.containers.DeleteContainer(ctx, &secretcontainerv1.DeleteContainerRequest{ContainerId: c})
				expect(t, err, codes.OK)
				_, err = w.containers.GetContainer(ctx, &secretcontainerv1.GetContainerRequest{ContainerId: c})
				wantReason(t, err, "CONTAINER_NOT_FOUND", "", "")
				w.listed(t, &secretcontainerv1.ListContainersRequest{}, "", 0)
				time.Sleep(2 * time.Second) // for the outbox and the sweeper
				if n := w.keys("container", "contained", "consumer", "ttl", "outbox"); n != 0 {
					t.Errorf("%d keys are left", n)
				}
				if w.keys("secret") == 0 {
					t.Error("the secret is gone, too")
				}
			})
		})
	}
}
