package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/rpc"
)

// keeper is an OperatorService that has deleted secrets of acme, in pages of one.
type keeper struct {
	secretcontainerv1.UnimplementedOperatorServiceServer
	addr      string
	retention int64
	kept      []*secretcontainerv1.DeletedSecret
	done      []string
}

func startKeeper(t *testing.T) *keeper {
	t.Helper()
	k := &keeper{addr: "unix://" + filepath.Join(newRoot(t), "internal.sock")}
	l, err := rpc.Listen(k.addr)
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	secretcontainerv1.RegisterOperatorServiceServer(server, k)
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	t.Cleanup(func() {
		server.Stop()
		if err := <-done; err != nil && !errors.Is(err, grpc.ErrServerStopped) { // before it began
			t.Error(err)
		}
	})
	return k
}

func (k *keeper) GetRetention(_ context.Context, r *secretcontainerv1.GetRetentionRequest) (*secretcontainerv1.GetRetentionResponse, error) {
	return &secretcontainerv1.GetRetentionResponse{RetentionMs: k.retention}, knows(r)
}

func (k *keeper) SetRetention(_ context.Context, r *secretcontainerv1.SetRetentionRequest) (*secretcontainerv1.SetRetentionResponse, error) {
	k.retention = r.GetRetentionMs()
	return &secretcontainerv1.SetRetentionResponse{}, knows(r)
}

func (k *keeper) ListDeletedSecrets(_ context.Context, r *secretcontainerv1.ListDeletedSecretsRequest) (*secretcontainerv1.ListDeletedSecretsResponse, error) {
	at := len(r.GetPageToken())
	answer := &secretcontainerv1.ListDeletedSecretsResponse{}
	if at < len(k.kept) {
		answer.Secrets = k.kept[at : at+1]
	}
	if at+1 < len(k.kept) {
		answer.NextPageToken = r.GetPageToken() + "x"
	}
	return answer, knows(r)
}

func (k *keeper) UndeleteSecret(_ context.Context, r *secretcontainerv1.UndeleteSecretRequest) (*secretcontainerv1.UndeleteSecretResponse, error) {
	k.done = append(k.done, "undelete "+r.GetSecretId())
	return &secretcontainerv1.UndeleteSecretResponse{}, knows(r)
}

func (k *keeper) PurgeSecret(_ context.Context, r *secretcontainerv1.PurgeSecretRequest) (*secretcontainerv1.PurgeSecretResponse, error) {
	k.done = append(k.done, "purge "+r.GetSecretId())
	return &secretcontainerv1.PurgeSecretResponse{}, knows(r)
}

// knows refuses tenants other than acme.
func knows(r interface{ GetTenant() string }) error {
	if r.GetTenant() != "acme" {
		return fault.NotFound("TENANT_NOT_FOUND", "tenant %s does not exist", r.GetTenant())
	}
	return nil
}

func (k *keeper) run(t *testing.T, command string, args ...string) (string, error) {
	t.Helper()
	return runWith(t, "", append([]string{"secrets", command, "--internal-addr", k.addr}, args...)...)
}

func TestRetention(t *testing.T) {
	for _, c := range []struct {
		give, words string
		want        time.Duration // less than 0 is refused
	}{
		{"off", "gone at once", 0},
		{"1h", "kept for 1h", time.Hour},
		{"90m", "kept for 1h30m0s", 90 * time.Minute},
		{"36h", "kept for 36h", 36 * time.Hour},
		{"48h", "kept for 2d", 48 * time.Hour},
		{"30d", "kept for 30d", 720 * time.Hour},
		{"31d", "", -1}, {"721h", "", -1}, {"59m", "", -1}, {"0", "", -1}, {"0d", "", -1}, {"7", "", -1}, {"-2h", "", -1},
		{"1.5d", "", -1}, {"d", "", -1}, {"99999999999999999999d", "", -1}, {"forever", "", -1}, {"", "", -1},
	} {
		t.Run(c.give, func(t *testing.T) {
			k := startKeeper(t)
			k.retention = 7
			out, err := k.run(t, "retention", "--tenant", "acme", "--", c.give)
			if c.want < 0 {
				if err == nil || !strings.Contains(err.Error(), "1h to 30d") || k.retention != 7 {
					t.Errorf("%v, %q, set %d", err, out, k.retention)
				}
				return
			}
			if err != nil || !strings.Contains(out, "acme") || !strings.Contains(out, c.words) || k.retention != c.want.Milliseconds() {
				t.Errorf("%v, %q, set %d", err, out, k.retention)
			}
			if out, err = k.run(t, "retention", "--tenant", "acme"); err != nil || !strings.Contains(out, c.words) {
				t.Errorf("shown as %q, %v", out, err)
			}
			if out, err = k.run(t, "retention", "--tenant", "acme", "--json"); err != nil || c.want != 0 && out != fmt.Sprintf(`{"retentionMs":"%d"}`+"\n", c.want.Milliseconds()) {
				t.Errorf("shown as %q, %v", out, err)
			}
		})
	}
}

func TestDeletedSecretsAreListed(t *testing.T) {
	k := startKeeper(t)
	at := timestamppb.New(time.Date(2026, 5, 4, 3, 2, 1, 0, time.Local))
	for _, name := range []string{"the last", "the\x1b[2Jfirst"} {
		k.kept = append(k.kept, &secretcontainerv1.DeletedSecret{
			SecretId: "id of " + name, Name: name, SecretType: "opaque", CreatorId: "ann", DeletedBy: "bob", Created: at, Deleted: at, Purged: at,
		})
	}
	out, err := k.run(t, "list", "--tenant", "acme")
	if err != nil || strings.Count(out, "\n") != 3 || strings.Contains(out, "\x1b") || strings.Count(out, "2026-05-04 03:02") != 6 {
		t.Errorf("%v\n%s", err, out)
	}
	for _, want := range []string{"ID ", "the last", "opaque", "ann", "bob"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	out, err = k.run(t, "list", "--tenant", "acme", "--json")
	if lines := strings.Split(out, "\n"); err != nil || len(lines) != 3 || !strings.Contains(lines[0], `"secretId":"id of the last"`) {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestDeletedSecretsComeBackOrEnd(t *testing.T) {
	k := startKeeper(t)
	for _, command := range []string{"undelete", "purge"} {
		for _, more := range []string{"", "--json"} {
			k.done = nil
			out, err := k.run(t, command, strings.Fields("an-id --tenant acme "+more)...)
			if err != nil || len(k.done) != 1 || k.done[0] != command+" an-id" || strings.Contains(out, "an-id") != (more == "") {
				t.Errorf("%s %s: %v, %q, did %q", command, more, err, out, k.done)
			}
		}
	}
}

func TestDeletedSecretsOfTenants(t *testing.T) {
	k := startKeeper(t)
	for _, words := range []string{"retention", "retention 1h", "list", "undelete x", "purge x"} {
		command, args := strings.Fields(words)[0], strings.Fields(words)[1:]
		if _, err := k.run(t, command, append(args, "--tenant", "nobody")...); err == nil || err.Error() != "tenant nobody does not exist" {
			t.Errorf("%s of no tenant: %v", words, err)
		}
		if _, err := k.run(t, command, args...); err == nil || !strings.Contains(err.Error(), "--tenant") {
			t.Errorf("%s without a tenant: %v", words, err)
		}
	}
}
