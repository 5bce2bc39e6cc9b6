// Package versitygw keeps principals on VersityGW, the S3 gateway to file systems, by its
// admin API as of v1.8.0.
//
// Principals get the role userplus: they make buckets and use those of their own, and
// those that another's policy opens. Those of the role user can't make any.
//
// The gateway needs accounts that can be changed (--iam-dir, say), and wants
// --iam-cache-disable: each of its processes remembers accounts for two minutes
// (--iam-cache-ttl), in which old secrets go on working where the change did not pass
// through. Of its kinds of accounts, those in LDAP and in S3 meet the deletion of an
// absent one with an error that looks like trouble of their own; it is returned.
package versitygw

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/holdplane/holdplane/pkg/objectstorage"
)

// timeout is for all requests of a call together.
const timeout = 10 * time.Second

// role lets a principal make buckets; see the package's comment.
const role = "userplus"

// Driver is safe to be used by many goroutines.
type Driver struct{ client *http.Client }

var _ objectstorage.Driver = (*Driver)(nil)

// New returns a driver for any number of gateways.
func New() *Driver { return &Driver{client: newClient()} }

// account and change are bodies of the API, whose names are those of the gateway's types
// auth.Account and auth.MutableProps.
type (
	account struct {
		XMLName xml.Name `xml:"Account"`
		Access  string
		Secret  string
		Role    string
	}
	change struct {
		XMLName xml.Name `xml:"MutableProps"`
		Secret  string
	}
)

// Put creates the account or gives it the secret. An account that is there keeps its role
// and all else that an operator may have given it.
func (d *Driver) Put(ctx context.Context, s objectstorage.Storage, p objectstorage.Principal) error {
	if p.AccessKey == "" || len(p.SecretKey) == 0 {
		return fmt.Errorf("%w: a principal needs an access key and a secret", objectstorage.ErrRefused)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	err := d.call(ctx, s, "create-user", "", account{Access: p.AccessKey, Secret: string(p.SecretKey), Role: role})
	if answered(err, codeExists) {
		err = d.call(ctx, s, "update-user", p.AccessKey, change{Secret: string(p.SecretKey)})
	}
	return err
}

// Delete deletes the account.
func (d *Driver) Delete(ctx context.Context, s objectstorage.Storage, accessKey string) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	err := d.call(ctx, s, "delete-user", accessKey, nil)
	if answered(err, codeAbsent) {
		return nil
	}
	return err
}

// call makes one request. Unless they are empty, accessKey is in the query and body, as
// XML, behind it.
func (d *Driver) call(ctx context.Context, s objectstorage.Storage, operation, accessKey string, body any) error {
	u, err := adminURL(s.AdminURL, operation)
	if err != nil {
		return err
	}
	if accessKey != "" {
		u.RawQuery = url.Values{"access": {accessKey}}.Encode()
	}
	var encoded []byte
	if body != nil {
		if encoded, err = xml.Marshal(body); err != nil {
			return fmt.Errorf("versitygw: %s: %w", operation, err)
		}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPatch, u.String(), bytes.NewReader(encoded))
	if err != nil {
		return fmt.Errorf("versitygw: %s: %w", operation, err)
	}
	if err := sign(r, s, encoded); err != nil {
		return fmt.Errorf("versitygw: %s: %w", operation, err)
	}
	res, err := d.client.Do(r)
	if err != nil {
		var failed *url.Error // repeats the address, which says nothing new
		if errors.As(err, &failed) {
			err = failed.Err
		}
		return fmt.Errorf("versitygw: %s: %w", operation, err)
	}
	defer res.Body.Close()
	return judge(operation, res)
}
