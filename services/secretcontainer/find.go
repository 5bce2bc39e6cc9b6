package secretcontainer

import (
	"errors"
	"regexp"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
)

// uuid is what ids look like; clients are told when theirs don't.
var uuid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

// secret returns the secret with an id, whichever project it is of, if the caller has one of
// the grounds.
func (t *tables) secret(tx kv.Reader, p *auth.Principal, id string, on ground) (*storev1.Secret, error) {
	if !uuid.MatchString(id) {
		return nil, fault.NotFound(reasonSecretID, "%q is not the id of a secret", id)
	}
	m, err := anywhere(tx, t.secrets, p, id)
	if errors.Is(err, kv.ErrNotFound) {
		return nil, fault.NotFound(reasonSecretUnknown, "the secret does not exist")
	}
	if err != nil {
		return nil, err
	}
	return m, allow(p, m, on)
}

// container returns the container with an id, whichever project it is of, if the caller has
// one of the grounds.
func (t *tables) container(tx kv.Reader, p *auth.Principal, id string, on ground) (*storev1.SecretContainer, error) {
	if !uuid.MatchString(id) {
		return nil, fault.NotFound(reasonContainerID, "%q is not the id of a container", id)
	}
	m, err := anywhere(tx, t.containers, p, id)
	if errors.Is(err, kv.ErrNotFound) {
		return nil, fault.NotFound(reasonContainerUnknown, "the container does not exist")
	}
	if err != nil {
		return nil, err
	}
	return m, allow(p, m, on)
}

// anywhere looks in the caller's project first, which is cheapest, and then in all.
func anywhere[M interface {
	owned
	proto.Message
}](tx kv.Reader, rows *table.Table[M], p *auth.Principal, id string) (M, error) {
	m, err := rows.Get(tx, scope(p.Tenant), id)
	if !errors.Is(err, kv.ErrNotFound) {
		return m, err
	}
	for found, err := range rows.Each(tx, table.Global, table.Page{Limit: 1}, byID, id) {
		return found, err
	}
	return m, kv.ErrNotFound
}
