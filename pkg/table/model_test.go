package table_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	storev1 "github.com/holdplane/holdplane/gen/holdplane/store/v1"
	"github.com/holdplane/holdplane/pkg/kv"
	"github.com/holdplane/holdplane/pkg/kv/memkv"
	"github.com/holdplane/holdplane/pkg/seal"
	"github.com/holdplane/holdplane/pkg/table"
	"github.com/holdplane/holdplane/pkg/tenant"
)

// TestModel compares a table with maps over random histories.
func TestModel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// rapid would ask a *testing.T for its deadline, which a bubble has not.
		rapid.Check(struct{ *testing.T }{t}, func(t *rapid.T) {
			m := newModel(t)
			t.Repeat(map[string]func(*rapid.T){
				"": m.check, "insert": m.insert, "replace": m.replace, "delete": m.delete,
				"wait": m.wait, "sweep": m.sweep, "empty": m.empty,
			})
		})
	})
}

// scopes are three; the names of two are prefixes of others.
var scopes = []tenant.ID{tenant.None, "a", "a\x00b"}

type model struct {
	store kv.Store
	keys  *keys
	made  int
	rows  map[tenant.ID]map[string]*storev1.RootKey // ended ones until they are swept
}

func newModel(t *rapid.T) *model {
	m := &model{store: memkv.New(), keys: table.New(modelSpec(), seal.NewIndexer()), rows: map[tenant.ID]map[string]*storev1.RootKey{}}
	for _, s := range scopes {
		m.rows[s] = map[string]*storev1.RootKey{}
	}
	return m
}

// modelSpec has rows below parents, and plain indexes beside the blinded ones.
func modelSpec() table.Spec[*storev1.RootKey] {
	spec := keySpec()
	spec.ID = func(m *storev1.RootKey) []any { return parts(m.GetId()) }
	spec.Indexes = append(spec.Indexes, table.Index[*storev1.RootKey]{
		Name: "plainstart", Plain: true, Values: optional((*storev1.RootKey).GetStart),
	}, table.Index[*storev1.RootKey]{
		Name: "plainname", Plain: true, Unique: true, Values: optional((*storev1.RootKey).GetName),
	}, table.Index[*storev1.RootKey]{
		Name: "plaintenant", Plain: true, Unique: true, Global: true, Values: optional((*storev1.RootKey).GetTenant),
	})
	return spec
}

// parents are what ids of the model begin with; the name of one is a prefix of another's.
var parents = []string{"\x00", "a", "ab"}

// parts are those of a row's primary key: its parent and its number.
func parts(id string) []any {
	parent, number, _ := strings.Cut(id, "/")
	return []any{parent, number}
}

func (m *model) update(t *rapid.T, fn func(kv.Writer) error) {
	if err := m.store.Update(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

func ended(row *storev1.RootKey) bool {
	return row.GetExpiresAtMs() != 0 && time.Now().UnixMilli() >= row.GetExpiresAtMs()
}

// draw makes a row whose indexed values often meet those of others.
func draw(t *rapid.T, id string) *storev1.RootKey {
	value := rapid.SampledFrom([]string{"", "x", "y", "x\x00", "xy"})
	row := &storev1.RootKey{Id: id, Name: value.Draw(t, "name"), Start: value.Draw(t, "start"), Tenant: value.Draw(t, "tenant")}
	if rapid.Bool().Draw(t, "ends") {
		row.ExpiresAtMs = time.Now().UnixMilli() + rapid.Int64Range(1, 4000).Draw(t, "life")
	}
	return row
}

// conflicts tells whether a unique index refuses row, and drops the ended rows in its way.
func (m *model) conflicts(s tenant.ID, row *storev1.RootKey) bool {
	var giveWay []func()
	for other, rows := range m.rows {
		for id, o := range rows {
			if other == s && id == row.GetId() {
				continue
			}
			if !(other == s && o.GetName() != "" && o.GetName() == row.GetName()) &&
				!(o.GetTenant() != "" && o.GetTenant() == row.GetTenant()) {
				continue
			}
			if !ended(o) {
				return true
			}
			giveWay = append(giveWay, func() { delete(rows, id) })
		}
	}
	for _, drop := range giveWay {
		drop()
	}
	return false
}

// write runs an Insert or a Replace of row and expects of it what the model does.
func (m *model) write(t *rapid.T, s tenant.ID, row *storev1.RootKey, fn func(kv.Writer) error) {
	err := m.store.Update(context.Background(), fn)
	if m.conflicts(s, row) {
		if !errors.Is(err, table.ErrExists) {
			t.Fatalf("write of a taken value: got %v, want ErrExists", err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	m.rows[s][row.GetId()] = row
}

func (m *model) insert(t *rapid.T) {
	s := rapid.SampledFrom(scopes).Draw(t, "scope")
	m.made++
	row := draw(t, fmt.Sprint(rapid.SampledFrom(parents).Draw(t, "parent"), "/", m.made))
	m.write(t, s, row, func(tx kv.Writer) error { return m.keys.Insert(tx, table.Of(s), row) })
}

// pick returns a row that has not ended.
func (m *model) pick(t *rapid.T) (tenant.ID, *storev1.RootKey) {
	s := rapid.SampledFrom(scopes).Draw(t, "scope")
	alive := m.alive(s)
	if len(alive) == 0 {
		t.Skip("no rows")
	}
	return s, rapid.SampledFrom(alive).Draw(t, "row")
}

func (m *model) replace(t *rapid.T) {
	s, old := m.pick(t)
	row := draw(t, old.GetId())
	m.write(t, s, row, func(tx kv.Writer) error {
		stored, err := m.keys.Get(tx, table.Of(s), parts(old.GetId())...)
		if err != nil {
			return err
		}
		return m.keys.Replace(tx, table.Of(s), stored, row)
	})
}

func (m *model) delete(t *rapid.T) {
	s, row := m.pick(t)
	m.update(t, func(tx kv.Writer) error { return m.keys.Delete(tx, table.Of(s), row) })
	delete(m.rows[s], row.GetId())
}

func (m *model) wait(t *rapid.T) {
	time.Sleep(time.Duration(rapid.IntRange(1, 2000).Draw(t, "ms")) * time.Millisecond)
}

// sweep lets the sweeper come round once, a second from now.
func (m *model) sweep(t *rapid.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second+time.Nanosecond)
	defer cancel()
	if err := (table.Set{m.keys}).Sweep(ctx, m.store, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	for _, rows := range m.rows {
		for id, row := range rows {
			// A row's last millisecond is swept with the next one.
			if end := row.GetExpiresAtMs(); end != 0 && end < time.Now().UnixMilli() {
				delete(rows, id)
			}
		}
	}
}

func (m *model) empty(t *rapid.T) {
	s := rapid.SampledFrom(scopes[1:]).Draw(t, "scope")
	err := (table.Set{m.keys}).Empty(context.Background(), m.store, table.Of(s), func(kv.Writer) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	clear(m.rows[s])
}

// alive returns a scope's rows that have not ended, by id.
func (m *model) alive(s tenant.ID) []*storev1.RootKey {
	var rows []*storev1.RootKey
	for _, row := range m.rows[s] {
		if !ended(row) {
			rows = append(rows, row)
		}
	}
	slices.SortFunc(rows, func(a, b *storev1.RootKey) int { return strings.Compare(a.GetId(), b.GetId()) })
	return rows
}
