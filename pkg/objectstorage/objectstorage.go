// Package objectstorage keeps S3 principals, access keys with their secrets, on the
// storages that people use them at.
package objectstorage

import (
	"context"
	"errors"

	"github.com/holdplane/holdplane/pkg/seal"
)

// ErrRefused marks what no repetition mends: the storage, its settings or the principal
// has to change first. Any other error may pass by itself.
var ErrRefused = errors.New("the object storage refuses")

// Driver keeps principals on one kind of storage. Every call states how things are to be
// and may be repeated, so it suits a durable outbox. The last call wins, though: whoever
// repeats Put passes the secret of the time of the call, not that of the first try.
//
// A call may be made from any goroutine and takes no longer than 10 seconds. Its errors
// name no secret.
type Driver interface {
	// Put makes the principal, or gives the one that has its access key this secret.
	// Once it returns, secrets before this one are refused.
	Put(ctx context.Context, s Storage, p Principal) error
	// Delete ends the principal with this access key. That there is none is no error.
	// Its buckets and objects stay.
	Delete(ctx context.Context, s Storage, accessKey string) error
}

// Storage is how an object storage takes its operator's orders. Drivers that give none
// leave it unread.
type Storage struct {
	// AdminURL is the admin API's scheme, http or https, and host, and nothing else.
	// Secrets of principals go there: http is for networks that nobody else listens to.
	AdminURL       string
	AdminAccessKey string
	AdminSecretKey seal.Secret
	// Region is what requests are signed for. It has to be the storage's own.
	Region string
}

// Principal is who may use a storage.
type Principal struct {
	// AccessKey names the principal for good, and owns its buckets. It is ASCII letters
	// and digits that do not begin with ASIA, which S3 keeps for sessions.
	AccessKey string
	// SecretKey is printable ASCII.
	SecretKey seal.Secret
	// UserID is whose principal it is, for storages that note it.
	UserID string
}
