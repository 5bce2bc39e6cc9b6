package child

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of processor time in /proc; Linux gives programs 100 a second.
const tick = 10 * time.Millisecond

// CPU is the processor time, user and system, that all threads of processes have used
// so far, in steps of 10 ms each.
func CPU(processes ...*Process) (time.Duration, error) {
	var sum time.Duration
	for _, p := range processes {
		stat, err := os.ReadFile(p.proc("stat"))
		if err != nil {
			return 0, err
		}
		// The program's name, in parentheses, may hold anything.
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		if len(fields) < 13 {
			return 0, fmt.Errorf("%s: %d fields", p.proc("stat"), len(fields))
		}
		for _, f := range fields[11:13] {
			n, err := strconv.ParseInt(f, 10, 64)
			if err != nil {
				return 0, err
			}
			sum += time.Duration(n) * tick
		}
	}
	return sum, nil
}

// Memory is what a process holds in bytes. Resident counts mapped files too, of which
// the kernel takes back what it needs; Anonymous is the process's own.
type Memory struct{ Resident, Anonymous int64 }

// Memory reads what the process holds now.
func (p *Process) Memory() (m Memory, err error) {
	status, err := os.ReadFile(p.proc("status"))
	if err != nil {
		return m, err
	}
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		var field *int64
		switch name {
		case "VmRSS":
			field = &m.Resident
		case "RssAnon":
			field = &m.Anonymous
		default:
			continue
		}
		kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		if err != nil {
			return m, err
		}
		*field = kib << 10
	}
	return m, nil
}

func (p *Process) proc(file string) string {
	return fmt.Sprintf("/proc/%d/%s", p.cmd.Process.Pid, file)
}
