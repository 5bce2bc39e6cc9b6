package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func badAddresses(t *testing.T) []badStart {
	port, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { port.Close() })
	taken := port.Addr().String()
	long := "unix://ROOT/" + strings.Repeat("x", 120)
	file := func(t *testing.T, in *installation) { in.write(t, "notes", "not a socket", 0o600) }
	return []badStart{
		{name: "HTTP port taken", args: []string{"--http-addr", taken}, want: []string{taken, "taken", "--http-addr"}},
		{name: "gRPC port taken", args: []string{"--grpc-addr", taken}, want: []string{taken, "taken", "--grpc-addr"}},
		{name: "admin port taken", args: []string{"--admin-addr", taken}, want: []string{taken, "taken", "--admin-addr"}},
		{name: "internal socket taken", spoil: func(t *testing.T, in *installation) {
			l, err := net.Listen("unix", filepath.Join(in.root, "sock"))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { l.Close() })
		}, args: []string{"--internal-addr", "unix://ROOT/sock"}, want: []string{"sock", "taken", "--internal-addr"}},
		{name: "socket's path too long", args: []string{"--grpc-addr", long}, want: []string{"--grpc-addr", "longer than 107"}},
		{name: "internal socket's path too long", args: []string{"--internal-addr", long}, want: []string{"--internal-addr", "longer than 107"}},
		{name: "socket in a missing folder", args: []string{"--grpc-addr", "unix://ROOT/none/sock"}, want: []string{"--grpc-addr", "none/sock", "no such file"}},
		{name: "socket in the place of a file", spoil: file, args: []string{"--grpc-addr", "unix://ROOT/notes"}, want: []string{"--grpc-addr", "notes", "not a socket"}},
		{name: "store as a socket", spoil: file, args: []string{"--internal-addr", "unix://ROOT/data/identity.db"}, want: []string{"not a socket"}},
		{name: "port without a host", args: []string{"--http-addr", "8080"}, want: []string{"--http-addr", "host:port"}},
		{name: "port out of range", args: []string{"--grpc-addr", "127.0.0.1:99999"}, want: []string{"--grpc-addr", "99999"}},
		{name: "address of another machine", args: []string{"--http-addr", "192.0.2.1:8080", "--allow-plaintext"}, want: []string{"--http-addr", "192.0.2.1"}},
		{name: "a peer on another machine", args: []string{"--services", "gateway", "--without", "user-admin,secret-container,connection-vault", "--peer", "identity=192.0.2.1:8081"}, want: []string{"--peer", "192.0.2.1", "--allow-plaintext"}},
		{name: "an internal peer over a network", args: []string{"--services", "gateway", "--without", "user-admin,secret-container,connection-vault", "--peer", "identity=127.0.0.1:1", "--internal-peer", "identity=127.0.0.1:1"}, want: []string{"--internal-peer", "unix://"}},
		{name: "HTTP off loopback", args: []string{"--http-addr", "0.0.0.0:0"}, want: []string{"--http-addr", "0.0.0.0", "--allow-plaintext"}},
		{name: "gRPC off loopback", args: []string{"--grpc-addr", ":0"}, want: []string{"--grpc-addr", "--allow-plaintext"}},
		{name: "admin off loopback", args: []string{"--admin-addr", "0.0.0.0:0", "--allow-plaintext"}, want: []string{"--admin-addr", "127.0.0.1"}},
		{name: "internal listener on a port", args: []string{"--internal-addr", "127.0.0.1:9"}, want: []string{"--internal-addr", "unix:///path"}},
	}
}

func badRedis() []badStart {
	one := func(name, url string, want ...string) badStart {
		return badStart{name: "redis: " + name, args: []string{"--redis", url}, want: append(want, "--redis")}
	}
	return []badStart{
		one("no address", "localhost:6379", "redis://user:password@host:6379"),
		one("no host", "redis://", "redis://user:password@host:6379"),
		one("another scheme", "http://127.0.0.1:6379", "redis+cluster://"),
		one("another form", "redis+master://127.0.0.1:6379", "redis+cluster://"),
		one("a database that is no number", "redis://127.0.0.1:6379/limits", `"limits"`),
		one("an unknown parameter", "redis://127.0.0.1:6379?poolsize=1", "poolsize"),
		one("sentinels without a master's name", "redis+sentinel://127.0.0.1:26379", "master_name"),
		{name: "redis: no processes", args: []string{"--redis-processes", "0"}, want: []string{"--redis-processes 0"}},
	}
}

func badParts() []badStart {
	return []badStart{
		{name: "unknown part", args: []string{"--services", "gateway,identiy"}, want: []string{`"identiy"`, "gateway, identity"}},
		{name: "gateway without its service", args: []string{"--services", "gateway"}, want: []string{"--peer identity=ADDR"}},
		{name: "unknown peer", args: []string{"--peer", "vault=127.0.0.1:1"}, want: []string{"--peer vault", "no service"}},
		{name: "unknown flag", args: []string{"--prot", "1"}, want: []string{"--prot", "--help"}},
		{name: "unknown level", args: []string{"--log-level", "loud"}, want: []string{"--log-level", "debug"}},
	}
}

