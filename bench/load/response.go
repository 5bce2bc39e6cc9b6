package load

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strconv"
)

// Discard reads one answer and forgets its body. Any status but a 2xx is an error that
// holds the body. It knows no more of HTTP than the servers measured here send.
func Discard(in *bufio.Reader) error {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return err
	}
	if len(line) < 12 {
		return fmt.Errorf("no status line: %q", line)
	}
	status := string(line[9:12])
	length, chunked, err := headers(in)
	if err != nil {
		return err
	}
	if status[0] != '2' {
		body := make([]byte, length)
		if _, err := io.ReadFull(in, body); err != nil {
			return fmt.Errorf("status %s: %w", status, err)
		}
		return fmt.Errorf("status %s: %s", status, body)
	}
	if chunked {
		return chunks(in)
	}
	_, err = in.Discard(length)
	return err
}

var (
	contentLength    = []byte("content-length:")
	transferEncoding = []byte("transfer-encoding:")
)

// headers reads up to the empty line.
func headers(in *bufio.Reader) (length int, chunked bool, err error) {
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return 0, false, err
		}
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case len(line) == 0:
			return length, chunked, nil
		case hasName(line, contentLength):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[len(contentLength):]))); err != nil {
				return 0, false, err
			}
		case hasName(line, transferEncoding):
			chunked = true
		}
	}
}

func hasName(line, name []byte) bool {
	return len(line) >= len(name) && bytes.EqualFold(line[:len(name)], name)
}

// chunks reads a chunked body without trailers.
func chunks(in *bufio.Reader) error {
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		n, err := strconv.ParseUint(string(bytes.TrimSpace(line)), 16, 31)
		if err != nil {
			return err
		}
		if _, err := in.Discard(int(n) + len("\r\n")); err != nil || n == 0 {
			return err
		}
	}
}
