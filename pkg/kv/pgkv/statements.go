package pgkv

import (
	"encoding/binary"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/holdplane/holdplane/pkg/kv"
)

// Names of prepared statements. Scans have names of their own: scanName.
const (
	beginView   = "begin view"
	beginUpdate = "begin update"
	commit      = "commit"
	rollback    = "rollback"
	get         = "get"
	put         = "put"
	add         = "add"
	remove      = "remove"
	checkAbsent = "check absent"
	checkValue  = "check value"
)

// The tables of a schema. layoutTable has one row: the version of all this.
const (
	entryTable  = "entries"
	layoutTable = "layout"
)

// statements returns all that transactions send, by name. Each touches rows by the
// primary key alone. The checks divide by zero where things are not as expected: an error
// is what ends a transaction whose commit is already on its way.
func statements(schema string) map[string]string {
	table := tableIn(schema, entryTable)
	all := map[string]string{
		beginView:   "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
		beginUpdate: "BEGIN ISOLATION LEVEL SERIALIZABLE",
		commit:      "COMMIT",
		rollback:    "ROLLBACK",
		get:         "SELECT value FROM " + table + " WHERE key = $1",
		put:         "INSERT INTO " + table + " (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
		add:         "INSERT INTO " + table + " (key, value) VALUES ($1, $2)",
		remove:      "DELETE FROM " + table + " WHERE key = $1",
		checkAbsent: "SELECT 1 / (1 - count(*)) FROM " + table + " WHERE key = $1",
		checkValue:  "SELECT 1 / count(*) FROM " + table + " WHERE key = $1 AND value = $2",
	}
	for _, reverse := range []bool{false, true} {
		for _, keysOnly := range []bool{false, true} {
			for _, bounded := range []bool{false, true} {
				all[scanName(reverse, keysOnly, bounded)] = scanSQL(table, reverse, keysOnly, bounded)
			}
		}
	}
	return all
}

func tableIn(schema, table string) string { return pgx.Identifier{schema, table}.Sanitize() }

func scanName(reverse, keysOnly, bounded bool) string {
	name := "scan"
	if reverse {
		name += " back"
	}
	if keysOnly {
		name += " keys"
	}
	if bounded {
		name += " to"
	}
	return name
}

// scanSQL reads a page: $1 is the limit, $2 the first key, $3 the key behind the last.
func scanSQL(table string, reverse, keysOnly, bounded bool) string {
	var sql strings.Builder
	sql.WriteString("SELECT key")
	if !keysOnly {
		sql.WriteString(", value")
	}
	sql.WriteString(" FROM " + table + " WHERE key >= $2")
	if bounded {
		sql.WriteString(" AND key < $3")
	}
	sql.WriteString(" ORDER BY key")
	if reverse {
		sql.WriteString(" DESC")
	}
	sql.WriteString(" LIMIT $1::bigint")
	return sql.String()
}

// call is a prepared statement with its arguments, in binary form.
type call struct {
	name string
	args [][]byte
}

// pageCall reads the first n entries of a range.
func pageCall(r kv.Range, n int) call {
	args := [][]byte{binary.BigEndian.AppendUint64(nil, uint64(n)), notNull(r.Start)}
	if r.End != nil {
		args = append(args, r.End)
	}
	return call{scanName(r.Reverse, r.KeysOnly, r.End != nil), args}
}

// notNull keeps nil, which would be sent as NULL, apart from empty.
func notNull(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