func badBootstraps() []badStart {
	one := func(name, yaml string, mode os.FileMode, want ...string) badStart {
		return badStart{
			name:  "bootstrap " + name,
			spoil: func(t *testing.T, in *installation) { in.write(t, "start.yaml", yaml, mode) },
			args:  []string{"--bootstrap", "ROOT/start.yaml"},
			want:  append(want, "start.yaml"),
		}
	}
	const key = "hp_root_literal00000000000000"
	return []badStart{
		{name: "bootstrap missing", args: []string{"--bootstrap", "ROOT/none.yaml"}, want: []string{"none.yaml", "no such file"}},
		one("with an unknown key", "tenants:\n  - id: acme\n    root_kys: []\n", 0o600, "line 3", `"root_kys"`, `"root_keys"`),
		one("with an unknown key at the top", "tenant: []\n", 0o600, "line 1", `"tenants"`),
		one("with a secret that others can read", "tenants: [{id: a, root_keys: [{name: n, key: "+key+", permissions: ['*']}]}]\n", 0o644, "chmod 600", "{env: NAME}"),
		one("with a missing variable", "tenants: [{id: a, root_keys: [{name: n, key: {env: NOWHERE}, permissions: ['*']}]}]\n", 0o600, "NOWHERE"),
		one("with a missing file", "tenants: [{id: a, root_keys: [{name: n, key: {file: /nowhere}, permissions: ['*']}]}]\n", 0o600, "/nowhere"),
		one("with a malformed secret", "tenants: [{id: a, root_keys: [{name: n, key: short, permissions: ['*']}]}]\n", 0o600, "tenants[0].root_keys[0]", "hp_root"),
		one("with a tenant without id", "tenants: [{name: a}]\n", 0o600, "tenants[0]", "id"),
		one("with a key without permissions", "tenants: [{id: a, root_keys: [{name: n, key: "+key+"}]}]\n", 0o600, "root_keys[0]", "permissions"),
		one("that is no YAML", "tenants: [", 0o600, "line 1"),
		one("with another type", "tenants: {a: b}\n", 0o600, "line 1", "expected a list"),
		one("with a text for a mapping", "tenants: [a]\n", 0o600, "line 1", "contabo, id, mail_redirect_urls, name, oauth_client, object_storages, quota, roles, root_keys, users"),
		one("with a list for a text", "tenants: [{id: [a]}]\n", 0o600, "line 1", "expected a text"),
		one("with a key twice", "tenants: []\ntenants: []\n", 0o600, "line 2"),
		one("with a malformed permission", "tenants: [{id: a, root_keys: [{key: "+key+", permissions: [all]}]}]\n", 0o600, "tenants[0].root_keys[0]", "permissions[0]"),
		one("with a malformed tenant", "tenants: [{id: a b}]\n", 0o600, "tenants[0]"),
		one("with a quota below 0", "tenants: [{id: a, quota: {requests_per_minute: -1}}]\n", 0o600, "tenants[0]", "requests_per_minute"),
		one("with a quota that is no number", "tenants: [{id: a, quota: {requests_per_minute: many}}]\n", 0o600, "line 1", "many"),
		one("with a quota of another unit", "tenants: [{id: a, quota: {requests_per_hour: 1}}]\n", 0o600, "line 1", `"requests_per_minute"`),
		one("with an unknown key of a user", "tenants: [{id: a, users: [{id: u, e_mail: u@example.com}]}]\n", 0o600, "line 1", `"e_mail"`, `"email"`),
		one("with a password that others can read", "tenants: [{id: a, users: [{id: u, email: u@example.com, password: a long password}]}]\n", 0o640, "a password", "chmod 600"),
		one("with a client's secret that others can read", "tenants: [{id: a, oauth_client: {client_secret: a secret of sixteen}}]\n", 0o604, "a client's secret", "chmod 600"),
		one("with a storage's secret that others can read", "tenants: [{id: a, object_storages: [{id: s, admin_secret_key: secret}]}]\n", 0o644, "secret key", "chmod 600"),
		one("with a user without id", "tenants: [{id: a, users: [{email: u@example.com}]}]\n", 0o600, "tenants[0].users[0]", "id"),
		one("with a role without id", "tenants: [{id: a, roles: [{name: r}]}]\n", 0o600, "tenants[0].roles[0]", "id"),
		one("with a storage without id", "tenants: [{id: a, object_storages: [{region: EU}]}]\n", 0o600, "tenants[0].object_storages[0]", "id"),
		one("with a short password", "tenants: [{id: a, users: [{id: u, email: u@example.com, password: short}]}]\n", 0o600, "tenants[0]: users[0]", "password", "8"),
		one("with the id of a default role", "tenants: [{id: a, roles: [{id: 1, name: r}]}]\n", 0o600, "tenants[0]: roles[0]", "1000"),
		one("with a role that is no number", "tenants: [{id: a, users: [{id: u, email: u@example.com, roles: [admin]}]}]\n", 0o600, "line 1", "admin"),
		one("with an unknown driver", "tenants: [{id: a, object_storages: [{id: s, region: EU, s3_url: 'https://s3.example.com', driver: ceph}]}]\n", 0o600, "tenants[0]: object_storages[0]", "driver"),
		one("of two documents", "tenants: []\n---\ntenants: []\n", 0o600, "one document"),
	}
}
