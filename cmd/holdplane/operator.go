package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"google.golang.org/grpc"

	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/rpc"
)

// operatorFlags lead to a running server. Commands never open its stores themselves.
type operatorFlags struct {
	DataDir      string `name:"data-dir" env:"HOLDPLANE_DATA_DIR" default:".holdplane" help:"Data folder of the running server, where its internal listener is."`
	InternalAddr string `name:"internal-addr" env:"HOLDPLANE_INTERNAL_ADDR" help:"Internal listener of the running server, where it is not in the data folder."`
	JSON         bool   `name:"json" help:"Print JSON, one object a line."`
}

// call connects to the server's internal listener, and words what fails for a person.
func (f *operatorFlags) call(ctx context.Context, do func(context.Context, grpc.ClientConnInterface) error) error {
	addr := f.InternalAddr
	if addr == "" {
		addr = internalIn(f.DataDir)
	}
	conn, err := rpc.Dial(addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	err = do(ctx, conn)
	var f2 *fault.Error
	switch f2 = fault.From(err); {
	case err == nil:
		return nil
	case f2.Code == codes.Unavailable:
		return fmt.Errorf("no server answers at %s; start it, or say where it is with --data-dir or --internal-addr", addr)
	case f2.Code == codes.Unimplemented:
		return fmt.Errorf("the server at %s does not run the service that does this; name the process that does with --internal-addr", addr)
	}
	return errors.New(f2.Message)
}

// printJSON prints messages, one a line.
func printJSON[M proto.Message](t *terminal, rows ...M) error {
	for _, r := range rows {
		b, err := protojson.Marshal(r)
		if err != nil {
			return err
		}
		// protojson varies its white space on purpose.
		var compact json.RawMessage = b
		line, err := json.Marshal(compact)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(t.out, "%s\n", line); err != nil {
			return err
		}
	}
	return nil
}

// printTable prints rows under headings.
func printTable(t *terminal, headings string, rows func(line func(format string, args ...any))) error {
	w := tabwriter.NewWriter(t.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, headings)
	rows(func(format string, args ...any) {
		for i, a := range args {
			if s, ok := a.(string); ok {
				args[i] = printable(s)
			}
		}
		fmt.Fprintf(w, format+"\n", args...)
	})
	return w.Flush()
}

// printable keeps names from moving the cursor or breaking the table.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, s)
}

// day is a time for people; empty when there is none.
func day(ts *timestamppb.Timestamp) string {
	if ts == nil {
		return ""
	}
	return ts.AsTime().Local().Format("2006-01-02 15:04")
}
