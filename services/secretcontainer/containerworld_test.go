package secretcontainer_test

import (
	"context"
	"iter"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/auth/accessclient"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/page"
	"github.com/holdplane/holdplane/pkg/rpc"
	"github.com/holdplane/holdplane/services/secretcontainer"
)

// counted is a store that counts what is read with its value, and the changes committed.
type counted struct {
	kv.Store
	reads, commits atomic.Int64
}

func (c *counted) View(ctx context.Context, fn func(kv.Reader) error) error {
	return c.Store.View(ctx, func(tx kv.Reader) error { return fn(countedReader{tx, c}) })
}

func (c *counted) Update(ctx context.Context, fn func(kv.Writer) error) error {
	err := c.Store.Update(ctx, fn)
	if err == nil {
		c.commits.Add(1)
	}
	return err
}

type countedReader struct {
	kv.Reader
	c *counted
}

func (r countedReader) Get(key []byte) ([]byte, error) {
	r.c.reads.Add(1)
	return r.Reader.Get(key)
}

func (r countedReader) Scan(in kv.Range) iter.Seq2[kv.Entry, error] {
	return func(yield func(kv.Entry, error) bool) {
		for e, err := range r.Reader.Scan(in) {
			if !in.KeysOnly {
				r.c.reads.Add(1)
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

// count has the world's calls served by another instance, whose store counts.
func (w *world) count() *counted {
	w.t.Helper()
	check, err := validator()
	if err != nil {
		w.t.Fatal(err)
	}
	c := &counted{Store: w.store}
	w.service = secretcontainer.New(secretcontainer.Deps{
		Store: c, Blind: w.store.Indexer(), Cursors: page.New(w.store.Sealer("cursors")),
		Tenants: identityv1.NewTenantServiceClient(w.internal), Log: slog.New(slog.DiscardHandler),
	})
	door := &auth.Door{Verifier: accessclient.New(w.access), Public: rpc.PublicMethods(), Accept: secretcontainer.Accepts}
	w.public = rpc.NewLocal(door.Unary, check.Unary)
	w.service.RegisterPublic(w.public)
	w.connect()
	return c
}

// during returns how much was read, and how often something was written, while do ran.
func (c *counted) during(do func()) (reads, commits int64) {
	reads, commits = c.reads.Load(), c.commits.Load()
	do()
	return c.reads.Load() - reads, c.commits.Load() - commits
}

// plant adds a secret to a project that ends some time from now; never when that is 0.
func (w *world) plant(of string, ends time.Duration) string {
	w.t.Helper()
	now := time.Now()
	m := &storev1.Secret{
		Id: id.UUID(), Tenant: of, SecretType: "opaque", Creator: "somebody",
		CreatedUs: now.UnixMicro(), UpdatedUs: now.UnixMicro(),
	}
	if ends != 0 {
		m.ExpiresUs = now.Add(ends).UnixMicro()
	}
	if err := secretcontainer.PlantSecret(w.t.Context(), w.service, m); err != nil {
		w.t.Fatal(err)
	}
	return m.GetId()
}

// share sets who may read a secret or a container.
func (w *world) share(of, id string, projectAccess bool, users ...string) {
	w.t.Helper()
	acl := &storev1.AccessList{ProjectAccess: projectAccess, Users: users}
	if err := secretcontainer.PlantList(w.t.Context(), w.service, of, id, acl); err != nil {
		w.t.Fatal(err)
	}
}

// ref is a secret in a container.
func ref(name, secret string) *secretcontainerv1.ContainerSecret {
	return &secretcontainerv1.ContainerSecret{Name: &name, SecretId: secret}
}

// contain makes a container of any secrets, and returns its id.
func (w *world) contain(ctx context.Context, refs ...*secretcontainerv1.ContainerSecret) string {
	w.t.Helper()
	r, err := w.containers.CreateContainer(ctx, &secretcontainerv1.CreateContainerRequest{Type: "generic", SecretRefs: refs})
	if err != nil {
		w.t.Fatal(err)
	}
	return r.GetContainerId()
}

func (w *world) container(ctx context.Context, id string) *secretcontainerv1.Container {
	w.t.Helper()
	r, err := w.containers.GetContainer(ctx, &secretcontainerv1.GetContainerRequest{ContainerId: id})
	if err != nil {
		w.t.Fatal(err)
	}
	return r.GetContainer()
}

// wantReason checks that a fault has a reason, and the metadata name=value unless name is empty.
func wantReason(t testing.TB, err error, reason, name, value string) {
	t.Helper()
	f := fault.From(err)
	if f == nil || f.Reason != reason {
		t.Errorf("got %v, want %s", err, reason)
		return
	}
	if name != "" && f.Metadata[name] != value {
		t.Errorf("%s: %s is %q, want %q", reason, name, f.Metadata[name], value)
	}
}
