package mail_test

import (
	"bufio"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// script answers commands as no proper server would: each with what answers has for its
// first word, else with 250. After an empty answer it hangs up.
func script(t *testing.T, answers map[string]string) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return // closed below
			}
			play(c, answers)
		}
	})
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		running.Wait()
	})
	return l.Addr().String()
}

func play(c net.Conn, answers map[string]string) {
	defer func() { _ = c.Close() }()
	_, err := io.WriteString(c, "220 mail.test\r\n")
	for lines := bufio.NewScanner(c); err == nil && lines.Scan(); {
		command, _, _ := strings.Cut(lines.Text(), " ")
		answer, special := answers[command]
		switch {
		case special && answer == "":
			return
		case command == "DATA" && !special:
			_, err = io.WriteString(c, "354 go ahead\r\n")
			for err == nil && lines.Scan() && lines.Text() != "." {
			}
			fallthrough
		case !special:
			answer = "250 fine"
		}
		if err == nil {
			_, err = io.WriteString(c, answer+"\r\n")
		}
	}
}
