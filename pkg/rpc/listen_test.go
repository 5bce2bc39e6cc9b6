package rpc_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdplane/holdplane/pkg/rpc"
)

func TestTakenAddressesAreRefused(t *testing.T) {
	for name, addr := range map[string]string{"port": "127.0.0.1:0", "socket": "unix://" + filepath.Join(t.TempDir(), "s")} {
		t.Run(name, func(t *testing.T) {
			first, err := rpc.Listen(addr)
			if err != nil {
				t.Fatal(err)
			}
			defer first.Close()
			if name == "port" {
				addr = first.Addr().String()
			}
			if _, err := rpc.Listen(addr); err == nil || !strings.Contains(err.Error(), "taken by another process") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestSocketsAreForTheirOwnerOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	l, err := rpc.Listen("unix://" + path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestStaleSocketsAreReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: path})
	if err != nil {
		t.Fatal(err)
	}
	dead.SetUnlinkOnClose(false)
	dead.Close()
	l, err := rpc.Listen("unix://" + path)
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
}

func TestOtherFilesAreNotReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notes")
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := rpc.Listen("unix://" + path); err == nil {
		t.Error("a file that is no socket was replaced")
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "mine" {
		t.Errorf("the file is gone: %v", err)
	}
}
