package useradmin_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/services/useradmin"
)

// orders are the mails that are ordered in a world where none is sent: the purpose of a link
// or the name of a notice, the address, and where to lead; in any order.
func (w *world) orders() (all []string) {
	w.t.Helper()
	for _, m := range rows[*storev1.OutboxMessage](w, table.Global) {
		if m.GetTopic() != "mail" {
			continue
		}
		var o storev1.MailOrder
		if err := proto.Unmarshal(m.GetPayload(), &o); err != nil || o.GetTenant() != acme {
			w.t.Errorf("order %v: %v", &o, err)
		}
		purpose := strings.TrimPrefix(useradminv1.LinkPurpose(o.GetPurpose()).String(), "LINK_PURPOSE_")
		if o.GetNotice() != "" {
			purpose = o.GetNotice()
		}
		all = append(all, strings.TrimSpace(fmt.Sprint(purpose, " ", o.GetEmail(), " ", o.GetRedirectUrl())))
	}
	slices.Sort(all)
	return all
}

// people are users who lack different things.
func people(w *world) {
	w.add(&useradminv1.AddUserRequest{Id: "owner", Owner: true})
	for _, id := range []string{"done", "fresh", "moved", "sure"} {
		w.user(id)
	}
	edit(w, "sure", func(u *storev1.User) {
		u.EmailVerified, u.Totp, u.SecondFactor = true, true, &storev1.SecondFactor{Secret: "JBSWY3DPEHPK3PXP"}
	})
	for id, verified := range map[string]bool{"owner": true, "done": true, "moved": false} {
		edit(w, id, func(u *storev1.User) { u.PasswordHash, u.EmailVerified = "a hash", verified })
	}
}

const listed = "https://app.example.com/start"

// mailing is a call, and the mails that it orders.
type mailing struct {
	name string
	by   string // a user; a root key when empty
	call func(*world, context.Context) error
	want string
	code codes.Code
}

func resetting(user string) func(*world, context.Context) error {
	return func(w *world, ctx context.Context) error {
		_, err := w.users.ResetPassword(ctx, &useradminv1.ResetPasswordRequest{UserId: user, RedirectUrl: listed})
		return err
	}
}

func resending(user string) func(*world, context.Context) error {
	return func(w *world, ctx context.Context) error {
		_, err := w.users.ResendEmailVerification(ctx, &useradminv1.ResendEmailVerificationRequest{UserId: user})
		return err
	}
}

func changing(r *useradminv1.UpdateUserRequest) func(*world, context.Context) error {
	return func(w *world, ctx context.Context) error { return w.update(ctx, proto.CloneOf(r)) }
}

var mailings = []mailing{
	{"a new user activates", "", func(w *world, ctx context.Context) error {
		_, err := w.users.CreateUser(ctx, &useradminv1.CreateUserRequest{Email: "New@example.com", Locale: "en", Totp: true})
		return err
	}, "ACTIVATE New@example.com", codes.OK},
	{"a reset", "", resetting("done"), "RESET_PASSWORD done@example.com " + listed, codes.OK},
	{"a reset of one's own", "done", resetting("done"), "RESET_PASSWORD done@example.com " + listed, codes.OK},
	{"a reset where there is no password", "", resetting("fresh"), "ACTIVATE fresh@example.com " + listed, codes.OK},
	{"a verification where there is no password", "", resending("fresh"), "ACTIVATE fresh@example.com", codes.OK},
	{"a verification", "", resending("moved"), "VERIFY_EMAIL moved@example.com", codes.OK},
	{"a verification of what is verified", "", resending("done"), "", codes.AlreadyExists},
	{"another address", "", changing(&useradminv1.UpdateUserRequest{UserId: "done", Email: proto.String("x@example.com")}), "VERIFY_EMAIL x@example.com, email_changed done@example.com", codes.OK},
	{"another address where there is no password", "", changing(&useradminv1.UpdateUserRequest{UserId: "fresh", Email: proto.String("x@example.com")}), "ACTIVATE x@example.com", codes.OK},
	{"another address of one's own", "done", changing(&useradminv1.UpdateUserRequest{UserId: "done", Email: proto.String("x@example.com")}), "VERIFY_EMAIL x@example.com, email_changed done@example.com", codes.OK},
	{"the same address", "", changing(&useradminv1.UpdateUserRequest{UserId: "done", Email: proto.String("done@example.com")}), "", codes.OK},
	{"another address than one that nobody verified", "", changing(&useradminv1.UpdateUserRequest{UserId: "moved", Email: proto.String("x@example.com")}), "VERIFY_EMAIL x@example.com", codes.OK},
	{"an owner's other address", "owner", changing(&useradminv1.UpdateUserRequest{UserId: "owner", Email: proto.String("x@example.com")}), "VERIFY_EMAIL x@example.com", codes.OK},
	{"a second factor", "", changing(&useradminv1.UpdateUserRequest{UserId: "done", Totp: proto.Bool(true)}), "ENROL done@example.com", codes.OK},
	{"a second factor of one's own", "owner", changing(&useradminv1.UpdateUserRequest{UserId: "owner", Totp: proto.Bool(true)}), "ENROL owner@example.com", codes.OK},
	{"no second factor any more", "", changing(&useradminv1.UpdateUserRequest{UserId: "sure", Totp: proto.Bool(false), FirstName: proto.String("X")}), "second_factor_off sure@example.com", codes.OK},
	{"a second factor that is there", "", changing(&useradminv1.UpdateUserRequest{UserId: "sure", Totp: proto.Bool(true)}), "", codes.OK},
	{"no second factor where there was none", "", changing(&useradminv1.UpdateUserRequest{UserId: "done", Totp: proto.Bool(false)}), "", codes.OK},
}

