package connectionvault

import "strings"

// cutter finds where values of JSON that was checked begin and end.
type cutter struct {
	text string
	i    int
}

// take passes over a character, and blanks before it, if it is the next one.
func (c *cutter) take(char byte) bool {
	c.blanks()
	if c.i < len(c.text) && c.text[c.i] == char {
		c.i++
		return true
	}
	return false
}

func (c *cutter) blanks() {
	for c.i < len(c.text) && strings.IndexByte(" \t\r\n", c.text[c.i]) >= 0 {
		c.i++
	}
}

// value is the next value; empty when there is none.
func (c *cutter) value() string {
	c.blanks()
	start, depth := c.i, 0
	for c.i < len(c.text) {
		switch char := c.text[c.i]; char {
		case '"':
			c.quoted()
		case '{', '[':
			depth++
			c.i++
		case '}', ']', ',', ':', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return c.text[start:c.i]
			}
			if char == '}' || char == ']' {
				depth--
			}
			c.i++
		default:
			c.i++
		}
		if depth == 0 && c.ended(start) {
			return c.text[start:c.i]
		}
	}
	return c.text[start:c.i]
}

// ended tells whether what began at start is over with its last character.
func (c *cutter) ended(start int) bool {
	return strings.IndexByte(`"{[`, c.text[start]) >= 0
}

// quoted passes over a string.
func (c *cutter) quoted() {
	for c.i++; c.i < len(c.text); c.i++ {
		switch c.text[c.i] {
		case '\\':
			c.i++
		case '"':
			c.i++
			return
		}
	}
	c.i = len(c.text)
}
