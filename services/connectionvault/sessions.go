package connectionvault

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	connectionvaultv1 "github.com/holdplane/holdplane/gen/holdplane/connectionvault/v1"
	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/outbox"
)

// How long sessions live.
const (
	sessionTime    = time.Hour
	maxSessionTime = 7 * 24 * time.Hour
)

// topicSessions removes subjects of sessions that have ended from identity.
const topicSessions = "sessions"

// sessions serves SessionService.
type sessions struct {
	connectionvaultv1.UnimplementedSessionServiceServer
	s *Service
}

// CreateSession is for applications: a session makes no other.
func (h sessions) CreateSession(ctx context.Context, r *connectionvaultv1.CreateSessionRequest) (*connectionvaultv1.CreateSessionResponse, error) {
	if err := h.s.reachable(); err != nil {
		return nil, err
	}
	now := time.Now()
	life, err := sessionLength(r.GetSettings().GetSessionLength())
	if err != nil {
		return nil, err
	}
	m, err := newSession(r, now.Add(life))
	if err != nil {
		return nil, err
	}
	end, err := outbox.NewMessage(topicSessions, &storev1.VaultSession{})
	if err != nil {
		return nil, err
	}
	end = end.After(life)
	done := audit.Event(ctx, "session.create", m.GetId())
	err = h.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		c, err := h.s.applicationCaller(ctx, tx, r)
		if err != nil {
			return err
		}
		if err := c.requireConsumer(); err != nil {
			return err
		}
		if uri := r.GetRedirectUri(); uri != "" && !slices.Contains(c.application.GetRedirectUris(), uri) {
			return fault.InvalidArgument(reasonRedirect, "redirect_uri must be one of the application's")
		}
		m.Tenant, m.Application, m.Consumer = string(c.tenant), c.application.GetId(), c.consumer
		if err := h.s.tables.addSession(tx, c, m, end); err != nil {
			return err
		}
		if err := h.s.tables.introduce(tx, c, r.GetConsumerMetadata(), now.UnixMilli()); err != nil {
			return err
		}
		return h.s.tables.audit.Write(tx, scope(c.tenant), done.With("application", m.GetApplication()).With("consumer", m.GetConsumer()))
	})
	if err != nil {
		return nil, err
	}
	token, err := h.s.issue(ctx, m, life)
	if err != nil {
		return nil, err
	}
	return &connectionvaultv1.CreateSessionResponse{SessionToken: token}, nil
}

func newSession(r *connectionvaultv1.CreateSessionRequest, end time.Time) (*storev1.VaultSession, error) {
	settings, err := protojson.Marshal(r.GetSettings())
	if err != nil {
		return nil, fmt.Errorf("keep a session's settings: %w", err)
	}
	theme, err := protojson.Marshal(r.GetTheme())
	if err != nil {
		return nil, fmt.Errorf("keep a session's theme: %w", err)
	}
	return &storev1.VaultSession{
		Id: id.New("vses"), RedirectUri: r.GetRedirectUri(), Settings: string(settings), Theme: string(theme), ExpiresAtMs: end.UnixMilli(),
	}, nil
}

// addSession keeps a session, and has its subject removed when it has ended.
func (t *tables) addSession(tx kv.Writer, c *caller, m *storev1.VaultSession, end outbox.Message) error {
	named, err := end.With("", &storev1.VaultSession{Id: m.GetId(), Tenant: m.GetTenant()})
	if err != nil {
		return err
	}
	if err := t.sessions.Insert(tx, scope(c.tenant), m); err != nil {
		return err
	}
	return t.outbox.Queue(tx, named)
}

// introduce keeps who a consumer is, where a session's maker says so.
func (t *tables) introduce(tx kv.Writer, c *caller, who *connectionvaultv1.ConsumerMetadata, now int64) error {
	if err := t.addConsumer(tx, c.tenant, c.application.GetId(), c.consumer, now); err != nil || who == nil {
		return err
	}
	old, err := t.customers.Get(tx, scope(c.tenant), c.application.GetId(), c.consumer)
	if err != nil {
		return err
	}
	return t.customers.Replace(tx, scope(c.tenant), old, withMetadata(proto.CloneOf(old), who, now))
}

// issue makes the token of a session that is kept already: by itself that opens nothing.
func (s *Service) issue(ctx context.Context, m *storev1.VaultSession, life time.Duration) (string, error) {
	_, err := s.deps.Access.PutSubject(ctx, &identityv1.PutSubjectRequest{
		Tenant: m.GetTenant(), Id: m.GetId(), Enabled: true, Permissions: []string{sessionPrefix + m.GetId()}, Epoch: 1, Version: 1,
	})
	if err != nil {
		return "", err
	}
	r, err := s.deps.Access.IssueSession(ctx, &identityv1.IssueSessionRequest{
		Tenant: m.GetTenant(), Subject: m.GetId(), Kind: identityv1.CredentialKind_CREDENTIAL_KIND_SIGNED_SESSION,
		Audience: audience, TtlMs: life.Milliseconds(),
	})
	return r.GetAccessToken(), err
}

// deliverSession removes the subject of a session that has ended.
func (s *Service) deliverSession(ctx context.Context, payload []byte) error {
	var m storev1.VaultSession
	if err := proto.Unmarshal(payload, &m); err != nil {
		return fmt.Errorf("decode an ended session: %w", err)
	}
	_, err := s.deps.Access.DeleteSubject(ctx, &identityv1.DeleteSubjectRequest{Tenant: m.GetTenant(), Id: m.GetId()})
	return goneToo(err)
}

var lengthText = regexp.MustCompile(`^([1-9][0-9]{0,6})([smhdw])$`)

var lengthUnits = map[string]time.Duration{
	"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": maxSessionTime,
}

// sessionLength reads 30m, 2h, 7d or 1w; an hour when empty.
func sessionLength(text string) (time.Duration, error) {
	if text == "" {
		return sessionTime, nil
	}
	if m := lengthText.FindStringSubmatch(text); m != nil {
		n, err := strconv.Atoi(m[1])
		if life := time.Duration(n) * lengthUnits[m[2]]; err == nil && life > 0 && life <= maxSessionTime {
			return life, nil
		}
	}
	return 0, invalid("settings.session_length", "duration", "must be a length such as 30m, 2h or 7d, a week at most")
}
