package useradmin_test

import (
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

// kate is what kate of acme is called, and whoever of rival wants to be taken for her.
const kate = "kate@example.com"

// Whoever keeps a tenant's users can call one of them by any address, also by that of another
// tenant's user. Names mean that one nevertheless, who had the address verified.
func TestNamesThatAnotherTenantTakes(t *testing.T) {
	for name, take := range map[string]func(w *world, add func()){
		"by renaming an older user": func(w *world, add func()) {
			w.add(&useradminv1.AddUserRequest{Tenant: rival, Id: "eve", Password: "a password of eve's", OpenstackRoles: []string{"creator"}})
			time.Sleep(time.Second)
			add()
			_, err := w.users.UpdateUser(w.rootKey(rival, "useradmin.everything", "openstack.creator"), &useradminv1.UpdateUserRequest{UserId: "eve", Email: proto.String(kate)})
			expect(w.t, err, codes.OK)
		},
		"before she comes": func(w *world, add func()) {
			_, err := w.users.CreateUser(w.rootKey(rival, "useradmin.everything"), &useradminv1.CreateUserRequest{Email: kate, Enabled: true, Locale: "en"})
			expect(w.t, err, codes.OK)
			time.Sleep(time.Second)
			add()
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, d := loginWorld(t)
				take(w, func() {
					w.add(&useradminv1.AddUserRequest{Id: "kate", Email: kate, Password: goodPassword, OpenstackRoles: []string{"creator"}})
				})
				made, err := d.credential(w.keystone(acme, "kate"), "kate", newCredential("ci"))
				expect(t, err, codes.OK)
				for _, identity := range []*useradminv1.KeystoneIdentity{
					byPassword(inDefault(kate, goodPassword)),
					byCredential(&useradminv1.KeystoneApplicationCredential{Name: "ci", User: inDefault(kate, ""), Secret: made.GetSecret()}),
				} {
					got, err := d.token(t.Context(), identity, "")
					expect(t, err, codes.OK)
					if who := got.GetToken().GetUser().GetId(); who != "kate" {
						t.Errorf("by %v the name means %q", identity.GetMethods(), who)
					}
				}
			})
		})
	}
}
