package useradmin_test

import (
	"testing"

	"google.golang.org/grpc/codes"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

func TestClientIsReadAgain(t *testing.T) {
	w := newWorld(t)
	w.add(&useradminv1.AddUserRequest{Tenant: acme, Id: "ann", Owner: true})
	w.add(&useradminv1.AddUserRequest{Tenant: acme, Id: "bob", Roles: []int64{2}})
	w.add(&useradminv1.AddUserRequest{Tenant: rival, Id: "spy", Owner: true})
	client := useradminv1.NewClientServiceClient(w.public)
	read := func(of, user string) *useradminv1.GetClientResponse {
		t.Helper()
		r, err := client.GetClient(w.contabo(of, user), &useradminv1.GetClientRequest{})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	first := read(acme, "ann")
	if first.GetTenantId() != "HP" || first.GetCustomerId() != acme || first.GetClientId() != "HP-acme" || len(first.GetSecret()) != 36 || len(first.GetId()) != 36 {
		t.Errorf("got %v", first)
	}
	if again := read(acme, "ann"); again.GetSecret() != first.GetSecret() || again.GetId() != first.GetId() {
		t.Errorf("the second time %v, want %v", again, first)
	}
	if theirs := read(rival, "spy"); theirs.GetSecret() == first.GetSecret() || theirs.GetId() == first.GetId() {
		t.Errorf("two tenants share %v", theirs)
	}
	wantAudits(t, w, acme, "client.read", "HP-acme", 2)
	_, err := client.GetClient(w.contabo(acme, "bob"), &useradminv1.GetClientRequest{})
	expect(t, err, codes.PermissionDenied)
	_, err = client.GetClient(w.rootKey(acme, "users.client.read"), &useradminv1.GetClientRequest{})
	expect(t, err, codes.OK)
	_, err = client.GetClient(w.keystone(acme, "ann"), &useradminv1.GetClientRequest{})
	expect(t, err, codes.Unauthenticated)
}

func TestGenerateClientSecret(t *testing.T) {
	w := newWorld(t)
	w.add(&useradminv1.AddUserRequest{Tenant: acme, Id: "ann", Owner: true})
	w.add(&useradminv1.AddUserRequest{Tenant: acme, Id: "bob", Roles: []int64{2}})
	client := useradminv1.NewClientServiceClient(w.public)
	session := w.contabo(acme, "ann")
	before, err := client.GetClient(session, &useradminv1.GetClientRequest{})
	if err != nil {
		t.Fatal(err)
	}
	made, err := client.GenerateClientSecret(session, &useradminv1.GenerateClientSecretRequest{})
	if err != nil {
		t.Fatal(err)
	}
	after, err := client.GetClient(session, &useradminv1.GetClientRequest{}) // the token goes on working
	if err != nil {
		t.Fatal(err)
	}
	if made.GetSecret() == before.GetSecret() || after.GetSecret() != made.GetSecret() || after.GetClientId() != before.GetClientId() {
		t.Errorf("before %v, made %v, after %v", before, made, after)
	}
	if made.GetTenantId() != "HP" || made.GetCustomerId() != acme {
		t.Errorf("made %v", made)
	}
	wantAudits(t, w, acme, "client.rotate", "HP-acme", 1)
	_, err = client.GenerateClientSecret(w.contabo(acme, "bob"), &useradminv1.GenerateClientSecretRequest{})
	expect(t, err, codes.PermissionDenied)
}
