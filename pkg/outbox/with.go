package outbox

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
)

// With returns the message as another one, told apart by part, with another payload. It is
// for what is known in the transaction only: id and time stay those of before it.
func (m Message) With(part string, payload proto.Message) (Message, error) {
	b, err := proto.Marshal(payload)
	if err != nil {
		return Message{}, fmt.Errorf("outbox: encode payload for %s: %w", m.row.GetTopic(), err)
	}
	return Message{row: &storev1.OutboxMessage{
		Id: m.row.GetId() + "." + part, Topic: m.row.GetTopic(), Payload: b,
		DueAtMs: m.row.GetDueAtMs(), QueuedAtMs: m.row.GetQueuedAtMs(),
	}}, nil
}
