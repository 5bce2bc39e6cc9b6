package floor

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"

	bolt "go.etcd.io/bbolt"
)

// secretsAtOnce bounds the secrets of one commit.
const secretsAtOnce = 1000

// vault is a file of sealed secrets, written by one goroutine for all who wait.
type vault struct {
	db    *bolt.DB
	seal  cipher.AEAD
	queue chan *sealed
}

type sealed struct {
	key, value []byte
	done       chan error
}

// Secrets serves a file of secrets: net/http, AES-256-GCM, and a commit for whoever waits. It
// is the least that keeping them durably can cost: no credentials, no audit, no metadata.
// GET and POST take any path; what is behind its last slash is the id.
func Secrets(on net.Listener, path string) error {
	v, err := openVault(path)
	if err != nil {
		return err
	}
	go v.write()
	return errors.Join(http.Serve(on, v), v.db.Close())
}

func openVault(path string) (*vault, error) {
	key := make([]byte, 32)
	rand.Read(key) // never fails
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	v := &vault{queue: make(chan *sealed, 4*secretsAtOnce)}
	if v.seal, err = cipher.NewGCMWithRandomNonce(block); err != nil {
		return nil, err
	}
	v.db, err = bolt.Open(path, 0o600, &bolt.Options{FreelistType: bolt.FreelistMapType})
	if err != nil {
		return nil, err
	}
	return v, v.db.Update(func(tx *bolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists(bucket)
		return err
	})
}

func (v *vault) write() {
	for first := range v.queue {
		group := v.gather([]*sealed{first})
		err := v.db.Update(func(tx *bolt.Tx) error {
			for _, s := range group {
				if err := tx.Bucket(bucket).Put(s.key, s.value); err != nil {
					return err
				}
			}
			return nil
		})
		for _, s := range group {
			s.done <- err
		}
	}
}

// gather adds those who wait, also after giving way once.
func (v *vault) gather(group []*sealed) []*sealed {
	for waited := false; len(group) < secretsAtOnce; {
		select {
		case s := <-v.queue:
			group = append(group, s)
			waited = false
		default:
			if waited {
				return group
			}
			waited = true
			runtime.Gosched()
		}
	}
	return group
}

func (v *vault) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := []byte(r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:])
	if r.Method == http.MethodPost {
		v.store(w, r, id)
		return
	}
	var plain []byte
	err := v.db.View(func(tx *bolt.Tx) (err error) {
		plain, err = v.seal.Open(nil, nil, tx.Bucket(bucket).Get(id), id)
		return err
	})
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if _, err := w.Write(plain); err != nil {
		return // the client is gone
	}
}

func (v *vault) store(w http.ResponseWriter, r *http.Request, id []byte) {
	plain, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client is gone
	}
	s := &sealed{key: id, value: v.seal.Seal(nil, nil, plain, id), done: make(chan error, 1)}
	v.queue <- s
	if err := <-s.done; err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if _, err := io.WriteString(w, `{"data":{"version":1}}`); err != nil {
		return // the client is gone
	}
}
