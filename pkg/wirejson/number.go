package wirejson

import (
	"math"
	"strconv"
	"strings"
)

// number reads a number and returns it as it is spelled.
func (r *reader) number() (string, *Problem) {
	r.peek()
	start := r.i
	n := numberLen(r.s[start:])
	if n == 0 {
		return "", r.problem(KindSyntax, start)
	}
	r.i += n
	return r.s[start:r.i], nil
}

// numberLen is the length of the number that s begins with, 0 if there is none. What
// follows a number is for the caller to refuse: 01 is a zero and something trailing.
func numberLen(s string) int {
	i := 0
	if strings.HasPrefix(s, "-") {
		i++
	}
	whole := digits(s[i:])
	switch {
	case whole == 0:
		return 0
	case s[i] == '0':
		i++
	default:
		i += whole
	}
	if i < len(s) && s[i] == '.' {
		fraction := digits(s[i+1:])
		if fraction == 0 {
			return 0
		}
		i += 1 + fraction
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		exponent := digits(s[i:])
		if exponent == 0 {
			return 0
		}
		i += exponent
	}
	return i
}

func digits(s string) int {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n
}

// integer is the value of a number as sign and magnitude. The kind is empty, or why the
// number is none.
func integer(number string, form IntegerForm) (negative bool, magnitude uint64, _ Kind) {
	number, negative = strings.CutPrefix(number, "-")
	if digits(number) < len(number) {
		if form == IntegerLiteral {
			return false, 0, KindNotInteger
		}
		var kind Kind
		if number, kind = integral(number); kind != "" {
			return false, 0, kind
		}
	}
	magnitude, err := strconv.ParseUint(number, 10, 64)
	if err != nil {
		return false, 0, KindRange
	}
	return negative, magnitude, ""
}

// integral spells a number with fraction or exponent as plain digits, exactly.
func integral(number string) (string, Kind) {
	mantissa, power, _ := strings.Cut(strings.ToLower(number), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	all := strings.TrimLeft(whole+fraction, "0")
	if all == "" {
		return "0", ""
	}
	significant := strings.TrimRight(all, "0")
	zeros := exponent(power) - len(fraction) + len(all) - len(significant)
	switch {
	case zeros < 0:
		return "", KindNotInteger
	case len(significant)+zeros > 20: // more than a uint64 has
		return "", KindRange
	}
	return significant + strings.Repeat("0", zeros), ""
}

// exponent stops counting where no document could make up for it with digits.
func exponent(power string) int {
	n, err := strconv.Atoi(power)
	switch {
	case power == "":
		return 0
	case err != nil && power[0] == '-':
		return math.MinInt32
	case err != nil:
		return math.MaxInt32
	}
	return max(math.MinInt32, min(n, math.MaxInt32))
}
