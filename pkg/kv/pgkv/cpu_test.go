package pgkv_test

import (
	"bytes"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// clock measures processor time, which other work on the machine changes least.
type clock struct {
	b              *testing.B
	dsn            string
	client, server time.Duration
}

func startClock(b *testing.B, dsn string) *clock {
	b.Helper()
	return &clock{b: b, dsn: dsn, client: clientCPU(b), server: serverCPU(b, dsn)}
}

// stop reports what this process, and the server's, have used per operation.
func (c *clock) stop() {
	c.b.Helper()
	perOp := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 / float64(c.b.N) }
	c.b.ReportMetric(perOp(clientCPU(c.b)-c.client), "client-µs/op")
	c.b.ReportMetric(perOp(serverCPU(c.b, c.dsn)-c.server), "server-µs/op")
}

func clientCPU(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// serverCPU adds up the server's living processes, from Linux' /proc.
func serverCPU(b *testing.B, dsn string) time.Duration {
	b.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		b.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(u.Query().Get("host"), "data", "postmaster.pid"))
	if err != nil {
		b.Fatal(err)
	}
	postmaster, _, _ := strings.Cut(string(text), "\n")
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		b.Fatal(err)
	}
	var ticks int
	for _, file := range files {
		stat, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		if fields[1] == postmaster {
			user, _ := strconv.Atoi(fields[11])
			system, _ := strconv.Atoi(fields[12])
			ticks += user + system
		}
	}
	return time.Duration(ticks) * time.Second / 100
}
