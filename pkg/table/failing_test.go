package table_test

import (
	"iter"

	"github.com/holdplane/holdplane/pkg/kv"
)

// failing is a Reader that a number of calls reach.
type failing struct {
	kv.Reader
	left int
	err  error
}

func (f *failing) Get(k []byte) ([]byte, error) {
	if f.left--; f.left < 0 {
		return nil, f.err
	}
	return f.Reader.Get(k)
}

func (f *failing) Scan(r kv.Range) iter.Seq2[kv.Entry, error] {
	if f.left--; f.left < 0 {
		return func(yield func(kv.Entry, error) bool) { yield(kv.Entry{}, f.err) }
	}
	return f.Reader.Scan(r)
}
