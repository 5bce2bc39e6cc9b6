package seal

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// A master key file is text of three words on three lines: the kind with its version,
// the key in base64, and the first bytes of a SHA-256 over it in hexadecimal. The last
// tells a damaged file from one with another key, and serves as the key's ID.
const (
	fileKind      = "holdplane-master-key-"
	fileVersion   = fileKind + "1"
	fileMaxLen    = 4 << 10
	masterKeyLen  = 32
	masterIDBytes = 8
)

// fileMaster is a Master whose key came from a file.
type fileMaster struct {
	id        string
	primitive tink.AEAD
}

var _ Master = (*fileMaster)(nil)

// CreateMasterFile makes a random master key and writes it to a new file, readable
// (0400) by its owner alone and safe on the disk when the call returns. It is an
// fs.ErrExist when the file exists: a master key is never overwritten.
func CreateMasterFile(path string) (Master, error) {
	key := make([]byte, masterKeyLen)
	rand.Read(key) // never fails: it ends the program instead
	defer clear(key)
	text := fmt.Sprintf("%s\n%s\n%s\n", fileVersion, base64.StdEncoding.EncodeToString(key), masterID(key))
	if err := createFile(path, text); err != nil {
		return nil, fmt.Errorf("create master key file: %w", err)
	}
	return newFileMaster(key)
}

// OpenMasterFile reads a master key. Its errors say what to do; a missing file is an
// fs.ErrNotExist. Files that others than the owner can read are refused.
func OpenMasterFile(path string) (Master, error) {
	text, err := readFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("master key file %s does not exist: name the right one, put a copy back, "+
			"or make one for a new installation with holdplane init: %w", path, fs.ErrNotExist)
	}
	if err != nil {
		return nil, fmt.Errorf("open master key file: %w", err)
	}
	defer clear(text)
	key, err := parseMaster(text)
	if err != nil {
		return nil, fmt.Errorf("master key file %s %w", path, err)
	}
	defer clear(key)
	return newFileMaster(key)
}

func newFileMaster(key []byte) (*fileMaster, error) {
	primitive, err := subtle.NewXChaCha20Poly1305(key)
	if err != nil {
		return nil, fmt.Errorf("use master key: %w", err)
	}
	return &fileMaster{id: masterID(key), primitive: primitive}, nil
}

// createFile gives path its text at once or not at all: a link never replaces a file,
// and a crash half way leaves a stray temporary file instead of half a key.
func createFile(path, text string) (err error) {
	folder := filepath.Dir(path)
	f, err := os.CreateTemp(folder, ".master-key-*") // 0600
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(f.Name())) }()
	_, err = f.WriteString(text)
	err = errors.Join(err, f.Chmod(0o400), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil {
		return err
	}
	return syncFolder(folder)
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

func readFile(path string) (text []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fmt.Errorf("%s can be read or changed by others than its owner (mode %04o): chmod 0400 %s", path, mode, path)
	}
	return io.ReadAll(io.LimitReader(f, fileMaxLen))
}

func parseMaster(text []byte) ([]byte, error) {
	words := bytes.Fields(text) // an editor's line ends do no harm
	switch {
	case len(words) == 0:
		return nil, errors.New("is empty: put a copy back")
	case !strings.HasPrefix(string(words[0]), fileKind):
		return nil, errors.New("is not a master key file: name the right one")
	case string(words[0]) != fileVersion:
		return nil, errors.New("was made by a newer version of Holdplane, or is damaged: start that version, or put a copy back")
	case len(words) != 3:
		return nil, errors.New("is damaged (incomplete): put a copy back")
	}
	key, err := base64.StdEncoding.Strict().DecodeString(string(words[1]))
	if err != nil || len(key) != masterKeyLen || masterID(key) != string(words[2]) {
		return nil, errors.New("is damaged (its checksum does not match): put a copy back")
	}
	return key, nil
}

// masterID tells nothing about a key of 256 random bits.
func masterID(key []byte) string {
	sum := sha256.Sum256(append([]byte(fileVersion), key...))
	return hex.EncodeToString(sum[:masterIDBytes])
}

func (m *fileMaster) Seal(plaintext, aad []byte) ([]byte, error) {
	return m.primitive.Encrypt(plaintext, aad)
}

func (m *fileMaster) Open(sealed, aad []byte) ([]byte, error) {
	plaintext, err := m.primitive.Decrypt(sealed, aad)
	if err != nil { // tink knows one reason only
		return nil, ErrNotOpened
	}
	return plaintext, nil
}

func (m *fileMaster) ID() string { return m.id }

// Format keeps the key out of whatever prints it.
func (*fileMaster) Format(f fmt.State, _ rune) { printHidden(f) }
