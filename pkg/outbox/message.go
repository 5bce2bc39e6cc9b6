package outbox

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/id"
)

// Message is made before a transaction and queued in it.
type Message struct{ row *storev1.OutboxMessage }

// NewMessage makes a message for a topic's handler.
func NewMessage(topic string, payload proto.Message) (Message, error) {
	b, err := proto.Marshal(payload)
	if err != nil {
		return Message{}, fmt.Errorf("outbox: encode payload for %s: %w", topic, err)
	}
	now := time.Now().UnixMilli()
	return Message{row: &storev1.OutboxMessage{
		Id: id.New("out"), Topic: topic, Payload: b, DueAtMs: now, QueuedAtMs: now,
	}}, nil
}

// After returns the message as one that is delivered no sooner than d from when it was made.
func (m Message) After(d time.Duration) Message {
	row := proto.CloneOf(m.row)
	row.DueAtMs = row.GetQueuedAtMs() + d.Milliseconds()
	return Message{row: row}
}