func TestMailsThatAreOrdered(t *testing.T) {
	for _, c := range mailings {
		t.Run(c.name, func(t *testing.T) {
			w := newIdleWorld(t, nil)
			_, err := w.operator.CreateAccount(t.Context(), &useradminv1.CreateAccountRequest{Tenant: acme, RedirectUrls: []string{listed}})
			expect(t, err, codes.OK)
			people(w)
			before := w.orders()
			ctx := w.all()
			if c.by != "" {
				ctx = w.contabo(acme, c.by)
			}
			expect(t, c.call(w, ctx), c.code)
			got := w.orders()
			for _, order := range before {
				i := slices.Index(got, order)
				got = slices.Delete(got, i, i+1)
			}
			if got := strings.Join(got, ", "); got != c.want {
				t.Errorf("ordered %q, want %q", got, c.want)
			}
		})
	}
}

func TestWithoutMailsNothingIsDoneThatNeedsOne(t *testing.T) {
	w := newIdleWorld(t, func(d *useradmin.Deps) { d.PublicURL = "" })
	w.add(&useradminv1.AddUserRequest{Id: "ann", Password: goodPassword})
	edit(w, "ann", func(u *storev1.User) { u.EmailVerified = false })
	before := w.get("ann")
	for name, call := range map[string]func(context.Context) error{
		"create": func(ctx context.Context) error {
			_, err := w.users.CreateUser(ctx, &useradminv1.CreateUserRequest{Email: "x@example.com", Locale: "en"})
			return err
		},
		"reset": func(ctx context.Context) error {
			_, err := w.users.ResetPassword(ctx, &useradminv1.ResetPasswordRequest{UserId: "ann"})
			return err
		},
		"resend": func(ctx context.Context) error {
			_, err := w.users.ResendEmailVerification(ctx, &useradminv1.ResendEmailVerificationRequest{UserId: "ann"})
			return err
		},
		"another address": func(ctx context.Context) error {
			return w.update(ctx, &useradminv1.UpdateUserRequest{UserId: "ann", FirstName: proto.String("X"), Email: proto.String("x@example.com")})
		},
		"a second factor": func(ctx context.Context) error {
			return w.update(ctx, &useradminv1.UpdateUserRequest{UserId: "ann", FirstName: proto.String("X"), Totp: proto.Bool(true)})
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := call(w.all())
			expect(t, err, codes.FailedPrecondition)
			if f := fault.From(err); f == nil || f.Reason != "MAIL_UNAVAILABLE" || !strings.Contains(f.Message, "--public-url") {
				t.Errorf("got %v, want what to set", err)
			}
		})
	}
	if after := w.get("ann"); !proto.Equal(before, after) || len(w.orders()) != 0 {
		t.Errorf("got %v and the orders %v", after, w.orders())
	}
	expect(t, w.update(w.all(), &useradminv1.UpdateUserRequest{UserId: "ann", FirstName: proto.String("X")}), codes.OK)
}

// meddler is a store where something else happens between the looks of a call.
type meddler struct {
	kv.Store
	between func()
}

func (m *meddler) Update(ctx context.Context, do func(kv.Writer) error) error {
	if between := m.between; between != nil {
		m.between = nil
		between()
	}
	return m.Store.Update(ctx, do)
}

// A mail is ordered for the user as they stand when it is, not as they stood when it was made.
func TestUsersWhoChangeMeanwhile(t *testing.T) {
	var m meddler
	w := newIdleWorld(t, func(d *useradmin.Deps) { m.Store, d.Store = d.Store, &m })
	w.add(&useradminv1.AddUserRequest{Id: "ann", Password: goodPassword})
	all := w.all()
	m.between = func() {
		expect(t, w.update(all, &useradminv1.UpdateUserRequest{UserId: "ann", Email: proto.String("new@example.com")}), codes.OK)
	}
	_, err := w.users.ResetPassword(all, &useradminv1.ResetPasswordRequest{UserId: "ann"})
	expect(t, err, codes.OK)
	if got, want := strings.Join(w.orders(), ", "), "RESET_PASSWORD new@example.com, VERIFY_EMAIL new@example.com, email_changed ann@example.com"; got != want {
		t.Errorf("ordered %q, want %q", got, want)
	}
	m.between = func() {
		_, err := w.users.DeleteUser(all, &useradminv1.DeleteUserRequest{UserId: "ann"})
		expect(t, err, codes.OK)
	}
	expect(t, w.update(all, &useradminv1.UpdateUserRequest{UserId: "ann", FirstName: proto.String("X")}), codes.NotFound)
}
