package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

// What is long is made once.
var (
	manyLists   = strings.Repeat("[", 10_000)
	manyObjects = strings.Repeat(`{"meta":`, 10_000)
	deepList    = strings.Repeat("[", 65) + strings.Repeat("]", 65)
	longNumber  = strings.Repeat("9", 500)
	longHeader  = strings.Repeat("y", 5_000)
	longKey     = strings.Repeat("k", 20_000)
	longName    = strings.Repeat("y", 257)
	largeBody   = `{"externalId":"` + strings.Repeat("x", 300_000) + `"}`
)

// value is any JSON value, or something that only looks like one.
func (g *generator) value(depth int) string {
	if depth < 5 && g.IntN(3) == 0 {
		return fmt.Sprintf(pick(g, "[%s]", `{"a":%s}`, "[1,%s]"), g.value(depth+1))
	}
	return pick(g, "null", "true", "false", "0", "-0", "1e400", "NaN", "Infinity", "01", "1.", ".5", "+1", `""`, `"\ud800"`, "\"\xff\"", "\"\t\"",
		quoted(g.text()), "{}", "[]", deepList, longNumber)
}

// text is a string of characters that trouble programs.
func (g *generator) text() string {
	return pick(g, "", "x", "ünïcödé", "🙂", "\u202e", "a\x00b", "' OR 1=1--", "{{7*7}}", "../../etc/passwd", "\\", "%s%n", longName, "id_"+strings.Repeat("1", 22))
}

func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // no string fails
	}
	return string(b)
}

func pick(g *generator, of ...string) string { return of[g.IntN(len(of))] }
