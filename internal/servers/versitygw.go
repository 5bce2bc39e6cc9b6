package servers

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

// Of every VersityGW: its operator's credentials, and the region that requests to it are
// signed for.
const (
	GatewayAccessKey = "operator"
	GatewaySecretKey = "p@ss/w:rd"
	GatewayRegion    = "eu-test-1"
)

// gatewayVersion is the release of VersityGW that is built.
const gatewayVersion = "v1.8.0"

// StartVersityGW starts a VersityGW, an S3 server that has its objects and accounts in
// folders, for one test. It takes its admin API at the same address, and remembers no
// accounts. The first start on a machine builds it, which takes a minute or two.
func StartVersityGW(t testing.TB) *Server {
	t.Helper()
	program, err := gateway()
	if err != nil {
		t.Fatal(err)
	}
	s, err := onFreePort(func(addr string) (*Server, error) { return tryVersityGW(program, addr) })
	if err != nil {
		t.Fatal(err)
	}
	s.own(t)
	return s
}

func tryVersityGW(program, addr string) (*Server, error) {
	dir, err := makeDir(nil)
	if err != nil {
		return nil, err
	}
	iam, meta, data := filepath.Join(dir, "iam"), filepath.Join(dir, "meta"), filepath.Join(dir, "data")
	s := &Server{
		Addr: "http://" + addr, name: "VersityGW", dir: dir, stop: "TERM", crash: "KILL",
		command: []string{
			program, "--port", addr, "--access", GatewayAccessKey, "--secret", GatewaySecretKey, "--region", GatewayRegion,
			"--iam-dir", iam, "--iam-cache-disable", "--health", "/health", "--quiet",
			"posix", "--sidecar", meta, data, // not every temporary folder takes extended attributes
		},
		ready: func() bool {
			return answers(addr, "GET /health HTTP/1.1\r\nHost: "+addr+"\r\nConnection: close\r\n\r\n", "HTTP/1.1 200")
		},
	}
	for _, folder := range []string{iam, meta, data} {
		err = errors.Join(err, os.Mkdir(folder, 0o700))
	}
	if err == nil {
		err = s.start()
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return s, nil
}

// gateway is the path of VersityGW's program in .cache, which it is built into if it is
// not there. Test binaries that run side by side build it once.
var gateway = sync.OnceValues(func() (string, error) {
	root, err := projectRoot()
	if err != nil {
		return "", err
	}
	cache := filepath.Join(root, ".cache", "versitygw")
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", err
	}
	lock, err := os.OpenFile(filepath.Join(cache, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return "", err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return "", fmt.Errorf("lock %s: %w", lock.Name(), err)
	}
	program := filepath.Join(cache, gatewayVersion, "versitygw")
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}
	return program, buildGateway(filepath.Dir(program))
})

// buildGateway builds VersityGW into a folder that appears when it is whole.
func buildGateway(dir string) error {
	half := dir + ".half"
	if err := os.RemoveAll(half); err != nil {
		return err
	}
	cmd := exec.Command("go", "install", "-trimpath", "-ldflags", "-s -w", "github.com/versity/versitygw/cmd/versitygw@"+gatewayVersion)
	cmd.Env = append(os.Environ(), "GOBIN="+half, "GOFLAGS=", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build VersityGW %s: %w\n%s", gatewayVersion, err, out)
	}
	return os.Rename(half, dir)
}

// projectRoot is the folder of go.mod. Tests run in their package's.
func projectRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("no go.mod above the folder that the test runs in")
		}
		dir = filepath.Dir(dir)
	}
}
