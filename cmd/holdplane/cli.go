package main

import (
	"errors"
	"fmt"

	"github.com/alecthomas/kong"
)

// cli is the command line: every flag, its environment variable and its help.
type cli struct {
	Dev      devCmd      `cmd:"" help:"Run everything in one process, ready to try, with data in ./.holdplane."`
	Serve    serveCmd    `cmd:"" help:"Run the gateway and services, all of them or those named."`
	Init     initCmd     `cmd:"" help:"Make the data folder and the master key that serve needs."`
	Tenants  tenantsCmd  `cmd:"" help:"Create, list and delete tenants of a running server."`
	Keys     keysCmd     `cmd:"" help:"Create, list, revoke and rotate root keys of a running server; import the keys of users."`
	Apis     apisCmd     `cmd:"" help:"List APIs of a running server and protect them from deletion."`
	Users    usersCmd    `cmd:"" help:"Create and list users of a running server, and set their passwords."`
	Storages storagesCmd `cmd:"" help:"Register object storages with a running server."`
	Secrets  secretsCmd  `cmd:"" help:"Keep deleted secrets of a running server for a while, list them, bring them back or end them."`
	Apps     appsCmd     `cmd:"" help:"Create and list applications of a running server, rotate their keys, and set what they integrate."`
	Audit    auditCmd    `cmd:"" help:"Show who did what."`
	Verify   verifyCmd   `cmd:"" help:"Look for damaged and dangling records in the stores of a running server."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
}

// exit is how kong asks to end the program, after --help.
type exit struct{ code int }

// parse returns the command to run; nil when the answer, such as help, is given already.
func parse(args []string, t *terminal) (command *kong.Context, err error) {
	parser, err := kong.New(&cli{},
		kong.Name("holdplane"),
		kong.Description("One backplane for identities and rate limits, users, secrets and third-party connections."),
		kong.Writers(t.out, t.err),
		kong.Exit(func(code int) { panic(exit{code}) }),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Vars{"version": version()},
	)
	if err != nil {
		return nil, err
	}
	defer func() {
		switch p := recover().(type) {
		case nil:
		case exit:
			command, err = nil, nil
		default:
			panic(p)
		}
	}()
	command, err = parser.Parse(args)
	var wrong *kong.ParseError
	if errors.As(err, &wrong) {
		return nil, fmt.Errorf("%w; holdplane --help shows what there is", err)
	}
	return command, err
}
