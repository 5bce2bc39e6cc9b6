// Command holdplane runs the backplane, whole or in parts, and operates a running one.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	// A write beyond the limit on file sizes is an error to report, not a reason to die
	// of the signal in the middle of it.
	signal.Ignore(syscall.SIGXFSZ)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "holdplane:", oneLine(err))
		os.Exit(1)
	}
}

// oneLine is an error as an operator sees it. Joined errors have a line each.
func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }

// terminal is where a command talks to the person or script that called it.
type terminal struct {
	in       io.Reader
	out, err io.Writer
}

// run does what args say and returns when that is done or ctx has ended.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) error {
	t := &terminal{in: in, out: out, err: errOut}
	command, err := parse(args, t)
	if err != nil || command == nil {
		return err
	}
	command.BindTo(ctx, (*context.Context)(nil))
	return command.Run(t)
}
