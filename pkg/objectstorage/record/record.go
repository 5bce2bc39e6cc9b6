// Package record is the driver of storages that somebody else keeps principals on: keys
// are only recorded, by whoever calls it.
package record

import (
	"context"

	"github.com/holdplane/holdplane/pkg/objectstorage"
)

// Driver tells no server anything.
type Driver struct{}

var _ objectstorage.Driver = Driver{}

// Put does nothing.
func (Driver) Put(context.Context, objectstorage.Storage, objectstorage.Principal) error { return nil }

// Delete does nothing.
func (Driver) Delete(context.Context, objectstorage.Storage, string) error { return nil }
