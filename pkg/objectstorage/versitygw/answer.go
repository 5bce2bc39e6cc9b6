package versitygw

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"

	"github.com/holdplane/holdplane/pkg/objectstorage"
)

// maxAnswer is how many bytes of an answer are read, and how many its headers may have.
const maxAnswer = 64 << 10

// Codes of the gateway's errors that mean something here; s3err/s3err.go in its source.
const (
	codeExists = "XAdminUserExists"
	codeAbsent = "XAdminUserNotFound"
	codeSkewed = "RequestTimeTooSkewed"
)

// answerError is an answer that is no success.
type answerError struct {
	operation string
	status    int
	code      string // empty if the answer had none
}

// Error names nothing of what was sent; the gateway's own message would, the signature
// for one.
func (e *answerError) Error() string {
	text := fmt.Sprintf("versitygw: %s: answered %d", e.operation, e.status)
	if e.code != "" {
		text += " " + e.code
	}
	if e.refused() {
		return objectstorage.ErrRefused.Error() + ": " + text
	}
	return text
}

// Is tells that an error is a refusal.
func (e *answerError) Is(target error) bool {
	return target == objectstorage.ErrRefused && e.refused()
}

// refused tells whether the same request will meet the same answer.
func (e *answerError) refused() bool {
	switch e.status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests:
		return false
	case http.StatusNotImplemented: // the gateway has no accounts but its operator's
		return true
	}
	// A clock is set right in time. An account that is there when it is created and not
	// when it is updated was deleted meanwhile.
	return e.status < 500 && e.code != codeSkewed && e.code != codeAbsent
}

// answered tells whether an error is the answer with this code.
func answered(err error, code string) bool {
	var e *answerError
	return errors.As(err, &e) && e.code == code
}

// word is what codes look like. Anything else stays out of errors, and so out of logs.
var word = regexp.MustCompile(`^[A-Za-z]{1,64}$`)

// judge reads an answer.
func judge(operation string, res *http.Response) error {
	if res.StatusCode == http.StatusOK || res.StatusCode == http.StatusCreated {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("versitygw: %s: read the answer with status %d: %w", operation, res.StatusCode, err)
	}
	e := &answerError{operation: operation, status: res.StatusCode}
	var answer struct{ Code string }
	// What is no XML has no code; proxies answer like this.
	if xml.Unmarshal(body, &answer) == nil && word.MatchString(answer.Code) {
		e.code = answer.Code
	}
	return e
}
