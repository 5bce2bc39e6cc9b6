// Package fault is the errors that callers are meant to see. All other errors are
// internal: they are logged and hidden behind one text.
//
// A fault crosses gRPC as a status with an ErrorInfo (reason, domain) and, for bad
// input, a BadRequest with one entry per violation. Dialects turn it into their
// product's envelope.
package fault

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Domain is the ErrorInfo domain of every reason.
const Domain = "holdplane"

// Reasons that every service shares. A service's own stand beside its handlers.
const (
	ReasonInvalid          = "INVALID_ARGUMENT"
	ReasonInternal         = "INTERNAL"
	ReasonUnavailable      = "UNAVAILABLE"
	ReasonDeadline         = "DEADLINE_EXCEEDED"
	ReasonCanceled         = "CANCELED"
	ReasonUnimplemented    = "UNIMPLEMENTED"
	ReasonCredentialAbsent = "CREDENTIAL_ABSENT"
	ReasonCredentialBad    = "CREDENTIAL_UNKNOWN"
	ReasonCredentialKind   = "CREDENTIAL_KIND"
	ReasonPermission       = "PERMISSION_MISSING"
	ReasonQuota            = "QUOTA_EXCEEDED"
	ReasonTooLarge         = "TOO_LARGE"
)

// Error is a fault. The zero Code is not valid.
type Error struct {
	// Code is the gRPC code.
	Code codes.Code
	// Reason is a constant in UPPER_SNAKE_CASE that programs can act on.
	Reason string
	// Message tells the caller what to change. It holds nothing internal.
	Message string
	// Violations name the fields at fault, in their order in the request.
	Violations []Violation
	// Metadata is what a dialect needs beside the message, such as a missing permission.
	Metadata map[string]string

	cause error
}

// Violation is one broken constraint.
type Violation struct {
	// Field is the path in the proto message: ratelimits[0].limit.
	Field string
	// Rule is the constraint's id: string.min_len, int64.gte, required.
	Rule string
	// Limit is the value the rule compares with, as text; may be empty.
	Limit string
	// Message is the rule in words.
	Message string
}

func (e *Error) Error() string {
	if e.cause != nil {
		return e.Reason + ": " + e.Message + ": " + e.cause.Error()
	}
	return e.Reason + ": " + e.Message
}

// Unwrap returns what the fault hides from the caller.
func (e *Error) Unwrap() error { return e.cause }

// With returns a copy that carries one more metadata entry.
func (e *Error) With(name, value string) *Error {
	c := *e
	c.Metadata = map[string]string{name: value}
	for k, v := range e.Metadata {
		c.Metadata[k] = v
	}
	return &c
}

// Because returns a copy that carries the cause for the log. Callers never see it.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

func fault(code codes.Code, reason, format string, args []any) *Error {
	return &Error{Code: code, Reason: reason, Message: fmt.Sprintf(format, args...)}
}

// NotFound says that something does not exist, or is another tenant's.
func NotFound(reason, format string, args ...any) *Error {
	return fault(codes.NotFound, reason, format, args)
}

// AlreadyExists says that something is there already, or contradicts itself.
func AlreadyExists(reason, format string, args ...any) *Error {
	return fault(codes.AlreadyExists, reason, format, args)
}

// InvalidArgument says what is wrong with the request as a whole.
func InvalidArgument(reason, format string, args ...any) *Error {
	return fault(codes.InvalidArgument, reason, format, args)
}

// FailedPrecondition says what has to be changed before the request can succeed.
func FailedPrecondition(reason, format string, args ...any) *Error {
	return fault(codes.FailedPrecondition, reason, format, args)
}

// Unauthenticated says that the caller's credential is absent or not valid.
func Unauthenticated(reason, format string, args ...any) *Error {
	return fault(codes.Unauthenticated, reason, format, args)
}

// PermissionDenied says what the caller may not do.
func PermissionDenied(reason, format string, args ...any) *Error {
	return fault(codes.PermissionDenied, reason, format, args)
}

