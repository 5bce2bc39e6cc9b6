package egresstest

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"
)

// spellings4 are hosts that somebody's parser takes for an IPv4 address.
func spellings4(a netip.Addr) map[string]string {
	b := a.As4()
	n := binary.BigEndian.Uint32(b[:])
	text := a.String()
	hosts := map[string]string{
		"usual":               text,
		"decimal":             fmt.Sprint(n),
		"decimal overflow":    fmt.Sprint(uint64(n) + 1<<32),
		"hex":                 fmt.Sprintf("0x%x", n),
		"upper hex":           fmt.Sprintf("0X%08X", n),
		"octal":               fmt.Sprintf("0%o", n),
		"dotted hex":          fmt.Sprintf("0x%x.0x%x.0x%x.0x%x", b[0], b[1], b[2], b[3]),
		"dotted octal":        fmt.Sprintf("0%o.0%o.0%o.0%o", b[0], b[1], b[2], b[3]),
		"long octal":          fmt.Sprintf("00000%o.%d.%d.%d", b[0], b[1], b[2], b[3]),
		"leading zeros":       fmt.Sprintf("%03d.%03d.%03d.%03d", b[0], b[1], b[2], b[3]) + ".",
		"mixed":               fmt.Sprintf("0x%x.0%o.%d", b[0], b[1], n&0xffff),
		"mixed last":          fmt.Sprintf("%d.%d.%d.0x%x", b[0], b[1], b[2], b[3]),
		"two parts":           fmt.Sprintf("%d.%d", b[0], n&0xffffff),
		"three parts":         fmt.Sprintf("%d.%d.%d", b[0], b[1], n&0xffff),
		"wrapped parts":       fmt.Sprintf("%d.%d.%d.%d", int(b[0])+256, b[1], b[2], b[3]),
		"dot at the end":      text + ".",
		"two dots at the end": text + "..",
		"decimal with a dot":  fmt.Sprint(n) + ".",
		"brackets":            "[" + text + "]",
		"zone":                text + "%25eth0",
		"escaped":             escape(text),
		"escaped dots":        strings.ReplaceAll(text, ".", "%2e"),
		"escaped wide dots":   strings.ReplaceAll(text, ".", "%E3%80%82"),
		"wide digits":         shift(text, '０'),
		"circled digits":      circled(text),
		"bold digits":         shift(text, '𝟎'),
		"arabic digits":       shift(text, '٠'),
		"ideographic dots":    strings.ReplaceAll(text, ".", "。"),
		"full-width dots":     strings.ReplaceAll(text, ".", "．"),
		"half-width dots":     strings.ReplaceAll(text, ".", "｡"),
		"soft hyphen":         text[:1] + "\u00ad" + text[1:],
		"after a user":        PublicHost + "@" + text,
		"after a password":    PublicHost + ":443@" + text,
		"as a user":           text + "@" + PublicHost,
		"after a backslash":   PublicHost + `\@` + text,
		"before a fragment":   text + "#@" + PublicHost,
		"before a NUL":        text + "\x00." + PublicHost,
		"before a line break": text + "\n",
		"before a space":      text + " ",
	}
	for how, v6 := range embeddings(a) {
		hosts[how] = "[" + v6.String() + "]"
		hosts[how+", expanded"] = "[" + v6.StringExpanded() + "]"
	}
	for _, prefix := range []string{"::ffff:", "::", "64:ff9b::", "::ffff:0:", "0:0:0:0:0:FFFF:"} {
		hosts["dotted behind "+prefix] = "[" + prefix + text + "]"
	}
	return hosts
}

// embeddings are the IPv6 addresses from which packets go on to an IPv4 address.
func embeddings(a netip.Addr) map[string]netip.Addr {
	b := a.As4()
	at := func(prefix string, offset int, mask byte) netip.Addr {
		v6 := netip.MustParseAddr(prefix).As16()
		for i := range b {
			v6[offset+i] = b[i] ^ mask
		}
		return netip.AddrFrom16(v6)
	}
	return map[string]netip.Addr{
		"mapped":        at("::ffff:0:0", 12, 0),
		"compatible":    at("::", 12, 0),
		"translated":    at("::ffff:0:0:0", 12, 0),
		"NAT64":         nat64(a),
		"local NAT64":   at("64:ff9b:1::", 12, 0),
		"6to4":          at("2002::1", 2, 0),
		"Teredo":        at("2001:0:4136:e378:8000:63bf::", 12, 0xff),
		"Teredo server": at("2001::1", 4, 0),
	}
}

func nat64(a netip.Addr) netip.Addr {
	v6 := netip.MustParseAddr("64:ff9b::").As16()
	b := a.As4()
	copy(v6[12:], b[:])
	return netip.AddrFrom16(v6)
}

// spellings6 are hosts that somebody's parser takes for an IPv6 address.
func spellings6(a netip.Addr) map[string]string {
	b := a.As16()
	text, long := a.String(), a.StringExpanded()
	return map[string]string{
		"usual":          "[" + text + "]",
		"expanded":       "[" + long + "]",
		"upper case":     "[" + strings.ToUpper(long) + "]",
		"dotted tail":    fmt.Sprintf("[%s%d.%d.%d.%d]", long[:30], b[12], b[13], b[14], b[15]),
		"zone":           "[" + text + "%25eth0]",
		"zone unescaped": "[" + text + "%eth0]",
		"number zone":    "[" + text + "%251]",
		"no brackets":    text,
		"escaped":        "%5B" + text + "%5D",
		"after a user":   PublicHost + "@[" + text + "]",
		"dot at the end": "[" + text + "].",
		"dot inside":     "[" + text + ".]",
		"prefix":         "[" + text + "/128]",
	}
}

// shift writes digits in a script whose zero is given.
func shift(text string, zero rune) string {
	return strings.Map(func(r rune) rune {
		if r == '.' {
			return r
		}
		return zero + r - '0'
	}, text)
}

func circled(text string) string {
	return strings.NewReplacer("0", "⓪", "1", "①", "2", "②", "3", "③", "4", "④", "5", "⑤", "6", "⑥", "7", "⑦", "8", "⑧", "9", "⑨").Replace(text)
}

func escape(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		fmt.Fprintf(&b, "%%%02x", c)
	}
	return b.String()
}
