package e2e_test

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// project is a tenant whose users have roles of OpenStack's.
type project struct {
	name    string
	members map[string]person // by their role
	foreign *project          // another one; nil in that
}

// projected are the projects, named as the test that has them, and the roles of their
// members, of whom each costs a start some time.
var projected = map[string][]string{
	"barbican1":   {"creator", "admin", "observer"},
	"barbican2":   {"creator", "admin", "observer"},
	"commands":    {"creator"},
	"gophercloud": {"creator", "admin"},
	"seed002":     {"creator"},
	"consumers":   {"creator"},
}

// newProjected is a server with projects. There is one person called admin, for whom alone
// gophercloud's own tests ask for keys.
func newProjected() server {
	s := server{keys: newKeys(), projects: map[string]project{}}
	foreign := newProject("elsewhere", "creator")
	s.projects[foreign.name] = foreign
	for name, roles := range projected {
		p := newProject(name, roles...)
		p.foreign = &foreign
		if name == "gophercloud" {
			p.members["admin"] = person{id: uuid.NewString(), username: "admin", email: "admin@example.com", password: rand.Text()}
		}
		s.projects[name] = p
	}
	return s
}

func newProject(name string, roles ...string) project {
	p := project{name: name, members: map[string]person{}}
	for _, role := range roles {
		p.members[role] = person{
			id: uuid.NewString(), username: role + "-of-" + name, email: role + "@" + name + ".example.com", password: rand.Text(),
		}
	}
	return p
}

// write adds the project to a bootstrap file.
func (p project) write(b *strings.Builder) {
	fmt.Fprintf(b, "  - id: %[1]s\n    name: %[1]s\n    users:\n", p.name)
	for role, m := range p.members {
		fmt.Fprintf(b, "      - {id: %s, username: %s, email: %s, password: %s, openstack_roles: [%s]}\n", m.id, m.username, m.email, m.password, role)
	}
}

// env is what OpenStack's clients read to log in as the one who has a role, and what our
// programs read to know the others.
func (p project) env(baseURL, role string) []string {
	if p.name == "" {
		return nil
	}
	m := p.members[role]
	env := []string{
		"OS_AUTH_URL=" + baseURL + "/v3", "OS_USERNAME=" + m.username, "OS_PASSWORD=" + m.password, "OS_PROJECT_NAME=" + p.name,
		"OS_USER_DOMAIN_NAME=Default", "OS_PROJECT_DOMAIN_NAME=Default", "OS_REGION_NAME=RegionOne", "OS_IDENTITY_API_VERSION=3",
		"FOREIGN_PROJECT=" + p.foreign.name,
	}
	for role, m := range p.members {
		env = append(env, m.env(role)...)
	}
	return slices.Concat(env, p.foreign.members["creator"].env("foreign"))
}

func (m person) env(role string) []string {
	role = strings.ToUpper(role)
	return []string{role + "_ID=" + m.id, role + "_NAME=" + m.username, role + "_PASSWORD=" + m.password}
}
