package useradmin_test

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"sync"
	"testing"
	"testing/synctest"

	"google.golang.org/grpc/codes"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/mail"
)

// What links are for.
const (
	activate = useradminv1.LinkPurpose_LINK_PURPOSE_ACTIVATE
	reset    = useradminv1.LinkPurpose_LINK_PURPOSE_RESET_PASSWORD
	verify   = useradminv1.LinkPurpose_LINK_PURPOSE_VERIFY_EMAIL
	enrol    = useradminv1.LinkPurpose_LINK_PURPOSE_ENROL
)

// newPassword is what the tests set.
const newPassword = "another long password"

// postbox is a mail server that fails when told to.
type postbox struct {
	mail.Box
	mu    sync.Mutex
	fails error
	tries int
}

func (p *postbox) Send(ctx context.Context, m mail.Message) error {
	p.mu.Lock()
	p.tries++
	fails := p.fails
	p.mu.Unlock()
	return errors.Join(fails, p.Box.Send(ctx, m))
}

func (p *postbox) failWith(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fails = err
}

// inBubble runs a test with a clock of its own, in a world with the owner ann and bob, who
// has a password.
func inBubble(t *testing.T, name string, test func(t *testing.T, w *world)) {
	t.Run(name, func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			w.add(&useradminv1.AddUserRequest{Id: "ann", Password: goodPassword, Owner: true, Locale: "en"})
			w.add(&useradminv1.AddUserRequest{Id: "bob", Password: goodPassword, Locale: "de-DE"})
			test(t, w)
		})
	})
}

func (w *world) links() useradminv1.LinkServiceClient {
	return useradminv1.NewLinkServiceClient(w.public)
}

// edit changes a user as the API would.
func (w *world) edit(user string, change func(*storev1.User)) *storev1.User {
	w.t.Helper()
	u, err := w.service.ChangeUser(w.t.Context(), acme, user, change)
	if err != nil {
		w.t.Fatal(err)
	}
	return u
}

// user is one as stored.
func (w *world) user(id string) *storev1.User {
	w.t.Helper()
	u, _, _, err := w.service.Kept(w.t.Context(), acme, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return u
}

// events are the audit records of an event about a user.
func (w *world) events(user, event string) (found []*storev1.AuditRecord) {
	w.t.Helper()
	_, records, _, err := w.service.Kept(w.t.Context(), acme, user)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range records {
		if r.GetEvent() == event && r.GetObject() == user {
			found = append(found, r)
		}
	}
	return found
}

// order orders a link to be mailed to an address, and waits until the order is dealt with.
func (w *world) order(user string, purpose useradminv1.LinkPurpose, email, redirect string) {
	w.t.Helper()
	if err := w.service.Order(w.t.Context(), acme, user, purpose, email, redirect); err != nil {
		w.t.Fatal(err)
	}
	synctest.Wait()
}

// link has a link mailed to a user's address, and returns its token.
func (w *world) link(user string, purpose useradminv1.LinkPurpose) string {
	w.t.Helper()
	w.order(user, purpose, user+"@example.com", "https://app.example.com/done")
	return w.tokenIn(w.lastMail(user + "@example.com"))
}

// lastMail is the newest to an address.
func (w *world) lastMail(to string) mail.Message {
	w.t.Helper()
	synctest.Wait()
	for _, m := range w.mails.List() {
		if m.To == to {
			return m.Message
		}
	}
	w.t.Fatalf("there is no mail to %s", to)
	return mail.Message{}
}

// linkIn is the address that stands on a line of its own in a mail's text.
var linkIn = regexp.MustCompile(`(?m)^https://\S+$`)

func (w *world) tokenIn(m mail.Message) string {
	w.t.Helper()
	u, err := url.Parse(linkIn.FindString(m.Text))
	if err != nil || u.Query().Get("token") == "" {
		w.t.Fatalf("there is no link in %q", m.Text)
	}
	return u.Query().Get("token")
}

func (w *world) setPassword(token string) (*useradminv1.SetPasswordResponse, error) {
	return w.links().SetPassword(w.t.Context(), &useradminv1.SetPasswordRequest{Token: token, Password: newPassword})
}

// expectDead checks that nothing can be done with a token, in one text.
func (w *world) expectDead(token string) {
	w.t.Helper()
	ctx := w.t.Context()
	for name, do := range map[string]func() error{
		"GetLink": func() error {
			_, err := w.links().GetLink(ctx, &useradminv1.GetLinkRequest{Token: token})
			return err
		},
		"SetPassword": func() error { _, err := w.setPassword(token); return err },
		"VerifyEmail": func() error {
			_, err := w.links().VerifyEmail(ctx, &useradminv1.VerifyEmailRequest{Token: token})
			return err
		},
		"StartEnrolment": func() error {
			_, err := w.links().StartEnrolment(ctx, &useradminv1.StartEnrolmentRequest{Token: token})
			return err
		},
		"FinishEnrolment": func() error {
			_, err := w.links().FinishEnrolment(ctx, &useradminv1.FinishEnrolmentRequest{Token: token, Code: "123456"})
			return err
		},
	} {
		expectDead(w.t, name, do())
	}
}

func expectDead(t testing.TB, name string, err error) {
	t.Helper()
	f := fault.From(err)
	if f == nil || f.Code != codes.NotFound || f.Reason != "LINK_UNKNOWN" ||
		f.Message != "this link does not work, or not any more; ask for a new one" {
		t.Errorf("%s: got %v, want LINK_UNKNOWN", name, f)
	}
}

// expectOut checks that a session has ended.
func (w *world) expectOut(session context.Context) {
	w.t.Helper()
	_, err := useradminv1.NewUserServiceClient(w.public).ListUsers(session, &useradminv1.ListUsersRequest{})
	expect(w.t, err, codes.Unauthenticated)
}
