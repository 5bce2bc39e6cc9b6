package useradmin

import (
	"context"
	"errors"
	"maps"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/outbox"
	"github.com/holdplane/holdplane/pkg/ratelimit"
	"github.com/holdplane/holdplane/pkg/rpc"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// linkUses is how often one network may do each of the things that links are for in linkTime.
const (
	linkUses = 30
	linkTime = 15 * time.Minute
)

const reasonLinkUses = "TOO_MANY_LINKS"

// use is what somebody does with a link, and all that is written of it.
type use struct {
	token    string
	purposes []useradminv1.LinkPurpose
	// link and user are as they stood when the use began.
	link    *storev1.Link
	user    *storev1.User
	push    outbox.Message
	change  *storev1.Change
	done    audit.Entry
	notices []mailOrder
}

// asUser is the context of what a link's user does: records name them.
func asUser(ctx context.Context, l *storev1.Link) context.Context {
	return auth.With(ctx, &auth.Principal{Tenant: tenant.ID(l.GetTenant()), Subject: l.GetUser()})
}

// beginUse starts the use of a link that works for one of the purposes. All else that costs
// something comes behind it: strangers get no further.
func (s *Service) beginUse(ctx context.Context, event, token string, purposes ...useradminv1.LinkPurpose) (w use, err error) {
	if err := s.allowUse(ctx, event); err != nil {
		return use{}, err
	}
	w = use{token: token, purposes: purposes}
	err = s.deps.Store.View(ctx, func(tx kv.Reader) (err error) {
		w.link, w.user, err = s.tables.openLink(tx, token, purposes...)
		return err
	})
	if err != nil {
		return use{}, err
	}
	ctx = asUser(ctx, w.link)
	w.change, w.done = newChange(ctx, kindUser, actionUpdated), audit.Event(ctx, event, w.user.GetId())
	w.push, err = newSubjectPush(tenant.ID(w.user.GetTenant()), w.user.GetId())
	return w, err
}

// allowUse counts a use of a link by the caller's network. Callers without an address are
// programs on this machine; they are not counted.
func (s *Service) allowUse(ctx context.Context, event string) error {
	network := networkOf(rpc.Client(ctx))
	if !network.IsValid() {
		return nil
	}
	verdicts, err := s.countPatiently(ctx, ratelimit.Check{
		Group: "links", Name: event + " " + network.String(), Kind: ratelimit.Sliding,
		Limit: linkUses, Duration: linkTime, Cost: 1, OnOutage: ratelimit.Closed,
	})
	switch {
	case errors.Is(err, ratelimit.ErrUnavailable):
		return fault.Unavailable("uses of links can't be counted now; try again").Because(err)
	case err != nil:
		return err
	case !ratelimit.Passed(verdicts):
		return fault.ResourceExhausted(reasonLinkUses, "too many links were used from this address; try again in a quarter of an hour")
	}
	return nil
}

// finishUse has do change the user m, if the link works still, and writes that. do spends the
// link, and returns what goes on record; where it leaves m alone that is all.
func (s *Service) finishUse(ctx context.Context, w use, do func(tx kv.Writer, l *storev1.Link, m *storev1.User) (audit.Entry, error)) error {
	of := tenant.ID(w.user.GetTenant())
	err := s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		l, u, err := s.tables.openLink(tx, w.token, w.purposes...)
		if err != nil {
			return err
		}
		m := proto.CloneOf(u)
		done, err := do(tx, l, m)
		if err != nil {
			return err
		}
		if !proto.Equal(u, m) {
			if err := s.tables.writeUse(tx, w, u, m); err != nil {
				return err
			}
		}
		return s.tables.audit.Write(tx, scope(of), done)
	})
	if err == nil {
		s.tellSubject(ctx, of, w.user.GetId())
	}
	return err
}

func (t *tables) writeUse(tx kv.Writer, w use, old, m *storev1.User) error {
	if err := t.replaceUser(tx, old, m, w.push); err != nil {
		return err
	}
	if err := t.orderMails(tx, w.notices...); err != nil {
		return err
	}
	before, after := addressFields(old), addressFields(m)
	if maps.Equal(before, after) {
		return nil // passwords and second factors don't show in audits
	}
	return t.writeChange(tx, tenant.ID(m.GetTenant()), w.change, m.GetId(), before, after)
}

// addressFields are those of a user's address that audits show.
func addressFields(u *storev1.User) map[string]any {
	all := map[string]any{"email": u.GetEmail(), "emailVerified": u.GetEmailVerified()}
	if u.GetPendingEmail() != "" {
		all["pendingEmail"] = u.GetPendingEmail()
	}
	return all
}
