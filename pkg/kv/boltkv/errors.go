package boltkv

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
)

var (
	// ErrLocked is returned by Open when another process has the file open.
	ErrLocked = errors.New("another process has the file open; stop that one first")
	// ErrDamaged is returned when the file isn't a store or isn't whole. bbolt has no
	// page checksums, so damage inside values goes unnoticed here; sealedkv notices.
	ErrDamaged = errors.New("the file is damaged; restore it from a backup")
)

// rescue turns a panic of bbolt, or of a read from pages that the file no longer has,
// into an error. It is to be deferred around bbolt's code alone.
func rescue(err *error) {
	if v := recover(); v != nil {
		*err = fmt.Errorf("%w: %v", ErrDamaged, v)
	}
}

// release lets go of a file whose DB cannot be closed. The mapping stays until the
// process ends and would keep the lock.
func release(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_UN)
	if errors.Is(err, syscall.EBADF) { // bbolt has closed it
		return nil
	}
	return errors.Join(err, f.Close())
}

func isSystem(err error) bool {
	var perr *fs.PathError
	var errno syscall.Errno
	return errors.As(err, &perr) || errors.As(err, &errno)
}

// explain says what to do about errors that an operator can help. bbolt passes some of
// them on as mere text.
func explain(err error) error {
	is := func(errno syscall.Errno) bool {
		return errors.Is(err, errno) || strings.Contains(err.Error(), errno.Error())
	}
	switch {
	case is(syscall.ENOSPC), is(syscall.EDQUOT):
		return fmt.Errorf("the disk is full; make room and start again: %w", err)
	case is(syscall.EFBIG):
		return fmt.Errorf("the file may not grow; raise the limit on file sizes and start again: %w", err)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("the file and its folder must belong to the user that runs this: %w", err)
	}
	return err
}
