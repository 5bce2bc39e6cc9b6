package useradmin

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/auth"
	"github.com/holdplane/holdplane/pkg/fault"
)

const reasonMaskInvalid = "UPDATE_MASK_INVALID"

// ownFields are what users may change of themselves.
var ownFields = []string{"first_name", "last_name", "locale", "email"}

// userEdit is what an update changes of a user.
type userEdit struct {
	r *useradminv1.UpdateUserRequest
	// names are the fields that change, in order.
	names []string
}

// newUserEdit reads which fields change: those that the mask names, or without one those
// that are set. It refuses values that none of them can have.
func newUserEdit(r *useradminv1.UpdateUserRequest) (userEdit, error) {
	set := setFields(r)
	e := userEdit{r: r, names: set}
	if r.GetUpdateMask() != nil {
		e.names = nil
		for _, path := range r.GetUpdateMask().GetPaths() {
			f := r.ProtoReflect().Descriptor().Fields().ByName(protoreflect.Name(path))
			if f == nil || path == "update_mask" {
				return userEdit{}, fault.InvalidArgument(reasonMaskInvalid, "update_mask names %q, which is no field to change", path)
			}
			if path != "user_id" && !slices.Contains(e.names, path) {
				e.names = append(e.names, path)
			}
		}
		slices.Sort(e.names)
	}
	for _, name := range set {
		if !e.has(name) {
			return userEdit{}, fault.InvalidArgument(reasonMaskInvalid, "update_mask leaves out %s, which is set", name)
		}
	}
	for _, name := range []string{"email", "enabled", "totp", "locale"} {
		if e.has(name) && !slices.Contains(set, name) {
			return userEdit{}, fault.Invalid(fault.Violation{Field: name, Rule: "required", Message: "can't be empty"})
		}
	}
	return e, e.check()
}

// setFields are the names of the fields that are set, in order, apart from those that don't
// change a user.
func setFields(r *useradminv1.UpdateUserRequest) (names []string) {
	r.ProtoReflect().Range(func(f protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
		if name := string(f.Name()); name != "user_id" && name != "update_mask" {
			names = append(names, name)
		}
		return true
	})
	slices.Sort(names)
	return names
}

func (e userEdit) has(name string) bool { return slices.Contains(e.names, name) }

func (e userEdit) check() error {
	if err := checkPerson("first_name", e.r.GetFirstName()); err != nil {
		return err
	}
	if err := checkPerson("last_name", e.r.GetLastName()); err != nil {
		return err
	}
	if e.has("email") {
		return checkEmail("email", e.r.GetEmail())
	}
	return nil
}

// allowed refuses users what they may not do to themselves: without the permission nearly
// everything, and with it their roles all the same.
func (e userEdit) allowed(p *auth.Principal) error {
	if !isUser(p) || p.Subject != e.r.GetUserId() {
		return nil
	}
	if e.has("roles") {
		return fault.PermissionDenied(reasonEscalation, "nobody changes their own roles")
	}
	for _, name := range e.names {
		if !slices.Contains(ownFields, name) && !p.Allows(permUpdateUsers, permEverything) {
			return auth.Denied(permUpdateUsers)
		}
	}
	return nil
}

// apply returns a user as the update leaves it.
func (e userEdit) apply(old *storev1.User) *storev1.User {
	m := proto.CloneOf(old)
	for _, name := range e.names {
		switch name {
		case "first_name":
			m.FirstName = strings.TrimSpace(e.r.GetFirstName())
		case "last_name":
			m.LastName = strings.TrimSpace(e.r.GetLastName())
		case "locale":
			m.Locale = e.r.GetLocale()
		case "enabled":
			m.Enabled = e.r.GetEnabled()
		case "roles":
			m.Roles = distinct(e.r.GetRoles())
		case "totp":
			m.Totp = e.r.GetTotp()
			if !m.Totp {
				m.SecondFactor = nil
			}
		case "email":
			reach(m, e.r.GetEmail())
		}
	}
	return m
}

// reach has a user be written to at another address. An owner's is taken only when it is
// confirmed: a tenant must not lose its owner to a misspelling, or to whoever gets hold of
// the owner's session.
func reach(u *storev1.User, email string) {
	switch {
	case email == u.GetEmail():
		u.PendingEmail = ""
	case u.GetOwner():
		u.PendingEmail = email
	default:
		readdress(u, email)
	}
}

// readdress gives a user another address, to be verified. Who logs in by the address goes
// on doing so.
func readdress(u *storev1.User, email string) {
	if u.GetUsername() == normal(u.GetEmail()) {
		u.Username = normal(email)
	}
	u.Email, u.EmailVerified, u.PendingEmail = email, false, ""
}
