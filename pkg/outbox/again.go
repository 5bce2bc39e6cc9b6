package outbox

import (
	"errors"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
)

// Again is the error of a Handler that knows itself when a message is to be tried again.
type Again struct {
	// After is the pause.
	After time.Duration
	// Payload takes the place of the message's; nil lets that be.
	Payload []byte
	// Cause is why the try failed; nil where there was none, which is not worth a warning.
	Cause error
}

func (a *Again) Error() string {
	if a.Cause == nil {
		return "not yet"
	}
	return a.Cause.Error()
}

// Unwrap returns the cause.
func (a *Again) Unwrap() error { return a.Cause }

// waits tells whether a handler put a message off without having tried.
func waits(failure error) bool {
	var again *Again
	return errors.As(failure, &again) && again.Cause == nil
}

// retry is a message for after a failure.
func retry(m *storev1.OutboxMessage, failure error, longest time.Duration) *storev1.OutboxMessage {
	next := proto.CloneOf(m)
	wait := pause(m.GetAttempts(), longest)
	var again *Again
	if errors.As(failure, &again) {
		wait = again.After
		if again.Payload != nil {
			next.Payload = again.Payload
		}
	}
	next.DueAtMs = time.Now().Add(wait).UnixMilli()
	return next
}
