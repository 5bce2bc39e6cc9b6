package e2e_test

import (
	"slices"
	"testing"
)

// commands runs OpenStack's command line. Each command takes a second to start, so there are
// few unless all of it is to be run.
func (s server) commands(t *testing.T, whole bool) {
	openstack := s.commandLine(t, "barbican2", "openstack")
	tests := map[string]func(*testing.T, commandLine){"credential": byCredential}
	if whole {
		tests["login"] = s.commandLogin
		tests["secrets"] = commandSecrets
		tests["containers"] = commandContainers
		tests["orders"] = commandOrders
		tests["sharing"] = s.commandSharing
		tests["barbican"] = func(t *testing.T, _ commandLine) { commandBarbican(t, s.commandLine(t, "barbican1", "barbican")) }
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, openstack)
		})
	}
}

// byCredential makes an application credential by the command line, and lets it keep a secret.
func byCredential(t *testing.T, c commandLine) {
	made := c.show(t, "application", "credential", "create", "commands")
	// It has its own user and project, and the client minds other ones.
	c.env = slices.Concat(c.env, []string{
		"OS_AUTH_TYPE=v3applicationcredential",
		"OS_APPLICATION_CREDENTIAL_ID=" + text(t, made, "ID"), "OS_APPLICATION_CREDENTIAL_SECRET=" + text(t, made, "Secret"),
		"OS_USERNAME=", "OS_PASSWORD=", "OS_PROJECT_NAME=", "OS_USER_DOMAIN_NAME=", "OS_PROJECT_DOMAIN_NAME=",
	})
	ref := text(t, c.show(t, "secret", "store", "--name", "by credential", "--payload", "hush"), "Secret href")
	same(t, "the payload", c.do(t, "secret", "get", ref, "--payload", "-f", "value"), "hush")
}

func (s server) commandLogin(t *testing.T, c commandLine) {
	issued := c.show(t, "token", "issue")
	same(t, "the user", text(t, issued, "user_id"), s.members["creator"].id)
	same(t, "the project", text(t, issued, "project_id"), s.project.name)
	offered := c.list(t, "catalog", "list")
	same(t, "the catalog", column(t, offered, "Name")+", "+column(t, offered, "Type"), "keystone barbican, identity key-manager")
}

func commandSecrets(t *testing.T, c commandLine) {
	ref := text(t, c.show(t, "secret", "store", "--name", "two steps", "--secret-type", "passphrase"), "Secret href")
	c.do(t, "secret", "update", ref, "later")
	same(t, "the payload", c.do(t, "secret", "get", ref, "--payload", "-f", "value"), "later")
	listed := c.list(t, "secret", "list", "--name", "two steps")
	same(t, "the list", column(t, listed, "Secret href")+" "+column(t, listed, "Secret type"), ref+" passphrase")
	for _, action := range []string{"create", "delete"} {
		c.do(t, "secret", "consumer", action, ref, "--service-type-name", "glance", "--resource-type", "images", "--resource-id", "1")
		if action == "create" {
			same(t, "the consumers", column(t, c.list(t, "secret", "consumer", "list", ref), "Service"), "glance")
			c.fail(t, "Secret cannot be deleted as it has consumers.", "secret", "delete", ref)
		}
	}
	c.do(t, "secret", "delete", ref)
}

func commandContainers(t *testing.T, c commandLine) {
	inside := text(t, c.show(t, "secret", "store", "--name", "inside", "--payload", "hush"), "Secret href")
	ref := text(t, c.show(t, "secret", "container", "create", "--name", "box", "--secret", "one="+inside), "Container href")
	same(t, "what is inside", text(t, c.show(t, "secret", "container", "get", ref), "Secrets"), "one="+inside)
	same(t, "the list", column(t, c.list(t, "secret", "container", "list"), "Container href"), ref)
	c.do(t, "secret", "container", "delete", ref)
}

func commandOrders(t *testing.T, c commandLine) {
	ref := text(t, c.show(t, "secret", "order", "create", "key", "--name", "ordered", "--algorithm", "aes", "--bit-length", "128"), "Order href")
	var got map[string]any
	eventually(t, "a key", func() bool {
		got = c.show(t, "secret", "order", "get", ref)
		return text(t, got, "Status") != "PENDING"
	})
	same(t, "the order", text(t, got, "Status"), "ACTIVE")
	same(t, "the list", column(t, c.list(t, "secret", "order", "list"), "Secret href"), text(t, got, "Secret href"))
	c.fail(t, "Forbidden: Order deletion attempt not allowed", "secret", "order", "delete", ref)
}

func (s server) commandSharing(t *testing.T, c commandLine) {
	ref := text(t, c.show(t, "secret", "store", "--name", "shared", "--payload", "hush"), "Secret href")
	rows := c.list(t, "acl", "submit", ref, "--user", s.foreign.members["creator"].id, "--no-project-access")
	if len(rows) != 1 || rows[0]["Project Access"] != false {
		t.Errorf("the access is %v, want none of the project's", rows)
	}
	c.do(t, "acl", "delete", ref)
}

// commandBarbican is the command that the client had to itself.
func commandBarbican(t *testing.T, c commandLine) {
	ref := text(t, c.show(t, "secret", "store", "--name", "barbican", "--payload", "hush"), "Secret href")
	same(t, "the payload", c.do(t, "secret", "get", ref, "--payload", "-f", "value"), "hush")
	same(t, "the list", column(t, c.list(t, "secret", "list", "--name", "barbican"), "Secret href"), ref)
}
