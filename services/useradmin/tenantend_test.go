package useradmin_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"

	operationsv1 "github.com/holdplane/holdplane/gen/holdplane/operations/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/services/useradmin"
)

// end deletes what is acme's.
func (w *s3World) end() {
	w.t.Helper()
	_, err := operationsv1.NewTenantDataServiceClient(w.internal).DeleteTenantData(w.t.Context(), &operationsv1.DeleteTenantDataRequest{
		Service: useradmin.Name, Tenant: acme,
	})
	expect(w.t, err, codes.OK)
}

// expectLeft checks how many principals the storages have.
func (w *s3World) expectLeft(want int) {
	w.t.Helper()
	w.s3.mu.Lock()
	defer w.s3.mu.Unlock()
	if len(w.s3.secrets) != want {
		w.t.Errorf("%d principals are left, want %d: %v", len(w.s3.secrets), want, w.s3.secrets)
	}
}

func TestTenantsEnd(t *testing.T) {
	inS3(t, "ends its principals, and no other's", func(t *testing.T, w *s3World) {
		w.many(60)
		w.register(acme, "us")
		w.register(rival, "theirs")
		w.add(&useradminv1.AddUserRequest{Id: "eve", Tenant: rival})
		synctest.Wait()
		w.expectLeft(123)
		w.end()
		synctest.Wait()
		w.expectLeft(1)
		w.expectWorks(w.of(rival, "eve")[0])
		w.end() // once more
		pass(2 * time.Minute)
		w.expectLeft(1)
	})
	inS3(t, "ends those of users who were deleted just before", func(t *testing.T, w *s3World) {
		w.s3.fails("", errDown)
		expect(t, w.delete("ann"), codes.OK)
		w.end()
		w.expectLeft(1)
		w.s3.meets(nil)
		pass(time.Minute)
		w.expectLeft(0)
	})
}

func TestTenantsEndInSpiteOfStorages(t *testing.T) {
	inS3(t, "ends what a late call brings back", func(t *testing.T, w *s3World) {
		ctx, kill := context.WithCancel(w.ann())
		held, end := w.holdUp(), make(chan error, 1)
		go func() {
			_, err := w.rotate(ctx, "ann")
			end <- err
		}()
		synctest.Wait()
		kill()
		<-end
		w.end()
		synctest.Wait()
		w.expectLeft(0)
		held.letGo()
		w.expectLeft(1)
		pass(time.Minute)
		w.expectLeft(0)
	})
	inS3(t, "does not wait for a storage that is gone", func(t *testing.T, w *s3World) {
		m := w.only("ann")
		w.s3.hangs("eu")
		begun := time.Now()
		w.end()
		if took := time.Since(begun); took > time.Second {
			t.Errorf("took %v", took)
		}
		w.rest() // a week has many seconds
		synctest.Wait()
		time.Sleep(7*24*time.Hour + time.Minute)
		w.process(w.change)
		pass(5 * time.Minute)
		log := w.log.String()
		if !strings.Contains(log, `level=ERROR msg="access keys of a deleted tenant stay`) || !strings.Contains(log, m.GetAccessKey()) {
			t.Errorf("the operator does not learn of %s:\n%s", m.GetAccessKey(), log)
		}
		if strings.Contains(log, m.GetSecretKey()) || strings.Contains(log, "admin's secret") {
			t.Errorf("the log has a secret:\n%s", log)
		}
		w.s3.meets(nil)
		pass(time.Hour)
		w.expectLeft(1) // nobody tries any more
	})
}
