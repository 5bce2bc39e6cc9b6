package main

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/grpc"

	operationsv1 "github.com/holdplane/holdplane/gen/holdplane/operations/v1"
	"github.com/holdplane/holdplane/pkg/fault"
	"github.com/holdplane/holdplane/pkg/operations"
)

// verifyCmd walks the stores of a running server, and fails when it finds something.
type verifyCmd struct {
	Service []string `help:"Service whose store to verify. Repeatable. Default: all that run in the process that is asked."`
	operatorFlags
}

// progressKeys is after how many keys a person is told how far it is.
const progressKeys = 1_000_000

func (c *verifyCmd) Run(ctx context.Context, t *terminal) error {
	names, found, here := c.Service, 0, 0
	if len(names) == 0 {
		for _, s := range services {
			names = append(names, s.name)
		}
	}
	for _, name := range names {
		n, runs, err := c.verify(ctx, t, name)
		if err != nil {
			return err
		}
		if found += n; runs {
			here++
		}
	}
	switch {
	case here == 0:
		return errors.New("no service runs in the process that was asked; name one that has some with --internal-addr")
	case found > 0:
		return fmt.Errorf("%d findings; docs/operations.md says what they mean", found)
	}
	return nil
}

// verify walks a service's store and returns how much is found, and whether it runs here.
// Only one that was asked for by name has to.
func (c *verifyCmd) verify(ctx context.Context, t *terminal, service string) (found int, runs bool, err error) {
	checked, told := 0, 0
	for token := ""; ; {
		r, err := c.page(ctx, service, token)
		if err != nil {
			return 0, false, err
		}
		if r == nil {
			_, err := fmt.Fprintf(t.err, "%s does not run in this process and was not verified: name the one that runs it with --internal-addr\n", service)
			return 0, false, err
		}
		if err := c.print(t, r.GetFindings()); err != nil {
			return 0, false, err
		}
		found, checked, token = found+len(r.GetFindings()), checked+int(r.GetChecked()), r.GetNextPageToken()
		switch {
		case c.JSON:
		case token == "":
			_, err = fmt.Fprintf(t.out, "%s: %d keys, %d findings\n", service, checked, found)
		case checked-told >= progressKeys:
			told = checked
			_, err = fmt.Fprintf(t.out, "%s: %d keys so far\n", service, checked)
		}
		if err != nil || token == "" {
			return found, true, err
		}
	}
}

// page asks for a part of the walk. It is nil for a service that runs elsewhere and was not
// asked for by name.
func (c *verifyCmd) page(ctx context.Context, service, token string) (r *operationsv1.VerifyStoreResponse, err error) {
	err = c.call(ctx, func(ctx context.Context, conn grpc.ClientConnInterface) (err error) {
		r, err = operationsv1.NewVerifyServiceClient(conn).VerifyStore(ctx, &operationsv1.VerifyStoreRequest{Service: service, PageToken: token})
		if f := fault.From(err); f != nil && f.Reason == operations.ReasonServiceUnknown && len(c.Service) == 0 {
			return nil
		}
		return err
	})
	return r, err
}

func (c *verifyCmd) print(t *terminal, findings []*operationsv1.Finding) error {
	switch {
	case len(findings) == 0:
		return nil
	case c.JSON:
		return printJSON(t, findings...)
	}
	return printTable(t, "SERVICE\tTENANT\tTABLE\tPROBLEM\tID\tDETAIL", func(line func(string, ...any)) {
		for _, f := range findings {
			line("%s\t%s\t%s\t%s\t%s\t%s", f.GetService(), f.GetTenant(), f.GetTable(), f.GetProblem(), f.GetId(), f.GetDetail())
		}
	})
}
