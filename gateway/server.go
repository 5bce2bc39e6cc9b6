package gateway

import (
	"log/slog"
	"net/http"
	"time"
)

// maxHeader is where net/http itself refuses, in plain text that no product's client can
// read; maxURL is where the handler does, in the product's envelope.
const (
	maxHeader = 64 << 10
	maxURL    = 16 << 10
)

// Server returns a server for the handler with limits that keep slow and idle clients
// from holding it. The caller sets its address or listener and its TLS configuration.
func Server(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    maxHeader,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: 128},
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		// "OPTIONS *" gets the envelope that every other path gets.
		DisableGeneralOptionsHandler: true,
	}
}
