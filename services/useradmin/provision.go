package useradmin

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"time"

	"google.golang.org/protobuf/proto"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// maxCredentialID keeps ids below 2^24: Contabo's client holds them in a float32.
const maxCredentialID = 1<<24 - 1

// provision is a user's credentials in the making. How many object storages there are shows
// in the transaction only, so what is random in them comes from a seed made before it.
type provision struct {
	seed [32]byte
	at   int64
	push credentialPush
}

func newProvision(of tenant.ID, user string) (p provision, err error) {
	rand.Read(p.seed[:])
	p.at = time.Now().UnixMilli()
	p.push, err = newCredentialPush(of, user)
	return p, err
}

// bytes are random to who has not the seed, and the same each time the transaction runs.
func (p *provision) bytes(what string, of *storev1.ObjectStorage) []byte {
	mac := hmac.New(sha256.New, p.seed[:])
	mac.Write([]byte(what + "\x00" + of.GetId()))
	return mac.Sum(nil)
}

// provide gives a user a credential for every object storage where there is none yet.
func (t *tables) provide(tx kv.Writer, of tenant.ID, user string, p provision) error {
	var added bool
	for storage, err := range t.storages.All(tx, scope(of), table.Page{}) {
		if err != nil {
			return err
		}
		_, err = t.credentials.Find(tx, scope(of), byPair, user, storage.GetId())
		if err == nil {
			continue
		}
		if !errors.Is(err, kv.ErrNotFound) {
			return err
		}
		id, err := t.freeCredentialID(tx, of, p.bytes("id", storage))
		if err != nil {
			return err
		}
		added = true
		err = t.credentials.Insert(tx, scope(of), &storev1.S3Credential{
			Id: id, Tenant: string(of), User: user, ObjectStorage: storage.GetId(),
			AccessKey: accessKey(p.bytes("access", storage)), SecretKey: secretKey(p.bytes("secret", storage)),
			Version: 1, CreatedAtMs: p.at,
		})
		if err != nil {
			return err
		}
	}
	if !added {
		return nil
	}
	return t.principals.Queue(tx, p.push.now)
}

// freeCredentialID tries the ids that random bytes hold: one of them is free unless a tenant
// has millions of credentials.
func (t *tables) freeCredentialID(tx kv.Reader, of tenant.ID, random []byte) (int32, error) {
	for ; len(random) >= 4; random = random[4:] {
		id := binary.BigEndian.Uint32(random)%maxCredentialID + 1
		_, err := t.credentials.Get(tx, scope(of), uint64(id))
		if errors.Is(err, kv.ErrNotFound) {
			return int32(id), nil
		}
		if err != nil {
			return 0, err
		}
	}
	return 0, errors.New("no free id for a credential")
}

// accessKey is as S3's are: 20 letters and digits.
func accessKey(random []byte) string {
	return "HP" + base32.StdEncoding.EncodeToString(random)[:18]
}

// secretKey has 240 random bits in 40 characters, as S3's do.
func secretKey(random []byte) string { return base64.RawURLEncoding.EncodeToString(random[:30]) }

func newSecretKey() string {
	random := make([]byte, 30)
	rand.Read(random) // never fails: it ends the program instead
	return secretKey(random)
}

// switchCredentials has the storages told anew of a user who was enabled or disabled.
func (t *tables) switchCredentials(tx kv.Writer, of tenant.ID, user string, push credentialPush) error {
	return t.changeCredentials(tx, of, user, push, func(m *storev1.S3Credential) { m.Version++ })
}

// dropCredentials takes a user's credentials away from everybody, and leaves what the
// storages have to be told.
func (t *tables) dropCredentials(tx kv.Writer, of tenant.ID, user string, push credentialPush) error {
	return t.changeCredentials(tx, of, user, push, func(m *storev1.S3Credential) { m.Removed, m.SecretKey = true, "" })
}

func (t *tables) changeCredentials(tx kv.Writer, of tenant.ID, user string, push credentialPush, change func(*storev1.S3Credential)) error {
	var any bool
	for old, err := range t.credentials.Each(tx, scope(of), table.Page{}, byUser, user) {
		if err != nil {
			return err
		}
		any = true
		m := proto.CloneOf(old)
		change(m)
		if err := t.credentials.Replace(tx, scope(of), old, m); err != nil {
			return err
		}
	}
	if !any {
		return nil
	}
	return t.queuePush(tx, push)
}
