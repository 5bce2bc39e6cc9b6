package useradmin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/outbox"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// Topics of the outbox for object storages.
const (
	// topicPush brings what a user's storages have not been told.
	topicPush = "credentials"
	// topicLast brings all of a user's credentials once more, when no call can follow that
	// says what stood before the change: a process that was stopped in the middle of one, or
	// a server that had a connection cut off, could have it land after the right one.
	topicLast = "credentialslast"
)

// lastAfter is when a topicLast is due. A request lives for 10 seconds up to its commit,
// and a call that it makes void for callTime behind that; the rest is for clocks that differ
// and servers that are slow.
const lastAfter = 45 * time.Second

// credentialPush is what has to be queued when a user's credentials change. New ones take
// the first only: nothing else was ever said of them.
type credentialPush struct{ now, last outbox.Message }

func newCredentialPush(of tenant.ID, user string) (p credentialPush, err error) {
	payload := &storev1.CredentialPush{Tenant: string(of), User: user}
	if p.now, err = outbox.NewMessage(topicPush, payload); err != nil {
		return p, err
	}
	p.last, err = outbox.NewMessage(topicLast, payload)
	p.last = p.last.After(lastAfter)
	return p, err
}

func (t *tables) queuePush(tx kv.Writer, p credentialPush) error {
	if err := t.principals.Queue(tx, p.now); err != nil {
		return err
	}
	return t.principals.Queue(tx, p.last)
}

func (s *Service) deliverPush(ctx context.Context, payload []byte) error {
	return s.deliver(ctx, topicPush, payload)
}

func (s *Service) deliverLast(ctx context.Context, payload []byte) error {
	return s.deliver(ctx, topicLast, payload)
}

// deliver pushes a user's credentials. Where a storage is paused the message is put off
// without a word: the call that found it down has failed, and was logged.
func (s *Service) deliver(ctx context.Context, topic string, payload []byte) error {
	var m storev1.CredentialPush
	if err := proto.Unmarshal(payload, &m); err != nil {
		return fmt.Errorf("decode credential push: %w", err)
	}
	err := s.pushUser(ctx, telling{of: tenant.ID(m.GetTenant()), last: topic == topicLast}, m.GetUser())
	var paused pausedError
	if !errors.As(err, &paused) {
		return gone(err)
	}
	return s.putOff(ctx, topic, &m, time.Duration(paused))
}

// putOff queues a message anew, for later.
func (s *Service) putOff(ctx context.Context, topic string, payload proto.Message, wait time.Duration) error {
	again, err := outbox.NewMessage(topic, payload)
	if err != nil {
		return err
	}
	return s.deps.Store.Update(ctx, func(tx kv.Writer) error { return s.tables.principals.Queue(tx, again.After(wait)) })
}
