package boltkv

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// mapSize is address space, not memory. A commit that outgrows the mapping has to wait
// for every View, so it starts where few files ever get. The file itself grows in
// sparse steps of 16 MiB.
const mapSize = 1 << 30

// Open opens the store in the file at path, and creates it, with mode 0600, when there
// is none. Beside the file system's own errors it returns ErrLocked and ErrDamaged.
func Open(path string, opts Options) (*Store, error) {
	s, err := open(path, opts)
	var perr *fs.PathError
	if errors.As(err, &perr) && perr.Path == path {
		err = perr.Err
	}
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, explain(err))
	}
	return s, nil
}

func open(path string, opts Options) (*Store, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = create(path); err == nil {
			info, err = os.Stat(path)
		}
	}
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("it is not a file")
	case info.Size() == 0:
		// bbolt would make an empty store of it; ours are never empty files.
		return nil, fmt.Errorf("%w: it is empty", ErrDamaged)
	}
	if opts.LockTimeout == 0 {
		opts.LockTimeout = time.Second
	}
	s := &Store{path: path, onFailure: opts.OnFailure, ended: make(chan struct{})}
	s.calls.New = newCall
	s.queue.filled.L = &s.queue.mu
	if err := s.openFile(opts.LockTimeout); err != nil {
		return nil, err
	}
	w := &writer{store: s}
	go w.loop()
	return s, nil
}

// openFile opens bbolt and looks whether the file can be what it says. It leaves
// nothing open or locked behind when it fails.
func (s *Store) openFile(lockTimeout time.Duration) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if err != nil && s.file != nil {
			err = errors.Join(err, release(s.file))
		}
	}()
	defer rescue(&err)
	s.db, err = bolt.Open(s.path, 0o600, &bolt.Options{
		Timeout:         lockTimeout,
		FreelistType:    bolt.FreelistMapType,
		InitialMmapSize: mapSize,
		NoStatistics:    true, // a lock that all readers would share
		OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
			f, err := os.OpenFile(name, flag&^os.O_CREATE, mode)
			s.file = f
			return f, err
		},
	})
	if err != nil {
		return classify(err)
	}
	if err := s.inspect(); err != nil {
		return errors.Join(err, s.db.Close())
	}
	return nil
}

// inspect does what takes no time: a file that was cut off, or isn't ours.
func (s *Store) inspect() (err error) {
	defer rescue(&err)
	return s.db.View(func(tx *bolt.Tx) error {
		if err := checkSize(tx, s.file); err != nil {
			return err
		}
		s.durable.Store(int64(tx.ID()))
		return (&reader{}).open(tx)
	})
}

func checkSize(tx *bolt.Tx, file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if info.Size() < tx.Size() {
		return fmt.Errorf("%w: it is cut off at %d of %d bytes", ErrDamaged, info.Size(), tx.Size())
	}
	return nil
}

// create makes an empty store. The file gets its name when it is complete and synced,
// so a crash leaves either no store or a whole one. Linking, unlike renaming, doesn't
// replace a store that another process has made meanwhile.
func create(path string) (err error) {
	folder := filepath.Dir(path)
	f, err := os.CreateTemp(folder, "."+filepath.Base(path)+".new-*")
	if err != nil {
		return err
	}
	name := f.Name()
	defer func() { err = errors.Join(err, os.Remove(name)) }()
	if err := f.Close(); err != nil {
		return err
	}
	if err := initialise(name); err != nil {
		return err
	}
	if err := os.Link(name, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncFolder(folder)
}

func initialise(name string) error {
	db, err := bolt.Open(name, 0o600, &bolt.Options{FreelistType: bolt.FreelistMapType})
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bolt.Tx) error {
		_, err := tx.CreateBucket(bucket)
		return err
	})
	return errors.Join(err, db.Close())
}

func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// classify names what bbolt's Open returns. What isn't the system's is the file's.
func classify(err error) error {
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return ErrLocked
	case isSystem(err):
		return err
	default:
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
}
