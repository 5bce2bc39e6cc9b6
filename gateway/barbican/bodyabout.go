package barbican

import (
	"fmt"
	"regexp"
	"strings"

	"google.golang.org/protobuf/proto"

	secretv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

// fillAbout puts a value into a request about what is there already: its metadata, who may
// read it, how much of it there may be.
func fillAbout(v any, m proto.Message) (err error) {
	switch m := m.(type) {
	case *secretv1.ReplaceSecretAclRequest:
		m.Read, err = readers(v)
	case *secretv1.UpdateSecretAclRequest:
		m.Read, err = readers(v)
	case *secretv1.ReplaceContainerAclRequest:
		m.Read, err = readers(v)
	case *secretv1.UpdateContainerAclRequest:
		m.Read, err = readers(v)
	case *secretv1.ReplaceMetadataRequest:
		m.Metadata, err = metadata(v)
	case *secretv1.AddMetadatumRequest:
		m.Key, m.Value, err = metadatum(v)
	case *secretv1.SetMetadatumRequest:
		m.Key, m.Value, err = metadatum(v)
	case *secretv1.SetProjectQuotasRequest:
		m.ProjectQuotas, err = quotas(v)
	default:
		return fmt.Errorf("no body is known for %T", m)
	}
	return err
}

// readers are who may read; nil when the value says nothing of it. One that is empty says
// nothing.
func readers(v any) (*secretv1.ReadChange, error) {
	o, err := matching(aclName, &aclSchema, v)
	if err != nil {
		return nil, err
	}
	read, ok := o.get("read").(*object)
	if !ok || len(read.names) == 0 {
		return nil, nil
	}
	change := &secretv1.ReadChange{}
	if access, ok := read.get("project-access").(bool); ok {
		change.ProjectAccess = &access
	}
	if users, ok := read.get("users").([]any); ok {
		change.Users = &secretv1.Users{}
		for _, u := range users {
			id, _ := u.(string) // the schema has texts only
			change.Users.Ids = append(change.Users.Ids, id)
		}
	}
	return change, nil
}

// urlSafe are the keys of metadata: they stand in paths.
var urlSafe = regexp.MustCompile(`^[A-Za-z0-9_-]*$`)

func metadata(v any) (map[string]string, error) {
	o, err := matching(metadataName, &metadataSchema, v)
	if err != nil {
		return nil, err
	}
	all, ok := o.get("metadata").(*object)
	if !ok {
		return nil, malformed() // the schema has an object
	}
	texts := make(map[string]string, len(all.names))
	for _, key := range all.names {
		value, ok := all.text(key)
		switch {
		case !urlSafe.MatchString(key):
			return nil, fault.InvalidArgument(reasonMetadataKey, "%s", unsafeKey)
		case !ok:
			return nil, fault.InvalidArgument(reasonSaid, "Invalid Metadata. Keys and Values must be Strings.")
		}
		texts[strings.ToLower(key)] = value
	}
	return texts, nil
}

func metadatum(v any) (key, value string, err error) {
	o, err := matching(metadatumName, &metadatumSchema, v)
	if err != nil {
		return "", "", err
	}
	if key = o.string("key"); !urlSafe.MatchString(key) {
		return "", "", fault.InvalidArgument(reasonMetadataKey, "%s", unsafeKey)
	}
	return strings.ToLower(key), o.string("value"), nil
}

func quotas(v any) (*secretv1.Quotas, error) {
	o, err := matching(projectQuotaName, &projectQuotaSchema, v)
	if err != nil {
		return nil, err
	}
	q, ok := o.get("project_quotas").(*object)
	if !ok {
		return nil, malformed() // the schema has an object
	}
	return &secretv1.Quotas{
		Secrets: q.optionalInteger("secrets"), Orders: q.optionalInteger("orders"), Containers: q.optionalInteger("containers"),
		Consumers: q.optionalInteger("consumers"), Cas: q.optionalInteger("cas"),
	}, nil
}
