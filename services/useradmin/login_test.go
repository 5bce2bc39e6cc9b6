package useradmin_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
)

// oldHash is one of goodPassword with less memory than new ones take.
const oldHash = "$argon2id$v=19$m=8192,t=2,p=1$c29tZSBzYWx0IG9mIDE2Yg$0X0R2c/+7ZGto1S3wyAqQY9l2YZ1er2uwuYnSYw5Z/o"

// wantRefused checks that an error is the one answer to logins that fail.
func wantRefused(t testing.TB, err error) {
	t.Helper()
	want := "the name or the password is wrong, or the code is wrong or missing"
	if err == nil {
		t.Error("got in")
	} else if f := fault.From(err); f.Code != codes.Unauthenticated || f.Reason != "INVALID_GRANT" || f.Message != want || len(f.Metadata) > 0 {
		t.Errorf("got %v", err)
	}
}

// Nobody can tell by the answer or by its cost why a login failed.
func TestRefusalsAreAlike(t *testing.T) {
	w, d := loginWorld(t)
	w.add(&useradminv1.AddUserRequest{Id: "disabled", Password: goodPassword, Disabled: true})
	w.add(&useradminv1.AddUserRequest{Id: "invited"})
	w.add(&useradminv1.AddUserRequest{Id: "unenrolled", Password: goodPassword, Totp: true})
	w.add(&useradminv1.AddUserRequest{Id: "enrolled", Password: goodPassword})
	w.add(&useradminv1.AddUserRequest{Tenant: rival, Id: "rita", Password: goodPassword})
	d.enrol(t, "enrolled")
	for _, c := range []struct{ name, user, password, code string }{
		{"a name that nobody has", "nobody@example.com", goodPassword, ""},
		{"a name that no user can have", "nobody\x00\n<script>", goodPassword, ""},
		{"another tenant's user", "rita@example.com", goodPassword, ""},
		{"an id", "ann", goodPassword, ""},
		{"a wrong password", "annie", goodPassword + " ", ""},
		{"another letter", "annie", "A" + goodPassword[1:], ""},
		{"a disabled user", "disabled@example.com", goodPassword, ""},
		{"a user without a password", "invited@example.com", goodPassword, ""},
		{"a user who has to enrol", "unenrolled@example.com", goodPassword, ""},
		{"a user who has to enrol, with a code", "unenrolled@example.com", goodPassword, "000000"},
		{"a user without a code", "enrolled@example.com", goodPassword, ""},
		{"a user with a wrong code", "enrolled@example.com", goodPassword, "000000"},
		{"a user with a wrong password and a code", "enrolled@example.com", "wrong", codeAt(time.Now())},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := d.hashes(t)
			_, err := d.login(t.Context(), c.user, c.password, c.code)
			wantRefused(t, err)
			wantHashes(t, before+1, d)
		})
	}
}

func TestUsersOfADeletedTenantAreRefused(t *testing.T) {
	w, d := loginWorld(t)
	_, err := identityv1.NewTenantServiceClient(w.internal).DeleteTenant(t.Context(), &identityv1.DeleteTenantRequest{Id: acme})
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.login(t.Context(), "annie", goodPassword, "")
	expect(t, err, codes.Unauthenticated) // by the name, or by the client where that is gone, too
}

// events are what the tenant's audit log says of logins, oldest first.
func (d door) events(t testing.TB, store kv.Store, of table.Scope) (events []string) {
	t.Helper()
	err := store.View(t.Context(), func(tx kv.Reader) error {
		rows, _, err := d.service.Audit().List(tx, of, nil, 100)
		for _, r := range rows {
			if len(r.GetEvent()) > 6 && r.GetEvent()[:6] == "login." {
				events = append([]string{r.GetEvent() + " " + r.GetObject()}, events...)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return events
}

func TestLoginsAreAudited(t *testing.T) {
	w, d := loginWorld(t)
	for _, password := range []string{"wrong 1", goodPassword, "wrong 2", "wrong 3", "wrong 4", "wrong 5", "wrong 6", goodPassword} {
		d.login(t.Context(), "annie", password, "")
	}
	d.login(t.Context(), "nobody", goodPassword, "")
	want := []string{
		"login.failure ann", "login.success ann", "login.failure ann", "login.failure ann", "login.failure ann", "login.failure ann",
		"login.failure ann", "login.lock ann", "login.blocked ann", "login.failure ",
	}
	if diff := cmp.Diff(want, d.events(t, w.store, table.Of(acme))); diff != "" {
		t.Error(diff)
	}
}

// A login brings the hash up to date, which ends no session and is no news for identity.
func TestRehash(t *testing.T) {
	_, d := loginWorld(t)
	old := d.change(t, "ann", func(u *storev1.User) { u.PasswordHash = oldHash })
	for range 2 {
		if _, err := d.login(t.Context(), "annie", goodPassword, ""); err != nil {
			t.Fatal(err)
		}
	}
	wantHashes(t, 3, d) // the old one, the new one, and the new one
	u := d.change(t, "ann", func(*storev1.User) {})
	if u.GetPasswordHash() == oldHash || u.GetEpoch() != old.GetEpoch() || u.GetVersion() != old.GetVersion()+1 {
		t.Errorf("got %v after %v", u, old)
	}
}

// late is an identity service that issues sessions a moment before something else happens.
type late struct {
	identityv1.AccessServiceClient
	then func()
}

func (l *late) IssueSession(ctx context.Context, r *identityv1.IssueSessionRequest, o ...grpc.CallOption) (*identityv1.IssueSessionResponse, error) {
	l.then()
	return l.AccessServiceClient.IssueSession(ctx, r, o...)
}

// A password that is changed while a login with the old one is under way lets nobody in, even
// where identity knows of the change before it makes the session.
func TestChangeDuringLogin(t *testing.T) {
	w, d := loginWorld(t)
	slow := &late{AccessServiceClient: w.access}
	d = w.accessDoor(slow)
	slow.then = func() { d.change(t, "ann", func(u *storev1.User) { u.PasswordVersion++ }) }
	_, err := d.login(t.Context(), "annie", goodPassword, "")
	wantRefused(t, err)
}
