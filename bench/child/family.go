package child

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Family is the processor time that a process and its children, also those that have
// ended, have used so far. PostgreSQL has a child per connection.
func Family(pid int) (time.Duration, error) {
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0, err
	}
	var sum time.Duration
	for _, file := range files {
		stat, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) || err != nil && strings.HasSuffix(err.Error(), "no such process") {
			continue // it has just ended
		}
		if err != nil {
			return 0, err
		}
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		if len(fields) < 15 {
			return 0, fmt.Errorf("%s: %d fields", file, len(fields))
		}
		var own []string
		switch strconv.Itoa(pid) {
		case fields[1]: // its parent
			own = fields[11:13]
		case filepath.Base(filepath.Dir(file)):
			own = fields[11:15] // with children that have ended
		}
		for _, f := range own {
			n, err := strconv.ParseInt(f, 10, 64)
			if err != nil {
				return 0, err
			}
			sum += time.Duration(n) * tick
		}
	}
	return sum, nil
}
