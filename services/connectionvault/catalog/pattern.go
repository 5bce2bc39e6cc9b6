package catalog

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

const (
	maxPattern = 512
	// maxEndings bounds how many endings are told apart.
	maxEndings = 256
)

// compilePattern compiles an expression that begins with ^ and ends with $.
func compilePattern(pattern string) (*regexp.Regexp, error) {
	if len(pattern) > maxPattern {
		return nil, fmt.Errorf("has %d characters, %d are allowed", len(pattern), maxPattern)
	}
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil, fmt.Errorf("is no RE2 expression: %w", err)
	}
	if !anchored(tree) {
		return nil, errors.New("must hold for whole values: begin it with ^ and end it with $, with (a|b) around alternatives")
	}
	return regexp.Compile(pattern)
}

func anchored(tree *syntax.Regexp) bool {
	n := len(tree.Sub)
	return tree.Op == syntax.OpConcat && tree.Sub[0].Op == syntax.OpBeginText && tree.Sub[n-1].Op == syntax.OpEndText
}

// endings are texts of which every value ends with one; with whole, they are all values.
type endings struct {
	texts []string
	whole bool
}

var anyEnding = endings{texts: []string{""}}

// endingsOf reads endings off a pattern.
func endingsOf(pattern string) endings {
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return anyEnding // refused elsewhere
	}
	return treeEndings(tree)
}

func treeEndings(tree *syntax.Regexp) endings {
	switch tree.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginText, syntax.OpEndText:
		return endings{[]string{""}, true}
	case syntax.OpLiteral:
		if tree.Flags&syntax.FoldCase == 0 {
			return endings{[]string{string(tree.Rune)}, true}
		}
	case syntax.OpCharClass:
		return classEndings(tree.Rune)
	case syntax.OpCapture:
		return treeEndings(tree.Sub[0])
	case syntax.OpQuest:
		e := treeEndings(tree.Sub[0])
		return endings{append(e.texts, ""), e.whole}
	case syntax.OpPlus:
		return endings{treeEndings(tree.Sub[0]).texts, false}
	case syntax.OpAlternate:
		all := endings{whole: true}
		for _, sub := range tree.Sub {
			e := treeEndings(sub)
			all = endings{append(all.texts, e.texts...), all.whole && e.whole}
		}
		return all
	case syntax.OpConcat:
		e := endings{[]string{""}, true}
		for i := len(tree.Sub) - 1; i >= 0 && e.whole; i-- {
			e = e.after(treeEndings(tree.Sub[i]))
		}
		return e
	}
	return anyEnding
}

// classEndings lists a small class such as [ab]; ranges are pairs of first and last.
func classEndings(ranges []rune) endings {
	var texts []string
	for i := 0; i+1 < len(ranges); i += 2 {
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			if texts = append(texts, string(r)); len(texts) > maxEndings {
				return anyEnding
			}
		}
	}
	return endings{texts, true}
}

// after are the endings of what ends with e and has before in front of that. All of e
// must be whole.
func (e endings) after(before endings) endings {
	if len(e.texts)*len(before.texts) > maxEndings {
		return endings{e.texts, false}
	}
	var texts []string
	for _, b := range before.texts {
		for _, t := range e.texts {
			texts = append(texts, b+t)
		}
	}
	return endings{texts, before.whole}
}

// inDomain says whether all texts are one host, or end in a domain: a dot, a label, a dot
// and a label at least.
func (e endings) inDomain() bool {
	for _, t := range e.texts {
		if !e.whole && strings.Count(t, ".") < 2 {
			return false
		}
	}
	return true
}
