package secretcontainer_test

import (
	"strings"
	"testing"
	"time"

	secretcontainerv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
)

// Short payloads are kept with their secrets, long ones apart: nobody sees a difference.
func TestPayloadsOfEveryLength(t *testing.T) {
	s := newSafe(t)
	_, err := s.operator.SetRetention(t.Context(), &secretcontainerv1.SetRetentionRequest{Tenant: acme, RetentionMs: time.Hour.Milliseconds()})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{1, 32, 255, 256, 257, 20_000} {
		text := strings.Repeat("s", n)
		whole := s.make(s.alice, &secretcontainerv1.CreateSecretRequest{Payload: []byte(text), PayloadContentType: "text/plain"})
		second := s.bare(s.alice)
		_, err := s.secrets.StorePayload(s.alice, &secretcontainerv1.StorePayloadRequest{SecretId: second, Payload: []byte(text), ContentType: "text/plain"})
		if err != nil {
			t.Fatal(err)
		}
		for name, id := range map[string]string{"at once": whole, "in a second step": second} {
			for _, when := range []string{"kept", "brought back"} {
				if got, err := s.open(s.alice, id, ""); err != nil || got != text {
					t.Errorf("%d bytes, given %s, %s: got %d bytes, %v", n, name, when, len(got), err)
				}
				if _, err := s.secrets.DeleteSecret(s.alice, &secretcontainerv1.DeleteSecretRequest{SecretId: id}); err != nil {
					t.Fatal(err)
				}
				if _, err := s.operator.UndeleteSecret(t.Context(), &secretcontainerv1.UndeleteSecretRequest{Tenant: acme, SecretId: id}); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