// ResourceExhausted says which limit is reached.
func ResourceExhausted(reason, format string, args ...any) *Error {
	return fault(codes.ResourceExhausted, reason, format, args)
}

// Unavailable says that the same request may succeed a little later.
func Unavailable(format string, args ...any) *Error {
	return fault(codes.Unavailable, ReasonUnavailable, format, args)
}

// Invalid is bad input, field by field. There is at least one violation.
func Invalid(violations ...Violation) *Error {
	v := violations[0]
	return &Error{
		Code: codes.InvalidArgument, Reason: ReasonInvalid,
		Message: v.Field + ": " + v.Message, Violations: violations,
	}
}

// From returns the fault that a caller sees for err: err itself where it is or wraps
// one, the fault a gRPC status carries, or an internal error that tells nothing.
// It is nil for nil.
func From(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return (&Error{Code: codes.DeadlineExceeded, Reason: ReasonDeadline, Message: "the request took too long"}).Because(err)
	case errors.Is(err, context.Canceled):
		return (&Error{Code: codes.Canceled, Reason: ReasonCanceled, Message: "the caller went away"}).Because(err)
	}
	if s, ok := status.FromError(err); ok {
		return fromStatus(s)
	}
	return (&Error{Code: codes.Internal, Reason: ReasonInternal, Message: "internal error"}).Because(err)
}

// GRPCStatus makes faults travel over gRPC.
func (e *Error) GRPCStatus() *status.Status {
	s := status.New(e.Code, e.Message)
	info := &errdetails.ErrorInfo{Reason: e.Reason, Domain: Domain, Metadata: e.Metadata}
	detailed, err := s.WithDetails(info)
	if len(e.Violations) > 0 && err == nil {
		bad := &errdetails.BadRequest{}
		for _, v := range e.Violations {
			bad.FieldViolations = append(bad.FieldViolations, &errdetails.BadRequest_FieldViolation{
				Field: v.Field, Reason: v.Rule + ":" + v.Limit, Description: v.Message,
			})
		}
		detailed, err = s.WithDetails(info, bad)
	}
	if err != nil { // only for codes.OK, which no constructor makes
		return s
	}
	return detailed
}

// fromStatus reads what GRPCStatus wrote. Statuses that grpc-go itself makes get the
// reason of their code and lose their text, which names addresses and internals.
func fromStatus(s *status.Status) *Error {
	e := &Error{Code: s.Code(), Message: s.Message()}
	for _, d := range s.Details() {
		switch d := d.(type) {
		case *errdetails.ErrorInfo:
			e.Reason, e.Metadata = d.GetReason(), d.GetMetadata()
		case *errdetails.BadRequest:
			for _, v := range d.GetFieldViolations() {
				rule, limit, _ := strings.Cut(v.GetReason(), ":")
				e.Violations = append(e.Violations, Violation{Field: v.GetField(), Rule: rule, Limit: limit, Message: v.GetDescription()})
			}
		}
	}
	if e.Reason == "" {
		return foreign(s)
	}
	return e
}

func foreign(s *status.Status) *Error {
	e := &Error{Code: s.Code(), cause: s.Err()}
	switch s.Code() {
	case codes.Unavailable:
		e.Reason, e.Message = ReasonUnavailable, "the service is not reachable; try again"
	case codes.DeadlineExceeded:
		e.Reason, e.Message = ReasonDeadline, "the request took too long"
	case codes.Canceled:
		e.Reason, e.Message = ReasonCanceled, "the caller went away"
	case codes.Unimplemented:
		e.Reason, e.Message = ReasonUnimplemented, "there is no such method"
	case codes.InvalidArgument:
		e.Reason, e.Message = ReasonInvalid, "the request is malformed"
	case codes.ResourceExhausted:
		e.Reason, e.Message = ReasonTooLarge, "the message is too large"
	default:
		e.Code, e.Reason, e.Message = codes.Internal, ReasonInternal, "internal error"
	}
	return e
}
