package useradmin_test

import (
	"context"
	"net/url"
	"regexp"
	"testing"
	"testing/synctest"

	"google.golang.org/grpc/codes"

	operationsv1 "github.com/holdplane/holdplane/gen/holdplane/operations/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/mail"
	"github.com/holdplane/holdplane/pkg/password"
	"github.com/holdplane/holdplane/pkg/password/passwordtest"
	"github.com/holdplane/holdplane/services/useradmin"
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

// linkWorld is a world with the owner ann, and bob, who has a password, too. Its mails stay
// in a postbox.
type linkWorld struct {
	*world
	door
	mails *postbox
}

// inBubble runs a test in such a world, with a clock of its own.
func inBubble(t *testing.T, name string, test func(t *testing.T, w linkWorld)) {
	t.Run(name, func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := linkWorld{mails: &postbox{}}
			w.pool = passwordtest.NewPool(t, password.Options{})
			w.world = newWorldWith(t, func(d *useradmin.Deps) { d.Mail, d.Passwords = w.mails, w.pool })
			w.door.service, w.door.public = w.world.service, w.world.public
			w.tokens = useradminv1.NewTokenServiceClient(w.door.public)
			_, err := w.operator.CreateAccount(t.Context(), &useradminv1.CreateAccountRequest{
				Tenant: acme, Name: "Acme", ClientId: acmeClient, ClientSecret: clientSecret, RedirectUrls: []string{"https://app.example.com"},
			})
			if err != nil {
				t.Fatal(err)
			}
			w.add(&useradminv1.AddUserRequest{Id: "ann", Password: goodPassword, Owner: true, Locale: "en"})
			w.add(&useradminv1.AddUserRequest{Id: "bob", Password: goodPassword, Locale: "de-DE"})
			test(t, w)
		})
	})
}

func (w linkWorld) links() useradminv1.LinkServiceClient {
	return useradminv1.NewLinkServiceClient(w.door.public)
}

// edit changes a user of acme.
func (w linkWorld) edit(user string, change func(*storev1.User)) *storev1.User {
	w.t.Helper()
	return w.change(w.t, user, change)
}

// user is one of acme as stored.
func (w linkWorld) user(id string) *storev1.User {
	w.t.Helper()
	return w.edit(id, func(*storev1.User) {})
}

// events are the audit records of an event about a user.
func (w linkWorld) events(user, event string) (found []*operationsv1.AuditRecord) {
	w.t.Helper()
	for _, r := range w.records(acme) {
		if r.GetEvent() == event && r.GetObject() == user {
			found = append(found, r)
		}
	}
	return found
}

// doneURL is where links lead in the end.
const doneURL = "https://app.example.com/done"

// order has the owner do what a link is mailed for, and waits until that is dealt with.
func (w linkWorld) order(user string, purpose useradminv1.LinkPurpose) {
	w.t.Helper()
	users, ctx, err := useradminv1.NewUserServiceClient(w.door.public), w.contabo(acme, "ann"), error(nil)
	switch purpose {
	case reset:
		_, err = users.ResetPassword(ctx, &useradminv1.ResetPasswordRequest{UserId: user, RedirectUrl: doneURL})
	case verify:
		w.edit(user, func(u *storev1.User) { u.EmailVerified = false })
		_, err = users.ResendEmailVerification(ctx, &useradminv1.ResendEmailVerificationRequest{UserId: user, RedirectUrl: doneURL})
	case enrol:
		w.edit(user, func(u *storev1.User) { u.Totp = false })
		_, err = users.UpdateUser(ctx, &useradminv1.UpdateUserRequest{UserId: user, Totp: new(true)})
	}
	if err != nil {
		w.t.Fatal(err)
	}
	synctest.Wait()
}

// link has a link mailed to a user, and returns its token.
func (w linkWorld) link(user string, purpose useradminv1.LinkPurpose) string {
	w.t.Helper()
	w.order(user, purpose)
	return w.tokenIn(w.lastMail(user + "@example.com"))
}

// welcome has a user made who has no password yet, and returns the token of the link that is
// mailed.
func (w linkWorld) welcome(user string) string {
	w.t.Helper()
	w.add(&useradminv1.AddUserRequest{Id: user, Locale: "en"})
	return w.tokenIn(w.lastMail(user + "@example.com"))
}

// readdress has the owner ask for another address, and returns the token of the link that is
// mailed there.
func (w linkWorld) readdress(email string) string {
	w.t.Helper()
	_, err := useradminv1.NewUserServiceClient(w.door.public).UpdateUser(w.contabo(acme, "ann"), &useradminv1.UpdateUserRequest{
		UserId: "ann", Email: new(email),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return w.tokenIn(w.lastMail(email))
}

// lastMail is the newest to an address.
func (w linkWorld) lastMail(to string) mail.Message {
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

func (w linkWorld) tokenIn(m mail.Message) string {
	w.t.Helper()
	u, err := url.Parse(linkIn.FindString(m.Text))
	if err != nil || u.Query().Get("token") == "" {
		w.t.Fatalf("there is no link in %q", m.Text)
	}
	return u.Query().Get("token")
}

func (w linkWorld) setPassword(token string) (*useradminv1.SetPasswordResponse, error) {
	return w.links().SetPassword(w.t.Context(), &useradminv1.SetPasswordRequest{Token: token, Password: newPassword})
}

// expectDead checks that nothing can be done with a token, in one text.
func (w linkWorld) expectDead(token string) {
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
func (w linkWorld) expectOut(session context.Context) {
	w.t.Helper()
	_, err := useradminv1.NewUserServiceClient(w.door.public).ListUsers(session, &useradminv1.ListUsersRequest{})
	expect(w.t, err, codes.Unauthenticated)
}
