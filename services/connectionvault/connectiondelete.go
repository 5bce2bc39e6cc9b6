package connectionvault

import (
	"errors"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// deleteConnection removes a connection with its token and its consents.
func (t *tables) deleteConnection(tx kv.Writer, of tenant.ID, f *facts) error {
	if err := t.deleteToken(tx, of, f); err != nil {
		return err
	}
	for _, m := range f.consents {
		if err := t.consents.Delete(tx, scope(of), m); err != nil {
			return err
		}
	}
	return t.connections.Delete(tx, scope(of), f.connection)
}

// deleteToken forgets a connection's token, if it has one.
func (t *tables) deleteToken(tx kv.Writer, of tenant.ID, f *facts) error {
	if f.tokenRow == nil {
		return nil
	}
	row := f.tokenRow
	f.token, f.tokenRow = nil, nil
	return t.tokens.Delete(tx, scope(of), row)
}

// tokenRow is a connection's token, or what is left of one that has ended; nil for neither.
func (t *tables) tokenRow(tx kv.Reader, c *caller, p pair) (*storev1.VaultToken, error) {
	row, err := t.tokens.Get(tx, scope(c.tenant), c.application.GetId(), c.consumer, p.api, p.service)
	if errors.Is(err, kv.ErrNotFound) {
		err = nil
	}
	return row, err
}
