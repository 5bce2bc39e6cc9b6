package secretcontainer

import (
	"context"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/audit"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/kv"
)

// maxMetadata is how many bytes the keys and texts of a secret have at most.
const maxMetadata = 64 << 10

// metadataKey is what keys are made of once they are in lower case.
var metadataKey = regexp.MustCompile(`^[a-z0-9_-]*$`)

// lower makes small letters of ASCII's capital ones. Others are no part of a key.
func lower(key string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, key)
}

func checkKey(key string) error {
	if metadataKey.MatchString(key) {
		return nil
	}
	return fault.InvalidArgument(reasonMetadataKey, "keys of metadata are letters, digits, - and _")
}

// lowered are entries with keys in lower case. Of keys that differ in case alone that with
// more capital letters counts, as with the peer.
func lowered(entries map[string]string) (map[string]string, error) {
	all := make(map[string]string, len(entries))
	for _, key := range slices.Backward(slices.Sorted(maps.Keys(entries))) {
		low := lower(key)
		if err := checkKey(low); err != nil {
			return nil, err
		}
		all[low] = entries[key]
	}
	return all, nil
}

// read returns what is noted about a secret.
func (m metadata) read(ctx context.Context, id string) (entries map[string]string, err error) {
	p, t := auth.From(ctx), &m.s.tables
	err = m.s.deps.Store.View(ctx, func(tx kv.Reader) error {
		about, err := t.secret(tx, p, id, canSee)
		if err != nil {
			return err
		}
		row, err := t.metadata.Get(tx, scopeOf(about), id)
		if errors.Is(err, kv.ErrNotFound) {
			return nil
		}
		entries = row.GetEntries()
		return err
	})
	return entries, err
}

// change has a function change what is noted about a secret. What stays the same is not
// written.
func (m metadata) change(ctx context.Context, id string, edit func(entries map[string]string) error) error {
	p, t, done := auth.From(ctx), &m.s.tables, audit.Event(ctx, "secret.metadata.change", id)
	return m.s.deps.Store.Update(ctx, func(tx kv.Writer) error {
		about, err := t.secret(tx, p, id, canChange)
		if err != nil {
			return err
		}
		old, err := t.metadata.Get(tx, scopeOf(about), id)
		if errors.Is(err, kv.ErrNotFound) {
			old, err = nil, nil
		}
		if err != nil {
			return err
		}
		entries := maps.Clone(old.GetEntries())
		if entries == nil {
			entries = map[string]string{}
		}
		if err := edit(entries); err != nil {
			return err
		}
		if maps.Equal(entries, old.GetEntries()) {
			return nil
		}
		if err := t.note(tx, about, old, entries); err != nil {
			return err
		}
		return t.record(tx, p.Tenant, about, done)
	})
}

// note writes the metadata of a secret, over the old where there is some.
func (t *tables) note(tx kv.Writer, about *storev1.Secret, old *storev1.SecretMetadata, entries map[string]string) error {
	size := 0
	for key, text := range entries {
		size += len(key) + len(text)
	}
	of, m := scopeOf(about), &storev1.SecretMetadata{Secret: about.GetId(), ExpiresUs: about.GetExpiresUs(), Entries: entries}
	switch {
	case size > maxMetadata:
		return fault.InvalidArgument(reasonMetadataTooLarge, "the secret's metadata would have %d bytes, at most %d are kept", size, maxMetadata)
	case len(entries) == 0:
		return t.metadata.Delete(tx, of, old)
	case old == nil:
		return t.metadata.Insert(tx, of, m)
	}
	return t.metadata.Replace(tx, of, old, m)
}
