package secretcontainer

import (
	"context"
	"time"

	"google.golang.org/protobuf/proto"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/kv"
)

// listChange makes another access control list of one; either may be nil, which is none. It
// returns the same one where there is nothing to change.
type listChange func(old *storev1.AccessList) *storev1.AccessList

// replaceList puts what is given in the place of a list, and nothing for nothing.
func replaceList(r *secretcontainerv1.ReadChange) listChange {
	now := time.Now().UnixMicro()
	return func(old *storev1.AccessList) *storev1.AccessList {
		if r == nil {
			return nil
		}
		m := &storev1.AccessList{CreatedUs: now, UpdatedUs: now, ProjectAccess: true, Users: unique(r.GetUsers().GetIds())}
		if old != nil {
			m.CreatedUs = old.GetCreatedUs()
		}
		if r.ProjectAccess != nil {
			m.ProjectAccess = r.GetProjectAccess()
		}
		return m
	}
}

// updateList changes what is given of a list, which is made where there is none.
func updateList(r *secretcontainerv1.ReadChange) listChange {
	now := time.Now().UnixMicro()
	return func(old *storev1.AccessList) *storev1.AccessList {
		if r.GetUsers() == nil && (r == nil || r.ProjectAccess == nil) {
			return old
		}
		m := &storev1.AccessList{CreatedUs: now, ProjectAccess: true}
		if old != nil {
			m = proto.CloneOf(old)
		}
		m.UpdatedUs = now
		if r.GetUsers() != nil {
			m.Users = unique(r.GetUsers().GetIds())
		}
		if r.ProjectAccess != nil {
			m.ProjectAccess = r.GetProjectAccess()
		}
		return m
	}
}

// unique leaves out repeats, and keeps the order.
func unique(ids []string) (kept []string) {
	seen := make(map[string]bool, len(ids))
	for _, id := range ids {
		if !seen[id] {
			seen[id], kept = true, append(kept, id)
		}
	}
	return kept
}

func (a acls) changeSecret(ctx context.Context, id string, change listChange) error {
	p, t, done := auth.From(ctx), &a.s.tables, audit.Event(ctx, "secret.acl.change", id)
	return a.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		old, err := t.secret(tx, p, id, canChange)
		if err != nil {
			return err
		}
		list := change(old.GetAcl())
		if list == old.GetAcl() {
			return nil
		}
		m := proto.CloneOf(old)
		if m.Acl = list; list != nil { // taking a list away leaves the peer's date, too
			m.UpdatedUs = list.GetUpdatedUs()
		}
		if err := t.setReaders(tx, old, list.GetUsers()); err != nil {
			return err
		}
		if err := t.secrets.Replace(tx, scopeOf(m), old, m); err != nil {
			return err
		}
		return t.record(tx, p.Tenant, m, done)
	})
}

func (a acls) changeContainer(ctx context.Context, id string, change listChange) error {
	p, t, done := auth.From(ctx), &a.s.tables, audit.Event(ctx, "container.acl.change", id)
	return a.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		old, err := t.container(tx, p, id, canChange)
		if err != nil {
			return err
		}
		list := change(old.GetAcl())
		if list == old.GetAcl() {
			return nil
		}
		m := proto.CloneOf(old)
		if m.Acl = list; list != nil {
			m.UpdatedUs = list.GetUpdatedUs()
		}
		if err := t.containers.Replace(tx, scopeOf(m), old, m); err != nil {
			return err
		}
		return t.record(tx, p.Tenant, m, done)
	})
}

// setReaders has a secret found by those users whom its next list names. Rows of users who
// stay are left alone.
func (t *tables) setReaders(tx kv.Writer, m *storev1.Secret, users []string) error {
	next := make(map[string]bool, len(users))
	for _, user := range users {
		next[user] = true
	}
	for _, user := range m.GetAcl().GetUsers() {
		if next[user] {
			delete(next, user)
			continue
		}
		if err := t.readers.Delete(tx, scopeOf(m), readerOf(m, user)); err != nil {
			return err
		}
	}
	for _, user := range users {
		if !next[user] {
			continue
		}
		if err := t.readers.Insert(tx, scopeOf(m), readerOf(m, user)); err != nil {
			return err
		}
	}
	return nil
}

func readerOf(m *storev1.Secret, user string) *storev1.SecretReader {
	return &storev1.SecretReader{Secret: m.GetId(), User: user, Tenant: m.GetTenant(), ExpiresUs: m.GetExpiresUs()}
}

// aclView shows a list, or what holds where there is none.
func aclView(m *storev1.AccessList) *secretcontainerv1.Acl {
	if m == nil {
		return &secretcontainerv1.Acl{Read: &secretcontainerv1.ReadAcl{ProjectAccess: true}}
	}
	return &secretcontainerv1.Acl{Read: &secretcontainerv1.ReadAcl{
		ProjectAccess: m.GetProjectAccess(), Users: &secretcontainerv1.Users{Ids: m.GetUsers()},
		Created: timestamp(m.GetCreatedUs()), Updated: timestamp(m.GetUpdatedUs()),
	}}
}
