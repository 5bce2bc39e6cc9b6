package connectionvault

import "github.com/holdplane/holdplane/pkg/outbox"

// handlers do what was queued in outbox, by topic.
func (s *Service) handlers() map[string]outbox.Handler {
	return map[string]outbox.Handler{
		topicKeys:     s.deliverKeys,
		topicSessions: s.deliverSession,
	}
}
