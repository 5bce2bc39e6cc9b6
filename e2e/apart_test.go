package e2e_test

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc/health/grpc_health_v1"

	operationsv1 "github.com/holdplane/holdplane/gen/holdplane/operations/v1"
)

// apart is an installation whose gateway, identity and user-admin are processes of their own.
type apart struct {
	server
	dir                     string
	identityArgs, usersArgs []string
}

func (a apart) socket(name string) string { return "unix://" + filepath.Join(a.dir, name) }

func startApart(t *testing.T, s server) (a apart, identity, users *process) {
	t.Helper()
	a = apart{server: s, dir: shortDir(t)}
	a.mails = startMailServer(t)
	addrs := freeAddrs(t, 4)
	a.baseURL = "http://" + addrs[0]
	store := []string{"--data-dir", filepath.Join(a.dir, "data"), "--master-key-file", filepath.Join(a.dir, "master.key")}
	initialise(t, a.dir, store...)
	a.identityArgs = append([]string{"serve", "--services", "identity", "--admin-addr", addrs[1], "--grpc-addr", a.socket("identity"),
		"--internal-addr", a.socket("identity.in"), "--internal-peer", "user-admin=" + a.socket("users.in"), "--without", "secret-container,connection-vault"}, store...)
	a.usersArgs = append([]string{"serve", "--services", "user-admin", "--admin-addr", addrs[2], "--grpc-addr", a.socket("users"),
		"--internal-addr", a.socket("users.in"), "--internal-peer", "identity=" + a.socket("identity.in"),
		"--public-url", a.baseURL, "--smtp-url", a.mails.url}, store...)
	identity = start(t, a.dir, a.identityArgs...)
	users = start(t, a.dir, append(a.usersArgs, "--bootstrap", write(t, a.dir, "bootstrap.yaml", a.bootstrap()))...)
	start(t, a.dir, "serve", "--services", "gateway", "--peer", "identity="+a.socket("identity"), "--peer", "user-admin="+a.socket("users"), "--without", "secret-container,connection-vault",
		"--http-addr", addrs[0], "--admin-addr", addrs[3]).ready(t, a.baseURL)
	return a, identity, users
}

// await waits until a process serves on its socket.
func (a apart) await(t *testing.T, name string) {
	t.Helper()
	health := grpc_health_v1.NewHealthClient(dial(t, a.socket(name)))
	eventually(t, name+" serves", func() bool {
		_, err := health.Check(t.Context(), &grpc_health_v1.HealthCheckRequest{})
		return err == nil
	})
}

// operate runs an operator's command against user-admin.
func (a apart) operate(t *testing.T, args ...string) string {
	t.Helper()
	out, err := command(t, a.dir, append(args, "--tenant", a.tenant, "--internal-addr", a.socket("users.in"))...).CombinedOutput()
	if err != nil {
		t.Fatalf("holdplane %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// recorded tells whether user-admin's audit log has an event.
func (a apart) recorded(t *testing.T, event, object string) bool {
	t.Helper()
	r, err := operationsv1.NewAuditServiceClient(dial(t, a.socket("users.in"))).ListAuditRecords(t.Context(),
		&operationsv1.ListAuditRecordsRequest{Service: "user-admin", Tenant: a.tenant, PageSize: 100})
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(r.GetRecords(), func(m *operationsv1.AuditRecord) bool { return m.GetEvent() == event && m.GetObject() == object })
}

// doomed is a user who has logged in, and whose sessions are to end.
type doomed struct {
	person
	session, token string
	event          string // what user-admin's audit log has once it has committed the change
	change         call
}

// TestChangesOutliveUserAdmin has users changed while identity hangs, and user-admin killed
// before identity has heard of it. It hears within 5 seconds of its return.
func TestChangesOutliveUserAdmin(t *testing.T) {
	p := newPeople("people")
	a, identity, users := startApart(t, server{keys: newKeys(), people: p, tenants: map[string]people{p.tenant: p}})
	all := a.doom(t)
	identity.signal(t, syscall.SIGSTOP)
	var calls sync.WaitGroup
	for _, u := range all {
		calls.Go(func() { _, _ = a.send(t.Context(), u.change) }) // an error, as nobody answers
	}
	for _, u := range all {
		eventually(t, "the commit of "+u.event, func() bool { return a.recorded(t, u.event, u.id) })
	}
	<-time.After(1500 * time.Millisecond) // by now the outbox has taken up what is to be told, too
	users.kill(t)
	calls.Wait()
	start(t, a.dir, a.usersArgs...)
	a.await(t, "users")
	identity.kill(t) // and with it what was sent to it
	start(t, a.dir, a.identityArgs...)
	a.await(t, "identity")
	back := time.Now()
	for _, u := range all {
		eventually(t, "the end of sessions: "+u.event, func() bool {
			bySession, byToken := a.probe(t, u.person, u.session, u.token)
			return bySession == http.StatusUnauthorized && byToken == http.StatusUnauthorized
		})
		t.Logf("%s: known after %v", u.event, time.Since(back))
	}
	if after := time.Since(back); after > bite {
		t.Errorf("known after %v", after)
	}
}

// doom makes users who log in, and what is going to end it.
func (a apart) doom(t *testing.T) []doomed {
	t.Helper()
	owner := a.session(t, a.owner)
	var all []doomed
	for _, event := range []string{"user.update", "user.delete", "user.password"} {
		u := doomed{person: person{username: strings.ToLower(rand.Text()), password: rand.Text()}, event: event}
		u.email = u.username + "@example.com"
		var made struct{ ID string }
		fill(t, []byte(a.operate(t, "users", "create", u.email, "--username", u.username, "--json",
			"--password-file", write(t, t.TempDir(), "password", u.password))), &made)
		u.id = made.ID
		u.session, u.token = a.session(t, u.person), a.token(t, u.person)
		header := http.Header{"X-Request-Id": {"04e0f898-37b4-48bc-a794-1a57abe6aa31"}}
		u.change = call{path: "/v1/users/" + u.id, key: owner, header: header}
		switch event {
		case "user.update":
			u.change.method, u.change.body = http.MethodPatch, `{"enabled":false}`
		case "user.delete":
			u.change.method = http.MethodDelete
		default:
			u.change = a.reset(t, u.person)
		}
		all = append(all, u)
	}
	for _, u := range all {
		a.wantBoth(t, u.person, u.session, u.token, http.StatusOK)
	}
	// Who has called is known for 4 seconds, whatever identity does.
	if r := a.usersBy(t, owner, http.MethodGet, "", ""); r.status != http.StatusOK {
		t.Fatalf("list: status %d: %s", r.status, r.body)
	}
	return all
}

// reset has a user get the mail to set another password, and returns what sets it.
func (a apart) reset(t *testing.T, u person) call {
	t.Helper()
	if r := a.users(t, u, http.MethodPost, "/"+u.id+"/reset-password", ""); r.status != http.StatusNoContent {
		t.Fatalf("reset: status %d: %s", r.status, r.body)
	}
	eventually(t, "a mail to "+u.email, func() bool { return len(a.mails.to(u.email)) > 0 })
	token := regexp.MustCompile(`set-password\?token=3D(\S+)`).FindStringSubmatch(a.mails.to(u.email)[0])
	if token == nil {
		t.Fatalf("no link in %s", a.mails.to(u.email)[0])
	}
	form := url.Values{"token": {token[1]}, "password": {"correct horse battery"}, "repeat": {"correct horse battery"}}
	return call{path: "/pages/set-password", body: form.Encode(), header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}}
}
