package docs_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/holdplane/holdplane/"

// layers say which folders of the module the packages under a folder import. What has no
// layer, such as cmd, imports all layers and is imported by nothing.
var layers = map[string][]string{
	"gen":      {"gen"},
	"pkg":      {"pkg", "gen"},
	"gateway":  {"gateway", "gen", "pkg"},
	"services": {"services", "gen", "pkg"},
}

// ownProtos are the protos that a service imports beside its own.
var ownProtos = []string{"identity", "store", "options", "operations"}

// shared are the packages below gateway that are no product's.
var shared = []string{"gateway/language"}

// measures is a program of its own, beside the product: its floors are bare servers on
// bbolt and grpc-gateway, and it reads flags. It may import anything; nothing imports it.
const measures = "bench"

// owners are the only folders that import a package, a module or the standard library's.
var owners = map[string][]string{
	"go.etcd.io/bbolt":                       {"pkg/kv/boltkv"},
	"github.com/jackc/pgx":                   {"pkg/kv/pgkv"},
	"github.com/redis/go-redis":              {"pkg/ratelimit/redislimit"},
	"github.com/tink-crypto/tink-go":         {"pkg/seal"},
	"golang.org/x/crypto/argon2":             {"pkg/password"},
	"github.com/pquerna/otp":                 {"pkg/totp"},
	"github.com/wneessen/go-mail":            {"pkg/mail"},
	"golang.org/x/oauth2":                    {"services/connectionvault"},
	"github.com/aws/aws-sdk-go-v2":           {"pkg/objectstorage/versitygw"},
	"github.com/grpc-ecosystem/grpc-gateway": {"gateway", "gen/gateway", "pkg/wirejson"},
	"github.com/alecthomas/kong":             {"cmd"},
	"flag":                                   {"cmd", "internal/tools"},
	"net/http":                               {"cmd", "gateway", "gen/gateway", "pkg"},
}

func TestImports(t *testing.T) {
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			if reason := forbidden(p.ImportPath, imported); reason != "" {
				t.Errorf("%s imports %s: %s", p.ImportPath, imported, reason)
			}
		}
	}
}

// TestImportRules shows that the rules refuse what they are there for.
func TestImportRules(t *testing.T) {
	for _, test := range []struct {
		from, to string
		allowed  bool
	}{
		{"cmd/holdplane", module + "services/identity", true},
		{"gateway/unkey", module + "gateway", true},
		{"gateway/unkey", module + "gen/gateway/holdplane/identity/v1", true},
		{"gateway/unkey", module + "gateway/barbican", false},
		{"gateway/connect", module + "gateway/language", true},
		{"gateway/connect", module + "gateway/apideck", false},
		{"services/useradmin", module + "gateway/language", false},
		{"services/connectionvault", "golang.org/x/oauth2", true},
		{"services/useradmin", "golang.org/x/oauth2", false},
		{"gateway/unkey", module + "services/identity", false},
		{"services/useradmin", module + "pkg/table", true},
		{"services/useradmin", module + "gen/holdplane/useradmin/v1", true},
		{"services/useradmin", module + "gen/holdplane/identity/v1", true},
		{"services/useradmin", module + "gen/holdplane/connectionvault/v1", false},
		{"services/useradmin", module + "gen/gateway/holdplane/useradmin/v1", false},
		{"services/useradmin", module + "services/identity", false},
		{"services/useradmin", module + "gateway", false},
		{"services/useradmin", "net/http", false},
		{"pkg/auth", module + "services/identity", false},
		{"pkg/auth", module + "cmd/holdplane", false},
		{"pkg/kv/boltkv", "go.etcd.io/bbolt", true},
		{"pkg/table", "go.etcd.io/bbolt", false},
		{"pkg/password", "golang.org/x/crypto/argon2", true},
		{"services/useradmin", "golang.org/x/crypto/argon2", false},
		{"pkg/totp", "github.com/pquerna/otp/hotp", true},
		{"services/useradmin", "github.com/pquerna/otp/totp", false},
		{"services/useradmin", "github.com/wneessen/go-mail/smtp", false},
		{"pkg/rpc", "github.com/grpc-ecosystem/grpc-gateway/v2/runtime", false},
		{"gateway", "github.com/alecthomas/kong", false},
		{"cmd/holdplane", module + "bench", false},
		{"pkg/table", module + "bench/floor", false},
		{"bench/floor", "go.etcd.io/bbolt", true},
		{"bench", "flag", true},
	} {
		if reason := forbidden(module+test.from, test.to); (reason == "") != test.allowed {
			t.Errorf("%s imports %s: %q", test.from, test.to, reason)
		}
	}
}

