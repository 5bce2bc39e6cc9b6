package main

import (
	"io"
	"log/slog"

	"github.com/holdplane/holdplane/pkg/jsonlog"
)

// newLog writes JSON lines to w. The returned function writes out what is held back;
// it is called last.
func newLog(w io.Writer, level string) (*slog.Logger, func() error) {
	var least slog.Level
	if err := least.UnmarshalText([]byte(level)); err != nil {
		least = slog.LevelInfo // kong admits no other text
	}
	h, flush := jsonlog.New(w, least)
	return slog.New(h), flush
}
