package gateway

import (
	"net/http"
	"strings"
)

// named are the statuses with a name of their own.
var named = map[int]bool{
	http.StatusBadRequest: true, http.StatusUnauthorized: true, http.StatusForbidden: true, http.StatusNotFound: true,
	http.StatusMethodNotAllowed: true, http.StatusNotAcceptable: true, http.StatusConflict: true,
	http.StatusRequestEntityTooLarge: true, http.StatusUnsupportedMediaType: true, http.StatusTooManyRequests: true,
	http.StatusInternalServerError: true, http.StatusServiceUnavailable: true,
}

// NameOf is a status' code for products that have none: NOT_FOUND. It names the page of the
// error, and stands in logs. Statuses without a name have that of the one they stand for:
// 503 for 504, else 400 or, from 500 on, 500.
func NameOf(status int) string {
	switch {
	case named[status]:
	case status == http.StatusGatewayTimeout:
		status = http.StatusServiceUnavailable
	case status < http.StatusInternalServerError:
		status = http.StatusBadRequest
	default:
		status = http.StatusInternalServerError
	}
	return strings.ToUpper(strings.ReplaceAll(http.StatusText(status), " ", "_"))
}

// TitleOf is the reason phrase of a status.
func TitleOf(status int) string {
	if t := http.StatusText(status); t != "" {
		return t
	}
	return "Client Closed Request" // 499, which nobody receives
}
