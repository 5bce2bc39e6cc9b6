package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/holdplane/holdplane/bench/ratio"
)

// row is one thing that was measured.
type row struct {
	What  string
	Unit  string // empty for numbers a second
	Ours  ratio.Series
	Floor ratio.Series // empty where there is none
	Goal  ratio.Goal   // zero where the row only informs
}

func (r row) verdict() ratio.Verdict { return r.Goal.Judge(r.Ours, r.Floor) }

// report is all rows of a run.
type report struct{ rows []row }

func (r *report) add(x row) { r.rows = append(r.rows, x) }

// print writes the table, then what it leaves open.
func (r *report) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "WHAT; FLOOR\tOURS\tFLOOR\tRATIO\tGOAL\tVERDICT")
	for _, x := range r.rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", x.What,
			figure(x.Ours, x.Unit), figure(x.Floor, x.Unit), figure(x.Ours.Over(x.Floor), "x"), x.Goal, x.verdict())
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, x := range r.rows {
		if x.verdict() == ratio.Skipped {
			fmt.Fprintf(out, "Skipped %s: the floor itself spreads by %.0f %%, so its rounds tell nothing; measure on a quieter machine.\n", x.What, 100*x.Floor.Spread())
		}
	}
	return nil
}

// missed is an error when a goal is missed beyond doubt.
func (r *report) missed() error {
	var over []string
	for _, x := range r.rows {
		if x.verdict() == ratio.Over {
			over = append(over, x.What)
		}
	}
	if len(over) == 0 {
		return nil
	}
	return errors.New("over the goal: " + strings.Join(over, "; "))
}

// figure is a median and, where there are several rounds, their range.
func figure(s ratio.Series, unit string) string {
	if len(s) == 0 {
		return ""
	}
	if unit != "" && unit != "x" {
		unit = " " + unit
	}
	text := number(s.Median()) + unit
	if len(s) > 1 {
		least, greatest := s.Range()
		text += " [" + number(least) + "-" + number(greatest) + "]"
	}
	return text
}

// number keeps three digits or, of large numbers, all before the point.
func number(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

// save writes every round, and the machine they ran on, as JSON.
func (r *report) save(ctx context.Context, s settings) error {
	type line struct {
		What    string        `json:"what"`
		Unit    string        `json:"unit,omitempty"`
		Ours    ratio.Series  `json:"ours"`
		Floor   ratio.Series  `json:"floor,omitempty"`
		Ratio   float64       `json:"ratio,omitempty"`
		Goal    string        `json:"goal,omitempty"`
		Verdict ratio.Verdict `json:"verdict,omitempty"`
	}
	doc := struct {
		Time    time.Time         `json:"time"`
		Machine map[string]string `json:"machine"`
		Rounds  int               `json:"rounds"`
		Round   string            `json:"round"`
		Rows    []line            `json:"rows"`
	}{Time: time.Now().UTC().Truncate(time.Second), Machine: machine(ctx), Rounds: s.rounds, Round: s.round.String()}
	for _, x := range r.rows {
		doc.Rows = append(doc.Rows, line{x.What, x.Unit, x.Ours, x.Floor, x.Ours.Over(x.Floor).Median(), x.Goal.String(), x.verdict()})
	}
	data, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(s.json, append(data, '\n'), 0o644)
}

// machine says what the figures depend on. What can't be found out is left out.
func machine(ctx context.Context) map[string]string {
	m := map[string]string{"go": runtime.Version(), "cpus": fmt.Sprint(runtime.NumCPU())}
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		m["load_after"] = strings.Join(strings.Fields(string(load))[:3], " ")
	}
	if commit, err := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty").Output(); err == nil {
		m["commit"] = strings.TrimSpace(string(commit))
	}
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return m
	}
	for line := range strings.Lines(string(info)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			m["cpu"] = strings.TrimSpace(value)
		}
	}
	return m
}