// forbidden says why a package must not import another; it is empty when it may.
func forbidden(importer, imported string) string {
	from, to := strings.TrimPrefix(importer, module), strings.TrimPrefix(imported, module)
	if under(from, measures) {
		return ""
	}
	for owned, by := range owners {
		if under(to, owned) && !slices.ContainsFunc(by, func(o string) bool { return under(from, o) }) {
			return "only " + strings.Join(by, ", ") + " may"
		}
	}
	if to == imported {
		return "" // not of this module
	}
	layer, target := top(from), top(to)
	allowed, layered := layers[layer]
	switch {
	case layered && !slices.Contains(allowed, target):
		return layer + " imports " + strings.Join(allowed, ", ")
	case !layered && layers[target] == nil && layer != target:
		return "nothing imports " + target
	case slices.Contains(shared, to):
		return ""
	case (layer == "gateway" || layer == "services") && target == layer && to != layer && !under(from, to) && !under(to, from):
		return "one product or service knows nothing of another"
	case layer == "services" && target == "gen":
		return foreignProto(from, to)
	}
	return ""
}

// foreignProto is forbidden for a service that imports generated code.
func foreignProto(from, to string) string {
	protos := append([]string{strings.Split(from, "/")[1]}, ownProtos...)
	for _, p := range protos {
		if under(to, "gen/holdplane/"+p) {
			return ""
		}
	}
	return "services import the protos of " + strings.Join(protos, ", ")
}

func top(path string) string {
	first, _, _ := strings.Cut(path, "/")
	return first
}

// under tells whether a path is a folder or lies in it.
func under(path, folder string) bool { return strings.HasPrefix(path+"/", folder+"/") }

// TestEnvironment checks that only commands read the environment: everything else is
// told what it needs.
func TestEnvironment(t *testing.T) {
	reading := []string{"Getenv", "LookupEnv", "Environ", "ExpandEnv"}
	for _, p := range packages(t) {
		// Suites such as kvtest and limittest are tests, which the environment may call to more work.
		if layers[top(strings.TrimPrefix(p.ImportPath, module))] == nil || strings.HasSuffix(p.ImportPath, "test") {
			continue
		}
		for _, name := range p.GoFiles {
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, filepath.Join(p.Dir, name), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				s, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				if x, ok := s.X.(*ast.Ident); ok && x.Name == "os" && slices.Contains(reading, s.Sel.Name) {
					t.Errorf("%s: only cmd reads the environment", set.Position(s.Pos()))
				}
				return true
			})
		}
	}
}

// goPackage is what the go command tells of a package.
type goPackage struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	Imports    []string // of GoFiles, which are no tests
}

// packages are the module's.
func packages(t *testing.T) []goPackage {
	t.Helper()
	var all []goPackage
	d := json.NewDecoder(strings.NewReader(goCommand(t, "list", "-json=ImportPath,Dir,GoFiles,Imports", "./...")))
	for {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// goCommand runs the go command in the project's folder and returns what it printed.
func goCommand(t *testing.T, args ...string) string {
	t.Helper()
	root, err := projectRoot()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Stderr = root, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v", strings.Join(args, " "), err)
	}
	return string(out)
}
