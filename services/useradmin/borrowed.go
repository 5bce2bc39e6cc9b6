package useradmin

import (
	"encoding/base32"
	"net/netip"
	"strconv"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// dropLinks deletes a user's links, so that none of them opens anything any more.
func (t *tables) dropLinks(tx kv.Writer, of tenant.ID, user string) error {
	for purpose := range useradminv1.LinkPurpose_name {
		if err := drop(tx, of, t.links, byPurpose, user, strconv.Itoa(int(purpose))); err != nil {
			return err
		}
	}
	return nil
}

// drop deletes the rows that a table's index has under values.
func drop[M proto.Message](tx kv.Writer, of tenant.ID, from *table.Table[M], index string, values ...string) error {
	for m, err := range from.Each(tx, scope(of), table.Page{}, index, values...) {
		if err == nil {
			err = from.Delete(tx, scope(of), m)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// readdress gives a user another address, to be verified. Who logs in by the address goes
// on doing so.
func readdress(u *storev1.User, email string) {
	if u.GetUsername() == normal(u.GetEmail()) {
		u.Username = normal(email)
	}
	u.Email, u.EmailVerified, u.PendingEmail = email, false, ""
}

// base32Secret is how secrets of authenticators are stored.
var base32Secret = base32.StdEncoding.WithPadding(base32.NoPadding)

// networkOf is what one customer of a provider has: 256 addresses of IPv4, or 2^64 of IPv6.
func networkOf(addr netip.Addr) netip.Prefix {
	bits := 64
	if addr.Is4() {
		bits = 24
	}
	network, err := addr.Prefix(bits)
	if err != nil { // no address
		return netip.Prefix{}
	}
	return network
}
