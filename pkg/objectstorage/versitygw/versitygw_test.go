package versitygw_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"go.uber.org/goleak"

	"github.com/holdplane/holdplane/internal/servers"
	"github.com/holdplane/holdplane/pkg/objectstorage"
	"github.com/holdplane/holdplane/pkg/objectstorage/versitygw"
	"github.com/holdplane/holdplane/pkg/seal"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Outcomes of what a principal does.
const (
	works       = "200 "
	made        = "201 "
	wrongSecret = "403 SignatureDoesNotMatch"
	unknownKey  = "403 InvalidAccessKeyId"
)

func TestPrincipalsLiveOnTheGateway(t *testing.T) {
	s := storage(servers.StartVersityGW(t).Addr)
	d := versitygw.New()
	first := objectstorage.Principal{AccessKey: "HPFIRST", SecretKey: seal.Secret(`a&b<c>"d'/+=`), UserID: "user_1"}
	rotated := objectstorage.Principal{AccessKey: "HPFIRST", SecretKey: seal.Secret("rotated"), UserID: "user_1"}
	other := objectstorage.Principal{AccessKey: "HPOTHER", SecretKey: seal.Secret("other"), UserID: "user_2"}
	put := func(p objectstorage.Principal) func() error {
		return func() error { return d.Put(t.Context(), s, p) }
	}
	del := func(accessKey string) func() error {
		return func() error { return d.Delete(t.Context(), s, accessKey) }
	}
	for _, step := range []struct {
		name           string
		do             func() error
		first, rotated string // how the gateway meets these secrets then
	}{
		{"nobody has done anything", nil, unknownKey, unknownKey},
		{"delete what was never there", del("HPFIRST"), unknownKey, unknownKey},
		{"put", put(first), works, wrongSecret},
		{"put again", put(first), works, wrongSecret},
		{"rotate", put(rotated), wrongSecret, works},
		{"rotate again", put(rotated), wrongSecret, works},
		{"put another", put(other), wrongSecret, works},
		{"delete another", del("HPOTHER"), wrongSecret, works},
		{"delete", del("HPFIRST"), unknownKey, unknownKey},
		{"delete again", del("HPFIRST"), unknownKey, unknownKey},
		{"put once more", put(first), works, wrongSecret},
	} {
		if step.do != nil {
			if err := step.do(); err != nil {
				t.Fatalf("%s: %v", step.name, err)
			}
		}
		if got := list(t, s, first); got != step.first {
			t.Errorf("%s: the first secret meets %q, want %q", step.name, got, step.first)
		}
		if got := list(t, s, rotated); got != step.rotated {
			t.Errorf("%s: the rotated secret meets %q, want %q", step.name, got, step.rotated)
		}
	}
}

