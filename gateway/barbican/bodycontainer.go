package barbican

import (
	"strings"

	"github.com/holdplane/holdplane/gateway"
	secretv1 "github.com/holdplane/holdplane/gen/holdplane/secretcontainer/v1"
	"github.com/holdplane/holdplane/pkg/fault"
)

func fillContainer(c *gateway.Call, v any, m *secretv1.CreateContainerRequest) error {
	o, err := matching(containerName, &containerSchema, v)
	if err != nil {
		return err
	}
	m.Type, m.Name = o.string("type"), o.optional("name")
	refs, _ := o.get("secret_refs").([]any)
	if len(refs) == 0 {
		return nil
	}
	names, ids, foreign := map[any]bool{}, map[string]bool{}, false
	for _, r := range refs {
		ref, ok := r.(*object)
		if !ok {
			return malformed() // the schema has objects only
		}
		id, ours := secretID(c, ref)
		foreign = foreign || !ours
		ids[id] = true
		names[nameIn(ref)] = true
		m.SecretRefs = append(m.SecretRefs, &secretv1.ContainerSecret{Name: ref.optional("name"), SecretId: id})
	}
	switch {
	case len(names) < len(refs):
		return mismatch(containerName, "Duplicate reference names are not allowed", "secret_refs")
	case len(ids) < len(refs):
		return mismatch(containerName, secretTwice, "secret_refs")
	case foreign:
		return fault.InvalidArgument(reasonSaid, unsupportedV)
	}
	return checkNames(m.GetType(), names)
}

const secretTwice = "Duplicate secret ids are not allowed"

// nameIn is the name of a secret in a container. No name is the empty one; null is another.
func nameIn(ref *object) any {
	if !ref.has("name") {
		return ""
	}
	return ref.get("name")
}

// secretID is the id of the secret that a reference leads to, and whether the reference is one
// of this installation's.
func secretID(c *gateway.Call, ref *object) (id string, ours bool) {
	text := strings.TrimSuffix(ref.string("secret_ref"), "/")
	if id, ours = strings.CutPrefix(text, c.PublicURL+"/v1/secrets/"); ours {
		return id, true
	}
	return text[strings.LastIndexByte(text, '/')+1:], false
}

// rule is which names secrets have in containers of a type.
type rule struct {
	required, optional  []string
	unsupported, absent string // what is said of others, and of too few
}

var rules = map[string]rule{
	"rsa": {
		required: []string{"public_key", "private_key"}, optional: []string{"private_key_passphrase"},
		unsupported: "only 'private_key', 'public_key' and 'private_key_passphrase' reference names are allowed for RSA type",
		absent:      "The minimum required reference names are 'public_key' and'private_key' for RSA type",
	},
	"certificate": {
		required: []string{"certificate"}, optional: []string{"private_key", "private_key_passphrase", "intermediates"},
		unsupported: "only 'private_key', 'certificate' , 'private_key_passphrase',  or 'intermediates' reference names are allowed for Certificate type",
		absent:      "The minimum required reference name is 'certificate' for Certificate type",
	},
}

func checkNames(kind string, names map[any]bool) error {
	r, ok := rules[kind]
	if !ok {
		return nil
	}
	known, enough := 0, true
	for _, name := range r.required {
		enough = enough && names[name]
	}
	for _, name := range append(r.optional[:len(r.optional):len(r.optional)], r.required...) {
		if names[name] {
			known++
		}
	}
	switch {
	case known < len(names):
		return mismatch(containerName, r.unsupported, "secret_refs")
	case !enough:
		return mismatch(containerName, r.absent, "secret_refs")
	}
	return nil
}

// contained is a secret to put into a container, or to take out. Its reference is noted, for
// the text of what is not there.
func contained(c *gateway.Call, v any) (name *string, id string, err error) {
	o, err := matching(containedName, &containedSchema, v)
	if err != nil {
		return nil, "", err
	}
	id, ours := secretID(c, o)
	if !ours {
		return nil, "", fault.InvalidArgument(reasonSaid, unsupportedV)
	}
	c.Note = o
	return o.optional("name"), id, nil
}
