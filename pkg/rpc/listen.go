package rpc

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"google.golang.org/grpc/backoff"
)

// unixScheme marks addresses that are sockets in the file system.
const unixScheme = "unix://"

// reconnect is quick: peers are near, and callers wait.
var reconnect = backoff.Config{BaseDelay: 50 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: time.Second}

func target(addr string) string {
	if strings.HasPrefix(addr, unixScheme) {
		return addr
	}
	return "dns:///" + addr
}

// Listen opens addr, a host and port or unix:///path. A socket's file gets mode 0600;
// one that a dead process left behind is replaced. The error says what to do.
func Listen(addr string) (net.Listener, error) {
	path, isUnix := strings.CutPrefix(addr, unixScheme)
	if !isUnix {
		l, err := net.Listen("tcp", addr)
		if errors.Is(err, syscall.EADDRINUSE) {
			return nil, fmt.Errorf("%s is taken by another process; stop that one, or choose another address", addr)
		}
		return l, err
	}
	if c, err := net.Dial("unix", path); err == nil {
		c.Close()
		return nil, fmt.Errorf("%s is taken by another process; stop that one, or choose another address", addr)
	}
	if err := removeStale(path); err != nil {
		return nil, err
	}
	// The file gets its mode by the umask, so that it is never open to others.
	old := syscall.Umask(0o177)
	defer syscall.Umask(old)
	return net.Listen("unix", path)
}

// maxSocketPath is what the kernel takes.
const maxSocketPath = 107

// removeStale removes the socket of a process that is gone, and nothing else.
func removeStale(path string) error {
	if len(path) > maxSocketPath {
		return fmt.Errorf("the path of the socket %s is longer than %d bytes; choose a shorter one", path, maxSocketPath)
	}
	info, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode()&os.ModeSocket == 0 {
		return fmt.Errorf("%s is not a socket; choose another address", path)
	}
	return os.Remove(path)
}
