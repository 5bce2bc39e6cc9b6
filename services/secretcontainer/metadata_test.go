package secretcontainer_test

import (
	"context"
	"maps"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
)

type texts = map[string]string

// notes are a secret's metadata.
func (s *safe) notes(id string) texts {
	s.t.Helper()
	r, err := s.metadata.GetMetadata(s.alice, &secretcontainerv1.GetMetadataRequest{SecretId: id})
	if err != nil {
		s.t.Fatal(err)
	}
	return r.GetMetadata()
}

func (s *safe) note(ctx context.Context, id string, entries texts) error {
	_, err := s.metadata.ReplaceMetadata(ctx, &secretcontainerv1.ReplaceMetadataRequest{SecretId: id, Metadata: entries})
	return err
}

func TestMetadataAsAWhole(t *testing.T) {
	s := newSafe(t)
	id := s.bare(s.alice)
	for _, c := range []struct {
		name       string
		give, want texts
		reason     string
	}{
		{"some", texts{"a": "1", "B-b_9": "2"}, texts{"a": "1", "b-b_9": "2"}, ""},
		{"others in their place", texts{"c": ""}, texts{"c": ""}, ""},
		{"capitals win", texts{"key": "1", "Key": "2", "KEY": "3"}, texts{"key": "3"}, ""},
		{"a key with a space", texts{"ok": "1", "a b": "2"}, texts{"key": "3"}, "METADATA_KEY"},
		{"a key that folds to a letter", texts{"\u212a": "1"}, texts{"key": "3"}, "METADATA_KEY"},
		{"too much", texts{"k": strings.Repeat("x", 64<<10)}, texts{"key": "3"}, "METADATA_TOO_LARGE"},
		{"as much as may be", texts{"k": strings.Repeat("x", 64<<10-1)}, texts{"k": strings.Repeat("x", 64<<10-1)}, ""},
		{"none", nil, texts{}, ""},
		{"none again", nil, texts{}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			code := codes.OK
			if c.reason != "" {
				code = codes.InvalidArgument
			}
			refused(t, s.note(s.alice, id, c.give), code, c.reason)
			if got := s.notes(id); !maps.Equal(got, c.want) {
				t.Errorf("got %v", got)
			}
		})
	}
	if n := len(s.events(acme, id)); n != 1+5 {
		t.Errorf("%d records of 5 changes", n-1)
	}
}

func TestMetadataOneByOne(t *testing.T) {
	s := newSafe(t)
	id := s.bare(s.alice)
	add := func(key, value string) error {
		return failed(s.metadata.AddMetadatum(s.alice, &secretcontainerv1.AddMetadatumRequest{SecretId: id, Key: key, Value: value}))
	}
	set := func(path, key, value string) error {
		return failed(s.metadata.SetMetadatum(s.alice, &secretcontainerv1.SetMetadatumRequest{SecretId: id, MetadatumKey: path, Key: key, Value: value}))
	}
	remove := func(key string) error {
		return failed(s.metadata.DeleteMetadatum(s.alice, &secretcontainerv1.DeleteMetadatumRequest{SecretId: id, MetadatumKey: key}))
	}
	for _, c := range []struct {
		name   string
		err    error
		code   codes.Code
		reason string
	}{
		{"add", add("Os", "linux"), codes.OK, ""},
		{"add again", add("oS", "x"), codes.AlreadyExists, "METADATUM_EXISTS"},
		{"add a bad key", add("o s", "x"), codes.InvalidArgument, "METADATA_KEY"},
		{"add too much", add("big", strings.Repeat("x", 64<<10)), codes.InvalidArgument, "METADATA_TOO_LARGE"},
		{"set", set("os", "OS", "bsd"), codes.OK, ""},
		{"set an unknown one", set("OS", "os", "x"), codes.NotFound, "METADATUM_NOT_FOUND"},
		{"set to another key", set("os", "other", "x"), codes.AlreadyExists, "METADATUM_KEYS_DIFFER"},
		{"set to a bad key", set("os", "o/s", "x"), codes.InvalidArgument, "METADATA_KEY"},
		{"delete an unknown one", remove("other"), codes.OK, ""},
	} {
		t.Run(c.name, func(t *testing.T) { refused(t, c.err, c.code, c.reason) })
	}
	r, err := s.metadata.GetMetadatum(s.alice, &secretcontainerv1.GetMetadatumRequest{SecretId: id, MetadatumKey: "os"})
	if err != nil || r.GetKey() != "os" || r.GetValue() != "bsd" {
		t.Errorf("got %v, %v", r, err)
	}
	expect(t, remove("os"), codes.OK)
	_, err = s.metadata.GetMetadatum(s.alice, &secretcontainerv1.GetMetadatumRequest{SecretId: id, MetadatumKey: "os"})
	refused(t, err, codes.NotFound, "METADATUM_NOT_FOUND")
}
