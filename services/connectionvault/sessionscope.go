package connectionvault

import (
	"fmt"
	"slices"

	"google.golang.org/protobuf/encoding/protojson"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// Actions that a session may be kept from.
const (
	actionDelete      = "delete"
	actionDisconnect  = "disconnect"
	actionReauthorize = "reauthorize"
	actionDisable     = "disable"
)

// limits are what a session is limited to. The zero value is no limit.
type limits struct {
	apis     []string
	actions  []string
	showLogs bool
}

// readLimits reads a session's.
func readLimits(settings string) (limits, error) {
	if settings == "" {
		return limits{}, nil
	}
	var m connectionvaultv1.SessionSettings
	if err := protojson.Unmarshal([]byte(settings), &m); err != nil {
		return limits{}, fmt.Errorf("read a session's settings: %w", err)
	}
	return limits{apis: m.GetUnifiedApis(), actions: m.GetAllowActions(), showLogs: m.GetShowLogs()}, nil
}

// sees tells whether a unified API is one of the caller's.
func (c *caller) sees(api string) bool {
	return len(c.limits.apis) == 0 || slices.Contains(c.limits.apis, api)
}

// allows tells whether the caller may take an action.
func (c *caller) allows(action string) bool {
	return c.session == nil || len(c.limits.actions) == 0 || slices.Contains(c.limits.actions, action)
}

// requireAction refuses an action that the session does not allow.
func (c *caller) requireAction(action string) error {
	if c.allows(action) {
		return nil
	}
	return fault.PermissionDenied(reasonSessionAction, "the session does not allow to %s", action).With("action", action)
}

// requireApplication refuses consumers: some calls are for the application itself.
func (c *caller) requireApplication() error {
	if c.session == nil {
		return nil
	}
	return fault.PermissionDenied(reasonSessionAction, "a session does not open this; use the application's key")
}

// requireConsumer refuses callers that name no consumer.
func (c *caller) requireConsumer() error {
	if c.consumer != "" {
		return nil
	}
	return fault.InvalidArgument(reasonConsumerAbsent, "name the consumer")
}
