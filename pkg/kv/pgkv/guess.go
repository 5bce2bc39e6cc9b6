package pgkv

import (
	"bytes"

	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/internal/overlay"
)

// guesses are the entries that a run takes for granted and the server has not checked
// yet, by key. A nil value is an absence. A nil map is that of a run that doesn't guess.
type guesses map[string][]byte

// Expect implements kv.Writer. It guesses, in runs that may, so that a function which
// expects much and reads nothing costs one round trip.
func (t *tx) Expect(key, value []byte) (bool, error) {
	if t.guesses == nil || t.err != nil {
		return kv.Holds(t, key, value)
	}
	guess, guessed := t.guesses[string(key)]
	if !guessed {
		t.guesses[string(key)] = value
		return true, nil
	}
	return (guess == nil) == (value == nil) && bytes.Equal(guess, value), nil
}

// checks are the calls that fail unless the guesses are right.
func (g guesses) checks() (calls []call) {
	for key, value := range g {
		if value == nil {
			calls = append(calls, call{checkAbsent, [][]byte{[]byte(key)}})
		} else {
			calls = append(calls, call{checkValue, [][]byte{[]byte(key), value}})
		}
	}
	return calls
}

// writes are the calls that make changes. In the order of keys, which is that of all other
// transactions, they wait for each other and never deadlock. Adding an entry whose key was
// guessed to be absent is a check as well, and reads nothing that others write.
func (g guesses) writes(changes *overlay.Tx) (calls []call) {
	for e := range changes.Changes() {
		guess, guessed := g[string(e.Key)]
		switch {
		case e.Value == nil:
			calls = append(calls, call{remove, [][]byte{e.Key}})
		case guessed && guess == nil:
			delete(g, string(e.Key))
			calls = append(calls, call{add, [][]byte{e.Key, e.Value}})
		default:
			calls = append(calls, call{put, [][]byte{e.Key, e.Value}})
		}
	}
	return calls
}
