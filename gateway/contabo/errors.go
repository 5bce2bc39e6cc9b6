package contabo

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/holdplane/holdplane/gateway"
	useradminv1 "github.com/holdplane/holdplane/gen/holdplane/useradmin/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/wirejson"
)

// The codes. Contabo has statuses only; these name the pages that explain them.
const (
	codeBadRequest   = "BAD_REQUEST"
	codeRequestID    = "REQUEST_ID"
	codeMail         = "MAIL_UNAVAILABLE"
	codeUnauthorized = "UNAUTHORIZED"
	codeForbidden    = "FORBIDDEN"
	codeNotFound     = "NOT_FOUND"
	codeElsewhere    = "NOT_AVAILABLE"
	codeMethod       = "METHOD_NOT_ALLOWED"
	codeConflict     = "CONFLICT"
	codeTooLarge     = "PAYLOAD_TOO_LARGE"
	codeMediaType    = "UNSUPPORTED_MEDIA_TYPE"
	codeTooMany      = "TOO_MANY_REQUESTS"
	codeInternal     = "INTERNAL_SERVER_ERROR"
	codeUnavailable  = "SERVICE_UNAVAILABLE"
)

// reasonMail is the reason of the service's fault where mails can't be sent.
const reasonMail = "MAIL_UNAVAILABLE"

// codeByReason comes before codeByStatus.
var codeByReason = map[string]string{
	reasonRequestID:         codeRequestID,
	reasonMail:              codeMail,
	gateway.ReasonElsewhere: codeElsewhere,
}

// codeByStatus holds the statuses with a code of their own. Others are BAD_REQUEST below
// 500 and INTERNAL_SERVER_ERROR from there.
var codeByStatus = map[int]string{
	http.StatusUnauthorized:          codeUnauthorized,
	http.StatusForbidden:             codeForbidden,
	http.StatusNotFound:              codeNotFound,
	http.StatusMethodNotAllowed:      codeMethod,
	http.StatusConflict:              codeConflict,
	http.StatusRequestEntityTooLarge: codeTooLarge,
	http.StatusUnsupportedMediaType:  codeMediaType,
	http.StatusTooManyRequests:       codeTooMany,
	http.StatusServiceUnavailable:    codeUnavailable,
	http.StatusGatewayTimeout:        codeUnavailable,
}

// textByStatus holds what NestJS says whatever happened. Nothing tells a missing token from
// a bad one.
var textByStatus = map[int]string{
	http.StatusUnauthorized:        "Unauthorized",
	http.StatusInternalServerError: internalText,
}

const internalText = "Internal server error"

// absent says what the ids in a path do not lead to: the same whether nothing has them,
// they are another's, or no ids at all.
var absent = map[string]string{
	useradminv1.UserService_GetUser_FullMethodName:                    "user not found",
	useradminv1.UserService_UpdateUser_FullMethodName:                 "user not found",
	useradminv1.UserService_DeleteUser_FullMethodName:                 "user not found",
	useradminv1.UserService_ResetPassword_FullMethodName:              "user not found",
	useradminv1.UserService_ResendEmailVerification_FullMethodName:    "user not found",
	useradminv1.UserService_IsPasswordSet_FullMethodName:              "user not found",
	useradminv1.CredentialService_ListCredentials_FullMethodName:      "user not found",
	useradminv1.CredentialService_GetCredential_FullMethodName:        "object storage credential not found",
	useradminv1.CredentialService_RegenerateCredential_FullMethodName: "object storage credential not found",
	useradminv1.ObjectStorageService_GetObjectStorage_FullMethodName:  "object storage not found",
	useradminv1.RoleService_GetRole_FullMethodName:                    "role not found",
	useradminv1.RoleService_UpdateRole_FullMethodName:                 "role not found",
	useradminv1.RoleService_DeleteRole_FullMethodName:                 "role not found",
}

// envelope has message as one string, not a list as NestJS writes it at times: Contabo's
// own Terraform provider can't read lists.
type envelope struct {
	StatusCode int    `json:"statusCode"`
	Message    string `json:"message"`
}

func fail(dst []byte, c *gateway.Call, f *fault.Error) []byte {
	c.Status = statusOf(c, f)
	c.ErrorCode = codeOf(c.Status, f.Reason)
	c.TellQuota()
	if c.Status == http.StatusUnauthorized {
		c.Header.Set("WWW-Authenticate", "Bearer")
	}
	return gateway.AppendJSON(dst, envelope{c.Status, text(c, f)})
}

// statusOf keeps to the statuses of Contabo's table, which has no 412, and takes ids in
// paths that break a rule for unknown ones.
func statusOf(c *gateway.Call, f *fault.Error) int {
	switch {
	case f.Code == codes.FailedPrecondition:
		return http.StatusBadRequest
	case slices.ContainsFunc(f.Violations, func(v fault.Violation) bool { return c.InPath(v.Field) }):
		return http.StatusNotFound
	}
	return c.Status
}

func codeOf(status int, reason string) string {
	if code, ok := codeByReason[reason]; ok {
		return code
	}
	if code, ok := codeByStatus[status]; ok {
		return code
	}
	if status < http.StatusInternalServerError {
		return codeBadRequest
	}
	return codeInternal
}

// text is the message: in class-validator's words what is wrong with each field.
func text(c *gateway.Call, f *fault.Error) string {
	if t, ok := textByStatus[c.Status]; ok {
		return t
	}
	if t, ok := absent[c.RPC]; ok && c.Status == http.StatusNotFound && f.Code != codes.Unimplemented {
		return t
	}
	if p := (*wirejson.Problem)(nil); errors.As(f, &p) {
		return ofProblem(p)
	}
	if len(f.Violations) == 0 {
		return f.Message
	}
	all := make([]string, 0, min(len(f.Violations), maxTexts))
	for _, v := range f.Violations[:cap(all)] {
		all = append(all, ofViolation(c.Path(v.Field), v))
	}
	return strings.Join(all, ", ")
}

// maxTexts bounds what a long list full of mistakes is answered with.
const maxTexts = 100
