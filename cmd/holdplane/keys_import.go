package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	identityv1 "github.com/holdplane/holdplane/gen/holdplane/identity/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/rpc"
)

// A batch ends with so many keys, or bytes of their text: it is one message and one
// transaction.
const (
	importBatch      = 500
	importBatchBytes = 1 << 20
)

type keysImportCmd struct {
	File   string `arg:"" help:"File of keys that were made elsewhere: a JSON object a line, or one array of them, in the form of Unkey's migrations.createKeys or keys.migrateKeys; - for stdin."`
	API    string `name:"api" help:"Id of the API for keys that name none."`
	DryRun bool   `name:"dry-run" help:"Check everything and change nothing."`
	tenantFlag
	operatorFlags
}

// Run takes over a file of keys. Doing it again adds what is not there yet, so an import
// that broke off is simply started again. It prints neither keys nor hashes.
func (c *keysImportCmd) Run(ctx context.Context, t *terminal) error {
	in := io.NopCloser(t.in)
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return err
		}
		in = f
	}
	defer in.Close()
	check, err := rpc.NewValidator()
	if err != nil {
		return err
	}
	run := &importRun{keysImportCmd: c, t: t, check: check, watched: isTerminal(t.err)}
	err = run.all(ctx, in)
	if shown := run.summary(); err == nil {
		err = shown
	}
	if err == nil && run.refused > 0 {
		err = fmt.Errorf("%d of %d keys were refused", run.refused, run.added+run.existed+run.refused)
	}
	return err
}

// importRun is one pass over a file. It keeps one batch in memory.
type importRun struct {
	*keysImportCmd
	t       *terminal
	check   *rpc.Validator
	watched bool // somebody is looking

	batch []*identityv1.ImportedKey
	at    []string // where in the file each of batch is
	bytes int      // of batch

	added, existed, refused int
}

func (r *importRun) all(ctx context.Context, in io.Reader) error {
	for item, err := range importItems(in) {
		if err == nil {
			err = r.take(ctx, item)
		}
		if err != nil {
			return err
		}
	}
	return r.flush(ctx)
}

// take adds one key to the batch, or refuses it.
func (r *importRun) take(ctx context.Context, item importItem) error {
	key, err := item.key(r.API)
	if err == nil {
		err = r.check.Check(key)
	}
	if err != nil {
		return r.refuse(item.at, reason(err))
	}
	size := proto.Size(key)
	if len(r.batch) == importBatch || len(r.batch) > 0 && r.bytes+size > importBatchBytes {
		if err := r.flush(ctx); err != nil {
			return err
		}
	}
	r.batch, r.at, r.bytes = append(r.batch, key), append(r.at, item.at), r.bytes+size
	return nil
}

// flush sends the batch.
func (r *importRun) flush(ctx context.Context) error {
	if len(r.batch) == 0 {
		return nil
	}
	var answer *identityv1.ImportKeysResponse
	err := r.call(ctx, func(ctx context.Context, conn grpc.ClientConnInterface) (err error) {
		answer, err = identityv1.NewImportServiceClient(conn).ImportKeys(ctx, &identityv1.ImportKeysRequest{
			Tenant: r.Tenant, Keys: r.batch, DryRun: r.DryRun,
		})
		return err
	})
	if err != nil {
		return fmt.Errorf("%s: %w; start the import again to go on", r.at[0], err)
	}
	if len(answer.GetResults()) != len(r.batch) {
		return errors.New("the server answers for other keys than it was given")
	}
	for i, result := range answer.GetResults() {
		switch {
		case result.GetRefused() != "":
			if err := r.refuse(r.at[i], result.GetRefused()); err != nil {
				return err
			}
		case result.GetExisted():
			r.existed++
		default:
			r.added++
		}
	}
	r.batch, r.at, r.bytes = r.batch[:0], r.at[:0], 0
	if r.watched {
		_, err = fmt.Fprintf(r.t.err, "\r%d keys", r.added+r.existed+r.refused)
	}
	return err
}

// reason is what a person is told of a fault.
func reason(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Message
	}
	return err.Error()
}

func (r *importRun) refuse(at, why string) error {
	r.refused++
	why = printable(strings.TrimSpace(why))
	if r.JSON {
		return json.NewEncoder(r.t.out).Encode(map[string]string{"at": at, "refused": why})
	}
	if r.watched {
		at = "\r" + at
	}
	_, err := fmt.Fprintf(r.t.out, "%s: refused: %s\n", at, why)
	return err
}

// summary tells what became of the keys, however far the import came.
func (r *importRun) summary() error {
	if r.watched {
		fmt.Fprintln(r.t.err)
	}
	if r.JSON {
		_, err := fmt.Fprintf(r.t.out, "{\"added\":%d,\"existed\":%d,\"refused\":%d,\"dryRun\":%t}\n", r.added, r.existed, r.refused, r.DryRun)
		return err
	}
	did := "Added"
	if r.DryRun {
		did = "Would add"
	}
	_, err := fmt.Fprintf(r.t.out, "%s %d keys; %d were there already; %d refused.\n", did, r.added, r.existed, r.refused)
	return err
}
