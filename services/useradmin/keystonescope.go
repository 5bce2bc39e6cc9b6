package useradmin

import (
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// keystoneScope is what a token is asked for. The zero one is for nothing in particular.
type keystoneScope struct {
	// project says that it is a project, which has an id or, in the domain, a name.
	project  bool
	id, name string
	// foreign says that it is something that nobody here has a role in.
	foreign bool
}

// scopes are the members of a scope, one of which it has.
var scopes = []string{"project", "unscoped", "domain", "system", "OS-TRUST:trust"}

// parseScope reads what is asked for. Members that occur twice are refused, and their case
// counts, which encoding/json sees otherwise.
func parseScope(text string) (keystoneScope, error) {
	var v structpb.Value
	if text == "" {
		return keystoneScope{}, nil
	}
	if err := protojson.Unmarshal([]byte(text), &v); err != nil {
		return keystoneScope{}, errScope()
	}
	switch kind := v.GetKind().(type) {
	case *structpb.Value_NullValue:
		return keystoneScope{}, nil
	case *structpb.Value_StringValue:
		if kind.StringValue == "unscoped" {
			return keystoneScope{}, nil
		}
	case *structpb.Value_StructValue:
		return scopeIn(kind.StructValue.GetFields())
	}
	return keystoneScope{}, errScope()
}

func scopeIn(members map[string]*structpb.Value) (keystoneScope, error) {
	var asked []string
	for _, name := range scopes {
		if members[name] != nil {
			asked = append(asked, name)
		}
	}
	if len(asked) != 1 || len(members) != 1 {
		return keystoneScope{}, errScope()
	}
	switch asked[0] {
	case "unscoped":
		return keystoneScope{}, nil
	case "project":
		return projectIn(members["project"].GetStructValue().GetFields())
	}
	return keystoneScope{foreign: true}, nil
}

func projectIn(members map[string]*structpb.Value) (keystoneScope, error) {
	if id := members["id"].GetStringValue(); id != "" {
		return keystoneScope{project: true, id: id}, nil
	}
	name := members["name"].GetStringValue()
	if name == "" {
		return keystoneScope{}, lacks("name", "project")
	}
	domain := members["domain"].GetStructValue().GetFields()
	domainID, domainName := domain["id"].GetStringValue(), domain["name"].GetStringValue()
	if domainID == "" && domainName == "" {
		return keystoneScope{}, lacks("domain", "project")
	}
	return keystoneScope{project: true, name: name, foreign: !isDefault(domainID, domainName)}, nil
}

func errScope() error {
	return fault.Invalid(fault.Violation{
		Field: "auth.scope", Rule: "keystone.scope", Message: "must be an object with one project, or unscoped",
	})
}

// names tells whether the scope is a tenant's project.
func (s keystoneScope) names(a *storev1.Account) bool {
	switch {
	case !s.project || s.foreign:
		return false
	case s.id != "":
		return s.id == a.GetTenant()
	}
	return s.name == a.GetName()
}
