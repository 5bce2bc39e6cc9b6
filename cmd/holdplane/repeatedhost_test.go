package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// pacedly sends a text on a connection of its own, some bytes at a time, and returns the status of
// the answers.
func pacedly(t *testing.T, addr, text string, pace int) (statuses []int) {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	go func() {
		for len(text) > 0 {
			n, err := io.WriteString(c, text[:min(pace, len(text))])
			if err != nil {
				return // answered before the end
			}
			text = text[n:]
		}
	}()
	for in := bufio.NewReader(c); ; {
		res, err := http.ReadResponse(in, nil)
		if err != nil {
			return statuses
		}
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			return statuses
		}
		statuses = append(statuses, res.StatusCode)
		if res.Close {
			return statuses
		}
	}
}

func TestDevTakesAHostThatIsSaidTwice(t *testing.T) {
	addr := strings.TrimPrefix(startDev(t).baseURL, "http://")
	const end = "Connection: close\r\n\r\n"
	first := "GET /healthz HTTP/1.1\r\nHost: " + addr + "\r\n"
	for _, c := range []struct {
		name, text string
		want       []int
	}{
		{"once", first + end, []int{200}},
		{"twice", first + "Host: " + addr + "\r\n" + end, []int{200}},
		{"three times, in other letters", first + "HOST:" + addr + " \r\nhost: " + addr + "\r\n" + end, []int{200}},
		{"another one", first + "Host: localhost:1\r\n" + end, []int{400}},
		{"twice in the second request", first + "\r\n" + first + "Host: " + addr + "\r\n" + end, []int{200, 400}},
		{"twice in what is no request yet", first + "Host: " + addr + "\r\nX: " + strings.Repeat("x", 2*maxFirstHead) + "\r\n" + end, []int{400}},
		{"a body that looks like it", "POST /v1 HTTP/1.1\r\nHost: " + addr + "\r\nContent-Length: 24\r\n" + end + "Host: a\r\nHost: a\r\n\r\n\r\n\r\n", []int{401}},
	} {
		for _, pace := range []int{7, 1 << 20} {
			got := pacedly(t, addr, c.text, pace)
			if len(got) != len(c.want) {
				t.Errorf("%s, %d bytes at a time: got %v, want %v", c.name, pace, got, c.want)
				continue
			}
			for i := range got {
				if got[i] != c.want[i] {
					t.Errorf("%s, %d bytes at a time: got %v, want %v", c.name, pace, got, c.want)
				}
			}
		}
	}
}
