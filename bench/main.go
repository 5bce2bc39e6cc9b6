// Command bench measures holdplane against bare floors in alternating rounds and prints
// the ratios. README.md says how to read them.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// measures are what bench can measure, in the order of the table.
var measures = []struct {
	name    string
	measure func(context.Context, *bench) error
}{
	{"get", get},
	{"split", split},
	{"create", create},
	{"postgres", postgres},
	{"list", list},
	{"verify", verify},
	{"limit", limit},
	{"limit-redis", limitRedis},
	{"login", login},
	{"secret", secret},
	{"consumers", consumers},
	{"connections", connections},
	{"ready", ready},
	{"idle", idle},
	{"size", size},
}

// settings are the flags.
type settings struct {
	only     []string
	rounds   int
	round    time.Duration
	n        int
	json     string
	profiles string
}

func run(ctx context.Context, args []string, out, progress io.Writer) error {
	if len(args) > 0 && args[0] == floorCommand {
		return serveFloor(ctx, args[1:])
	}
	s, err := parse(args, progress)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	b, err := newBench(ctx, s, progress)
	if err != nil {
		return err
	}
	return errors.Join(b.measure(ctx, out), b.close())
}

// measure measures what is asked for and prints the table.
func (b *bench) measure(ctx context.Context, out io.Writer) error {
	for _, m := range measures {
		if len(b.only) > 0 && !slices.Contains(b.only, m.name) {
			continue
		}
		b.say("measuring %s", m.name)
		if err := m.measure(ctx, b); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	if err := b.report.print(out); err != nil {
		return err
	}
	if b.json != "" {
		if err := b.report.save(ctx, b.settings); err != nil {
			return err
		}
	}
	return b.report.missed()
}

func parse(args []string, usage io.Writer) (s settings, err error) {
	var known []string
	for _, m := range measures {
		known = append(known, m.name)
	}
	var only string
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(usage)
	f.StringVar(&only, "only", "", "measure only these, with commas between: "+strings.Join(known, ","))
	f.IntVar(&s.rounds, "rounds", 5, "rounds of each thing measured")
	f.DurationVar(&s.round, "round", 2*time.Second, "length of a round")
	f.IntVar(&s.n, "n", 1_000_000, "records of the large store; it is filled once and kept")
	f.StringVar(&s.json, "json", "", "file to write every round to")
	f.StringVar(&s.profiles, "profiles", "", "folder for CPU profiles of holdplane under each load")
	if err := f.Parse(args); err != nil {
		return s, err
	}
	if only != "" {
		s.only = strings.Split(only, ",")
	}
	for _, name := range s.only {
		if !slices.Contains(known, name) {
			return s, fmt.Errorf("there is no measure %q; choose from %s", name, strings.Join(known, ", "))
		}
	}
	if s.rounds < 1 || s.round < 100*time.Millisecond || s.n < 2*pageRows {
		return s, fmt.Errorf("-rounds takes 1 or more, -round 100ms or more, -n %d or more", 2*pageRows)
	}
	if f.NArg() > 0 {
		return s, fmt.Errorf("unexpected %q", f.Arg(0))
	}
	return s, nil
}
