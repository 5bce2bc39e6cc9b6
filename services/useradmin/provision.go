package useradmin

import (
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// dropCredentials deletes a user's S3 credentials.
func (t *tables) dropCredentials(tx kv.Writer, of tenant.ID, user string) error {
	return drop(tx, of, t.credentials, byUser, user)
}
