package useradmin_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/objectstorage"
	"github.com/holdplane/holdplane/services/useradmin"
)

// s3World is a world with object storages.
type s3World struct {
	*world
	s3     *s3Server
	keys   useradminv1.CredentialServiceClient
	log    *lines
	change func(*useradmin.Deps)
}

// newS3World has the user ann in acme, and no storage yet.
func newS3World(t testing.TB, changes ...func(*useradmin.Deps)) *s3World {
	t.Helper()
	w := &s3World{s3: &s3Server{secrets: map[s3Key]string{}}, log: &lines{}}
	w.change = func(d *useradmin.Deps) {
		d.Storages = map[string]objectstorage.Driver{"versitygw": w.s3}
		d.Log = slog.New(slog.NewTextHandler(w.log, nil))
		for _, change := range changes {
			change(d)
		}
	}
	w.world = newWorldWith(t, w.change)
	w.keys = useradminv1.NewCredentialServiceClient(w.public)
	w.add(&useradminv1.AddUserRequest{Id: "ann"})
	return w
}

// inS3 runs a test in a bubble, in a world where ann has a credential for the storage eu.
func inS3(t *testing.T, name string, test func(t *testing.T, w *s3World)) {
	t.Run(name, func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newS3World(t)
			w.register(acme, "eu")
			synctest.Wait()
			w.expectWorks(w.only("ann"))
			test(t, w)
		})
	})
}

// register adds an object storage whose server is called like it.
func (w *s3World) register(of, id string) {
	w.t.Helper()
	w.storage(&useradminv1.AddObjectStorageRequest{
		Tenant: of, Id: id, Region: "Region of " + id, DisplayName: "Name of " + id, S3Url: "https://s3.example.com", Driver: "versitygw",
		AdminUrl: "https://" + id, AdminAccessKey: "admin", AdminSecretKey: "admin's secret", AdminRegion: "r1",
	})
}

// of are all credentials of a user, as the user sees them.
func (w *s3World) of(tenant, user string) []*useradminv1.Credential {
	w.t.Helper()
	size := int64(1000)
	r, err := w.keys.ListCredentials(w.contabo(tenant, user), &useradminv1.ListCredentialsRequest{UserId: user, Size: &size})
	if err != nil {
		w.t.Fatal(err)
	}
	return r.GetCredentials()
}

// only is the credential of a user of acme's who has one.
func (w *s3World) only(user string) *useradminv1.Credential {
	w.t.Helper()
	all := w.of(acme, user)
	if len(all) != 1 {
		w.t.Fatalf("%s has %d credentials, want 1", user, len(all))
	}
	return all[0]
}

// rotate regenerates the only credential of a user of acme's.
func (w *s3World) rotate(ctx context.Context, user string) (*useradminv1.Credential, error) {
	m := w.only(user)
	r, err := w.keys.RegenerateCredential(ctx, &useradminv1.RegenerateCredentialRequest{
		UserId: user, ObjectStorageId: m.GetObjectStorageId(), CredentialId: int64(m.GetCredentialId()),
	})
	return r.GetCredential(), err
}

// ann is a session of ann's.
func (w *s3World) ann() context.Context { return w.contabo(acme, "ann") }

func (w *s3World) delete(user string) error {
	_, err := useradminv1.NewUserServiceClient(w.public).DeleteUser(
		w.rootKey(acme, "useradmin.everything"), &useradminv1.DeleteUserRequest{UserId: user})
	return err
}

// expectWorks checks that a credential is one that its storage takes.
func (w *s3World) expectWorks(m *useradminv1.Credential) {
	w.t.Helper()
	if got := w.s3.secret(m); got != m.GetSecretKey() {
		w.t.Errorf("at %s the secret of %s is %q, want %q", m.GetObjectStorageId(), m.GetAccessKey(), got, m.GetSecretKey())
	}
}

// expectGone checks that a storage does not know a credential.
func (w *s3World) expectGone(m *useradminv1.Credential) {
	w.t.Helper()
	if got := w.s3.secret(m); got != "" {
		w.t.Errorf("at %s the secret of %s is still %q", m.GetObjectStorageId(), m.GetAccessKey(), got)
	}
}

// s3Key is an access key on a server.
type s3Key struct{ server, accessKey string }

// s3Call is what a driver is asked for; an empty secret is for Delete.
type s3Call struct {
	s3Key
	secret string
}

// s3Server is object storages and the driver that talks to them.
type s3Server struct {
	mu      sync.Mutex
	secrets map[s3Key]string
	calls   []s3Call
	meet    func(context.Context, s3Call) error // what becomes of a call before it is carried out
}

var _ objectstorage.Driver = (*s3Server)(nil)

func (s *s3Server) Put(ctx context.Context, at objectstorage.Storage, p objectstorage.Principal) error {
	return s.call(ctx, s3Call{s3Key{at.AdminURL, p.AccessKey}, string(p.SecretKey)})
}

func (s *s3Server) Delete(ctx context.Context, at objectstorage.Storage, accessKey string) error {
	return s.call(ctx, s3Call{s3Key: s3Key{at.AdminURL, accessKey}})
}

func (s *s3Server) call(ctx context.Context, c s3Call) error {
	s.mu.Lock()
	s.calls = append(s.calls, c)
	meet := s.meet
	s.mu.Unlock()
	if meet != nil {
		if err := meet(ctx, c); err != nil {
			return err
		}
	}
	s.carryOut(c)
	return nil
}

func (s *s3Server) carryOut(c s3Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.secret == "" {
		delete(s.secrets, c.s3Key)
	} else {
		s.secrets[c.s3Key] = c.secret
	}
}

// meets sets what becomes of calls; nil carries them out.
func (s *s3Server) meets(meet func(context.Context, s3Call) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.meet = meet
}

// fails has every call to a server fail; to all when it is empty.
func (s *s3Server) fails(server string, err error) {
	s.meets(func(_ context.Context, c s3Call) error {
		if server == "" || c.server == "https://"+server {
			return err
		}
		return nil
	})
}

// hangs has a server not answer.
func (s *s3Server) hangs(server string) {
	s.meets(func(ctx context.Context, c s3Call) error {
		if c.server != "https://"+server {
			return nil
		}
		<-ctx.Done()
		return ctx.Err()
	})
}

// secret is what a storage takes for a credential; empty for none.
func (s *s3Server) secret(m *useradminv1.Credential) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.secrets[s3Key{"https://" + m.GetObjectStorageId(), m.GetAccessKey()}]
}

// called counts the calls so far.
func (s *s3Server) called() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.calls)
}

// errDown is of a server that can't be reached.
var errDown = errors.New("connection refused")

// lines is a log.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// pass lets time go by in a bubble.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}
