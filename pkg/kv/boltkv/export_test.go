package boltkv

import (
	"reflect"
	"unsafe"
)

// MaxWaiting is the length of the queue.
const MaxWaiting = maxWaiting

// WriteFunc writes as os.File.WriteAt does.
type WriteFunc func(b []byte, offset int64) (int, error)

// InterceptWrites puts a function between bbolt and the file; bbolt has a field for
// that, which it doesn't export.
func (s *Store) InterceptWrites(wrap func(write WriteFunc) WriteFunc) {
	ops := reflect.ValueOf(s.db).Elem().FieldByName("ops").FieldByName("writeAt")
	field := (*func(b []byte, offset int64) (int, error))(unsafe.Pointer(ops.UnsafeAddr()))
	*field = wrap(*field)
}

// Commits is the number of the last durable transaction.
func (s *Store) Commits() int64 { return s.durable.Load() }
