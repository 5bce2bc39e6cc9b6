package connectionvault

import (
	"context"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
)

// mark is a token after a failure. One that was in use before, and is refused, is spent: there
// is nothing to keep. Others are kept for a while, for providers err too.
func (r *refusal) mark(token *storev1.VaultToken, lost, again bool, now time.Time) *storev1.VaultToken {
	m := proto.CloneOf(token)
	m.LeaseHolder, m.LeaseUntilMs = "", 0
	if r.kind == forbidden {
		m.InUse = again // nothing was sent
		return m
	}
	m.FailedAtMs, m.CooldownUntilMs = now.UnixMilli(), now.Add(cooldown).UnixMilli()
	switch {
	case lost:
		m.RefusedAtMs, m.ForgottenAtMs, m.InUse = now.UnixMilli(), now.UnixMilli(), false
	case r.kind == refused:
		m.InUse = again
		if m.RefusedAtMs = now.UnixMilli(); m.ForgottenAtMs == 0 {
			m.ForgottenAtMs = now.Add(retention).UnixMilli()
		}
	default:
		m.UnreachableAtMs, m.InUse = now.UnixMilli(), m.GetInUse() && (again || r.kind == unanswered)
	}
	return m
}

// events are what a failure is told as. Further ones of a kind are no news.
func (r *refusal) events(token *storev1.VaultToken, lost bool) []string {
	switch {
	case lost:
		return []string{eventFailed}
	case r.kind == refused && token.GetRefusedAtMs() == 0:
		return []string{eventPending}
	case (r.kind == failed || r.kind == unanswered) && token.GetUnreachableAtMs() == 0:
		return []string{eventDegraded}
	}
	return nil
}

// recovery is what is told when a refresh succeeds.
func recovery(token *storev1.VaultToken) (events []string) {
	if token.GetRefusedAtMs() != 0 {
		events = append(events, eventRecovered)
	}
	if token.GetUnreachableAtMs() != 0 {
		events = append(events, eventReachable)
	}
	return events
}

// count counts a failure. One that loses a connection is for the operator to see.
func (s *Service) count(ctx context.Context, at place, r *refusal, lost bool) {
	if lost {
		s.refreshes.lost.Add(1)
		s.deps.Log.WarnContext(ctx, "refresh token lost", "application", at.application, "connection", at.id())
	}
	if r.kind == refused {
		s.refreshes.refused.Add(1)
	} else {
		s.refreshes.failed.Add(1)
	}
}
