package outbox_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/outbox"
)

func TestHandlerSaysWhen(t *testing.T) {
	changed, err := proto.Marshal(&storev1.TenantDeletion{Tenant: "changed"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		again  *outbox.Again
		want   string
		logged bool
	}{
		{"with the same payload", &outbox.Again{After: 3 * time.Hour, Cause: errors.New("broken")}, "one", true},
		{"with another", &outbox.Again{After: 3 * time.Hour, Payload: changed, Cause: errors.New("broken")}, "changed", true},
		{"without having tried", &outbox.Again{After: 3 * time.Hour}, "one", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, tries := newBench(t), 0
				b.run(func(context.Context, string) error {
					if tries++; tries == 1 {
						return tt.again
					}
					return nil
				})
				b.queue("do", nil, "one")
				time.Sleep(3*time.Hour - time.Second)
				b.expect("one")
				time.Sleep(3 * time.Second)
				b.expect("one", tt.want)
				if logged := b.log.Len() > 0; logged != tt.logged || b.waiting() != 0 {
					t.Errorf("logged: %v, want %v; %d messages are left", logged, tt.logged, b.waiting())
				}
			})
		})
	}
}
