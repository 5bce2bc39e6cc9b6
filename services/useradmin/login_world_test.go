package useradmin_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc/metadata"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/password"
	"github.com/holdplane/holdplane/pkg/password/passwordtest"
	"github.com/holdplane/holdplane/pkg/rpc"
	"github.com/holdplane/holdplane/services/useradmin"
)

// The clients of acme and of rival, and their secret.
const (
	acmeClient   = "DE-1"
	rivalClient  = "DE-2"
	clientSecret = "a secret of a client"
)

// factorSecret is that of the second factors that tests enrol.
const factorSecret = "12345678901234567890"

// door is a process that people log in at.
type door struct {
	service *useradmin.Service
	public  *rpc.Local
	tokens  useradminv1.TokenServiceClient
	pool    *password.Pool
}

// door starts a process. Nobody is refused a hash because too many wait.
func (w *world) door(change func(*useradmin.Deps)) door {
	w.t.Helper()
	pool := passwordtest.NewPool(w.t, password.Options{Waiting: 2000})
	service, public := w.process(func(d *useradmin.Deps) {
		d.Passwords = pool
		change(d)
	})
	return door{service: service, public: public, tokens: useradminv1.NewTokenServiceClient(public), pool: pool}
}

// accessDoor starts a process that has another way to identity.
func (w *world) accessDoor(access identityv1.AccessServiceClient) door {
	w.t.Helper()
	return w.door(func(d *useradmin.Deps) { d.Access = access })
}

// rootKeyText is a root key of a tenant.
func (w *world) rootKeyText(of string, permissions ...string) string {
	w.t.Helper()
	md, _ := metadata.FromOutgoingContext(w.rootKey(of, permissions...))
	return strings.TrimPrefix(md.Get("authorization")[0], "Bearer ")
}

// loginWorld has clients of both tenants and a user ann of acme, and a door to them.
func loginWorld(t testing.TB) (*world, door) {
	t.Helper()
	w := newWorld(t)
	for client, of := range map[string]string{acmeClient: acme, rivalClient: rival} {
		_, err := w.operator.CreateAccount(t.Context(), &useradminv1.CreateAccountRequest{
			Tenant: of, Name: of + " project", TenantId: "DE", CustomerId: of, ClientId: client, ClientSecret: clientSecret,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	w.add(&useradminv1.AddUserRequest{Id: "ann", Username: "Annie", Password: goodPassword, OpenstackRoles: []string{"creator"}})
	return w, w.door(func(*useradmin.Deps) {})
}

// login asks for tokens of acme's client.
func (d door) login(ctx context.Context, name, password, code string) (*useradminv1.CreateTokenResponse, error) {
	return d.tokens.CreateToken(ctx, &useradminv1.CreateTokenRequest{
		GrantType: "password", ClientId: acmeClient, ClientSecret: clientSecret, Username: name, Password: password, Totp: code,
	})
}

// hashes is how many passwords the door has hashed.
func (d door) hashes(t testing.TB) uint64 {
	t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(d.pool)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "holdplane_password_hash_seconds" {
			return f.GetMetric()[0].GetHistogram().GetSampleCount()
		}
	}
	t.Fatal("the pool counts no hashes")
	return 0
}

// wantHashes checks how many passwords the doors have hashed in all.
func wantHashes(t testing.TB, want uint64, doors ...door) {
	t.Helper()
	var got uint64
	for _, d := range doors {
		got += d.hashes(t)
	}
	if got != want {
		t.Errorf("%d passwords were hashed, want %d", got, want)
	}
}

// change changes a user of acme.
func (d door) change(t testing.TB, user string, change func(*storev1.User)) *storev1.User {
	t.Helper()
	m, err := d.service.ChangeUser(t.Context(), acme, user, change)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// enrol has every login of a user need a code.
func (d door) enrol(t testing.TB, user string, recovery ...[]byte) {
	t.Helper()
	d.change(t, user, func(u *storev1.User) {
		u.Totp = true
		u.SecondFactor = &storev1.SecondFactor{
			Secret: base32.StdEncoding.EncodeToString([]byte(factorSecret)), RecoveryDigests: recovery,
		}
	})
}

// codeAt is the authenticator's code at a time, as RFC 4226 has it.
func codeAt(at time.Time) string {
	mac := hmac.New(sha1.New, []byte(factorSecret))
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(at.Unix()/30)))
	sum := mac.Sum(nil)
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[sum[len(sum)-1]&15:])&(1<<31-1)%1_000_000)
}

// from is a context of a caller at an address.
func from(ctx context.Context, address string) context.Context {
	return metadata.AppendToOutgoingContext(ctx, rpc.ClientKey, address)
}

// claimsOf are what a JWT says.
func claimsOf(t testing.TB, token string) (claims map[string]any) {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("%q is no JWT", token)
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err == nil {
		err = json.Unmarshal(text, &claims)
	}
	if err != nil {
		t.Fatal(err)
	}
	return claims
}

// wantReason checks the reason of an error.
func wantReason(t testing.TB, err error, want string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want %s", want)
	} else if f := fault.From(err); f.Reason != want {
		t.Errorf("got %s (%v), want %s", f.Reason, err, want)
	}
}
