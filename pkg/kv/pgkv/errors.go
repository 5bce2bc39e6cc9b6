package pgkv

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/holdplane/holdplane/pkg/kv"
)

// What a call may try again after.
var (
	errGuess    = fmt.Errorf("%w: not as expected", kv.ErrBusy)
	errConflict = fmt.Errorf("%w: others change or read the same entries", kv.ErrBusy)
	errCrowded  = fmt.Errorf("%w: the server has no more connections; raise its max_connections, or set a smaller pool_max_conns in the address", kv.ErrBusy)
	errLost     = fmt.Errorf("%w: the connection was lost", kv.ErrUnavailable)
)

// suspicion is how long no idle connection is trusted after one was lost.
const suspicion = time.Second

// SQLSTATE codes; those of two characters are classes.
const (
	codeConnection      = "08"
	codeDivisionByZero  = "22012"
	codeUniqueViolation = "23505"
	codeReadOnly        = "25006"
	codeAuthorization   = "28"
	codeNoDatabase      = "3D000"
	codeNoSchema        = "3F000"
	codeSerialization   = "40001"
	codeOutcomeUnknown  = "40003"
	codeDeadlock        = "40P01"
	codePermission      = "42501"
	codeNoTable         = "42P01"
	codeSchemaExists    = "42P06"
	codeTableExists     = "42P07"
	codeResources       = "53"
	codeConnections     = "53300"
	codeOperator        = "57"
	codeSystem          = "58"
)

// code returns the server's SQLSTATE, empty when the error isn't the server's.
func code(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code
	}
	return ""
}

// is tells whether the server answered with one of these codes or classes.
func is(err error, codes ...string) bool {
	got := code(err)
	for _, c := range codes {
		if got != "" && strings.HasPrefix(got, c) {
			return true
		}
	}
	return false
}

// explain says what an error of the connection means to the caller.
func (t *tx) explain(err error) error {
	switch {
	case t.ctx.Err() != nil:
		return t.ctx.Err()
	case is(err, codeSerialization, codeDeadlock):
		return errConflict
	case is(err, codeDivisionByZero, codeUniqueViolation):
		return errGuess
	case is(err, codeReadOnly):
		return fmt.Errorf("%w: it takes no changes, as a standby does; with several hosts in the address add target_session_attrs=read-write", kv.ErrUnavailable)
	case is(err, codeConnection, codeOutcomeUnknown), t.conn.Conn().IsClosed():
		t.store.suspect.Store(time.Now().Add(suspicion).UnixNano())
		return fmt.Errorf("%w: %s", errLost, describe(err))
	case is(err, codeResources, codeOperator, codeSystem):
		return fmt.Errorf("%w: %s", kv.ErrUnavailable, describe(err))
	}
	return fmt.Errorf("%s: %s", t.store.where, describe(err))
}

// undone tells whether a connection that was lost amid a commit leaves no doubt that
// nothing was committed: nothing had been sent, or the server said that it ends the
// connection before it had come to the commit.
func undone(err error, committing bool) bool {
	return pgconn.SafeToRetry(err) || code(err) != "" && !is(err, codeOutcomeUnknown) && !committing
}

// describe is what an error says, on one line. Errors of pgx may hold the address with
// its password, so they are not wrapped.
func describe(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// explainConnect says why there is no connection.
func (s *Store) explainConnect(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case is(err, codeConnections):
		return errCrowded
	}
	return fmt.Errorf("%w: %s", kv.ErrUnavailable, describe(err))
}
