package secretcontainer

import (
	"context"
	"errors"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/id"
	"github.com/holdplane/holdplane/pkg/kv"
)

// maxContained is how many secrets a container has at most.
const maxContained = 1000

// AddContainerSecret leaves the container's date alone, as Barbican does.
func (c containers) AddContainerSecret(ctx context.Context, r *secretcontainerv1.AddContainerSecretRequest) (*secretcontainerv1.AddContainerSecretResponse, error) {
	p, t := auth.From(ctx), &c.s.tables
	row := newContained(r.GetContainerId(), []*secretcontainerv1.ContainerSecret{{Name: r.Name, SecretId: r.GetSecretId()}})[0]
	done := audit.Event(ctx, "container.secret.add", r.GetContainerId()).With("secret", r.GetSecretId())
	err := c.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		m, err := t.genericContainer(tx, p, r.GetContainerId())
		if err != nil {
			return err
		}
		if _, err := t.containable(tx, p, row); err != nil {
			return err
		}
		rows, err := t.containedIn(tx, m)
		if err != nil {
			return err
		}
		if find(rows, row) != nil {
			return fault.AlreadyExists(reasonContainedThere, "the secret is in the container under that name: a secret may be there more than once, under different names")
		}
		if len(rows) >= maxContained {
			return fault.InvalidArgument(reasonContainerFull, "the container has %d secrets, which is the most: remove one first", maxContained)
		}
		if err := t.contain(tx, p, row); err != nil {
			return err
		}
		return t.audit.Write(tx, scopeOf(m), done)
	})
	return &secretcontainerv1.AddContainerSecretResponse{ContainerId: r.GetContainerId()}, err
}

// RemoveContainerSecret leaves the container's date alone, as Barbican does.
func (c containers) RemoveContainerSecret(ctx context.Context, r *secretcontainerv1.RemoveContainerSecretRequest) (*secretcontainerv1.RemoveContainerSecretResponse, error) {
	p, t := auth.From(ctx), &c.s.tables
	asked := &storev1.ContainedSecret{Name: r.Name, Secret: r.GetSecretId()}
	done := audit.Event(ctx, "container.secret.remove", r.GetContainerId()).With("secret", r.GetSecretId())
	err := c.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		m, err := t.genericContainer(tx, p, r.GetContainerId())
		if err != nil {
			return err
		}
		if _, err := t.containable(tx, p, asked); err != nil {
			return err
		}
		rows, err := t.containedIn(tx, m)
		if err != nil {
			return err
		}
		row := find(rows, asked)
		if row == nil {
			return fault.NotFound(reasonContainedAbsent, "the secret is not in the container under that name")
		}
		of := scopeOf(m)
		if err := t.contained.Delete(tx, of, row); err != nil {
			return err
		}
		return t.audit.Write(tx, of, done)
	})
	return &secretcontainerv1.RemoveContainerSecretResponse{}, err
}

// genericContainer returns a container whose secrets the caller may change.
func (t *tables) genericContainer(tx kv.Reader, p *auth.Principal, id string) (*storev1.SecretContainer, error) {
	m, err := t.container(tx, p, id, canChange)
	if err != nil {
		return nil, err
	}
	if m.GetType() != "generic" {
		return nil, fault.InvalidArgument(reasonContainerFixed, "the secrets of a container of type %s are those it was made with: only generic ones can be changed", m.GetType())
	}
	return m, nil
}

// newContained makes rows in the order of refs.
func newContained(container string, refs []*secretcontainerv1.ContainerSecret) []*storev1.ContainedSecret {
	rows := make([]*storev1.ContainedSecret, len(refs))
	for i, ref := range refs {
		rows[i] = &storev1.ContainedSecret{Container: container, Id: id.New("in"), Secret: ref.GetSecretId(), Name: ref.Name}
	}
	return rows
}

// contain puts a secret of the caller's project into a container of it, for as long as the
// secret is there.
func (t *tables) contain(tx kv.Writer, p *auth.Principal, row *storev1.ContainedSecret) error {
	secret, err := t.containable(tx, p, row)
	if err != nil {
		return err
	}
	row.ExpiresUs = secret.GetExpiresUs()
	return t.contained.Insert(tx, scope(p.Tenant), row)
}

// containable returns the secret of a row, if it is one of the caller's project.
func (t *tables) containable(tx kv.Reader, p *auth.Principal, row *storev1.ContainedSecret) (*storev1.Secret, error) {
	m, err := (*storev1.Secret)(nil), kv.ErrNotFound
	if uuid.MatchString(row.GetSecret()) {
		m, err = t.secrets.Get(tx, scope(p.Tenant), row.GetSecret())
	}
	if !errors.Is(err, kv.ErrNotFound) {
		return m, err
	}
	unknown := fault.NotFound(reasonContainedUnknown, "your project has no secret with the id %q", row.GetSecret())
	if row.Name != nil {
		unknown = unknown.With("name", row.GetName())
	}
	return nil, unknown
}

// containedIn are the secrets of a container in the order they came in.
func (t *tables) containedIn(tx kv.Reader, m *storev1.SecretContainer) (all []*storev1.ContainedSecret, err error) {
	return collect(t.contained.Below(tx, scopeOf(m), every, m.GetId()))
}

// find returns the row with the secret and the name of another.
func find(rows []*storev1.ContainedSecret, as *storev1.ContainedSecret) *storev1.ContainedSecret {
	for _, row := range rows {
		if row.GetSecret() == as.GetSecret() && row.GetName() == as.GetName() {
			return row
		}
	}
	return nil
}
