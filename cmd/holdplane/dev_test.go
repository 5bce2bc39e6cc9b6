package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
)

var devSecretNames = []string{devKeyName, devPasswordName, devClientName}

// wantOwner looks for dev's owner, client and object storage.
func (s *server) wantOwner(t *testing.T, vars map[string]string) {
	t.Helper()
	client := useradminv1.NewOperatorServiceClient(s.internal)
	for _, name := range []string{vars["CONTABO_USERNAME"], vars["OS_USERNAME"]} {
		r, err := client.CheckPassword(t.Context(), &useradminv1.CheckPasswordRequest{Tenant: vars["OS_PROJECT_NAME"], User: name, Password: vars["OS_PASSWORD"]})
		if err != nil || !r.GetMatches() {
			t.Errorf("%s does not have the password shown: %v, %v", name, r, err)
		}
	}
	account, err := client.GetAccount(t.Context(), &useradminv1.GetAccountRequest{Tenant: devTenant})
	if err != nil || account.GetAccount().GetClientId() != vars["CONTABO_CLIENT_ID"] || account.GetClientSecret() != vars[devClientName] {
		t.Errorf("the account is %v, %v", account, err)
	}
	if vars["OS_AUTH_URL"] != s.baseURL+"/v3" {
		t.Errorf("OS_AUTH_URL is %s", vars["OS_AUTH_URL"])
	}
}

func TestDevWithoutUsers(t *testing.T) {
	in := &installation{root: newRoot(t)}
	in.data = in.file("data")
	args := []string{"dev", "--data-dir", in.data, "--http-addr", "127.0.0.1:0", "--grpc-addr", "127.0.0.1:0", "--admin-addr", "", "--env-file", in.file("env")}
	child := startChild(t, append(args, "--without", "user-admin")...)
	in.await(t, child)
	vars, kept := readVars(t, in.file("env")), readVars(t, filepath.Join(in.data, "dev.env"))
	if vars["OS_USERNAME"] != "" || kept[devPasswordName] == "" {
		t.Errorf("the file has %v, and %v are kept", vars, kept)
	}
	child.stop(t)
	removeFile(t, in.file("env"))
	s := in.await(t, startChild(t, args...))
	vars = readVars(t, in.file("env"))
	s.wantOwner(t, vars)
	if vars[devPasswordName] != kept[devPasswordName] {
		t.Error("the password has changed")
	}
}

// TestDevTenantInFile bootstraps dev's own tenant, of which the file says something else.
func TestDevTenantInFile(t *testing.T) {
	in := &installation{root: newRoot(t)}
	in.data = in.file("data")
	file := in.write(t, "start.yaml", "tenants: [{id: default, name: default, quota: {requests_per_minute: 500}}]\n", 0o600)
	child := startChild(t, "dev", "--data-dir", in.data, "--http-addr", "127.0.0.1:0", "--grpc-addr", "127.0.0.1:0", "--admin-addr", "",
		"--env-file", in.file("env"), "--bootstrap", file)
	in.await(t, child).wantOwner(t, readVars(t, in.file("env")))
	if strings.Contains(child.log.String(), "difference") {
		t.Errorf("dev differs from itself:\n%s", child.log)
	}
}

// TestGreeting starts dev on a terminal and does what it shows.
func TestGreeting(t *testing.T) {
	in := &installation{root: newRoot(t)}
	command := "trap : INT; " + quote(os.Args[0])
	for _, a := range []string{"dev", "--data-dir", in.file("data"), "--http-addr", "127.0.0.1:0", "--grpc-addr", "127.0.0.1:0", "--admin-addr", ""} {
		command += " " + quote(a)
	}
	cmd := exec.Command("script", "-qefc", command, "/dev/null")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "GORACE=atexit_sleep_ms=0", childEnv + "=1"}
	shown := &logBuffer{}
	cmd.Stdout = shown
	keyboard, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := io.WriteString(keyboard, "\x03"); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("dev ended with %v\n%s", err, shown)
		}
	})
	eventually(t, "dev greets", func() bool { return strings.Contains(shown.String(), "OpenStack") })
	lines := shownCommands(shown.String())
	if len(lines) != 4 {
		t.Fatalf("dev shows %q, want 4 commands", lines)
	}
	out, err := exec.Command("sh", "-euc", strings.ReplaceAll(strings.Join(lines, "\n"), "curl ", "curl -fsS ")).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "identityId") || !strings.Contains(string(out), devEmail) {
		t.Errorf("what dev shows answers %s (%v)", out, err)
	}
}

// shownCommands are the shell's among lines that a terminal shows.
func shownCommands(text string) (commands []string) {
	open := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case open:
			commands[len(commands)-1] += "\n" + line
		case strings.HasPrefix(line, "    curl "), strings.HasPrefix(line, "    TOKEN="):
			commands = append(commands, line)
		default:
			continue
		}
		open = strings.HasSuffix(line, `\`) || strings.HasSuffix(line, "|")
	}
	return commands
}