// TestPrincipalsAreNoOperators checks the role: a principal makes a bucket, which another
// can't see into, and orders nothing.
func TestPrincipalsAreNoOperators(t *testing.T) {
	s := storage(servers.StartVersityGW(t).Addr)
	d := versitygw.New()
	owner := objectstorage.Principal{AccessKey: "HPOWNER", SecretKey: seal.Secret("one")}
	other := objectstorage.Principal{AccessKey: "HPOTHER", SecretKey: seal.Secret("two")}
	for _, p := range []objectstorage.Principal{owner, other} {
		if err := d.Put(t.Context(), s, p); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		name, method, path string
		who                objectstorage.Principal
		want               string
	}{
		{"the owner makes a bucket", http.MethodPut, "/photos", owner, works},
		{"and looks into it", http.MethodGet, "/photos", owner, works},
		{"another does not", http.MethodGet, "/photos", other, "403 AccessDenied"},
		{"nor deletes it", http.MethodDelete, "/photos", other, "403 AccessDenied"},
		{"the owner gives no orders", http.MethodPatch, "/list-users", owner, "403 XAdminAccessDenied"},
	} {
		if got := send(t, test.method, s.AdminURL+test.path, s.Region, test.who); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	s.AdminAccessKey, s.AdminSecretKey = owner.AccessKey, owner.SecretKey
	if err := d.Delete(t.Context(), s, other.AccessKey); !errors.Is(err, objectstorage.ErrRefused) {
		t.Errorf("a principal as operator: %v", err)
	}
}

func TestGatewayRefuses(t *testing.T) {
	right := storage(servers.StartVersityGW(t).Addr)
	d := versitygw.New()
	for name, change := range map[string]func(s *objectstorage.Storage, p *objectstorage.Principal){
		"a wrong admin secret":     func(s *objectstorage.Storage, _ *objectstorage.Principal) { s.AdminSecretKey = seal.Secret("wrong") },
		"an unknown admin":         func(s *objectstorage.Storage, _ *objectstorage.Principal) { s.AdminAccessKey = "nobody" },
		"another region":           func(s *objectstorage.Storage, _ *objectstorage.Principal) { s.Region = "elsewhere" },
		"a principal without name": func(_ *objectstorage.Storage, p *objectstorage.Principal) { p.AccessKey = "" },
	} {
		t.Run(name, func(t *testing.T) {
			s, p := right, objectstorage.Principal{AccessKey: "HPKEY", SecretKey: seal.Secret("secret")}
			if err := d.Put(t.Context(), s, p); err != nil { // so that the driver has signed for the right one
				t.Fatal(err)
			}
			change(&s, &p)
			if err := d.Put(t.Context(), s, p); !errors.Is(err, objectstorage.ErrRefused) {
				t.Errorf("Put: %v, want a refusal", err)
			}
			if err := d.Delete(t.Context(), s, p.AccessKey); !errors.Is(err, objectstorage.ErrRefused) {
				t.Errorf("Delete: %v, want a refusal", err)
			}
		})
	}
	t.Run("a principal without secret", func(t *testing.T) {
		if err := d.Put(t.Context(), right, objectstorage.Principal{AccessKey: "HPKEY"}); !errors.Is(err, objectstorage.ErrRefused) {
			t.Errorf("Put: %v, want a refusal", err)
		}
	})
}

func TestGatewayIsAway(t *testing.T) {
	gateway := servers.StartVersityGW(t)
	s, d := storage(gateway.Addr), versitygw.New()
	p := objectstorage.Principal{AccessKey: "HPKEY", SecretKey: seal.Secret("secret")}
	gateway.Kill(t)
	if err := d.Put(t.Context(), s, p); err == nil || errors.Is(err, objectstorage.ErrRefused) {
		t.Errorf("Put: %v, want one that may pass", err)
	}
	gateway.Start(t)
	if err := d.Put(t.Context(), s, p); err != nil {
		t.Error(err)
	}
	gateway.Kill(t)
	gateway.Start(t)
	if got := list(t, s, p); got != works {
		t.Errorf("after a crash the principal meets %q", got)
	}
}

// storage is a gateway of package servers.
func storage(addr string) objectstorage.Storage {
	return objectstorage.Storage{
		AdminURL:       addr,
		AdminAccessKey: servers.GatewayAccessKey,
		AdminSecretKey: seal.Secret(servers.GatewaySecretKey),
		Region:         servers.GatewayRegion,
	}
}

// list lists a principal's buckets and returns how the gateway meets that.
func list(t *testing.T, s objectstorage.Storage, p objectstorage.Principal) string {
	t.Helper()
	return send(t, http.MethodGet, s.AdminURL+"/", s.Region, p)
}

// send sends a principal's request and returns the status and the error's code.
func send(t *testing.T, method, url, region string, p objectstorage.Principal) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(nil)
	r.Header.Set("X-Amz-Content-Sha256", hex.EncodeToString(sum[:]))
	who := aws.Credentials{AccessKeyID: p.AccessKey, SecretAccessKey: string(p.SecretKey)}
	if err := v4.NewSigner().SignHTTP(t.Context(), who, r, hex.EncodeToString(sum[:]), "s3", region, time.Now()); err != nil {
		t.Fatal(err)
	}
	r.Close = true
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var answer struct{ Code string }
	if res.StatusCode >= 400 {
		if err := xml.NewDecoder(res.Body).Decode(&answer); err != nil {
			t.Fatal(err)
		}
	}
	return fmt.Sprintf("%d %s", res.StatusCode, answer.Code)
}
