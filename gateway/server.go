package gateway

import (
	"log/slog"
	"net/http"
	"time"
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
		MaxHeaderBytes:    32 << 10,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: 128},
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		// "OPTIONS *" gets the envelope that every other path gets.
		DisableGeneralOptionsHandler: true,
	}
}
